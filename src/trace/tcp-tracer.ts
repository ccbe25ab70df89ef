/*
 * The TCP side of one capture: connections → messages and events. Events of connections that may have nothing to do with
 * SIP wait for the end of the capture: only then is it known who speaks it.
 */
import type { OddityCounter } from '../bytes/oddity.js';
import { ByteBudget } from '../layers/byte-budget.js';
import type { PacketPlace } from '../layers/frame-decoder.js';
import type { TcpSegment } from '../layers/tcp.js';
import { TcpConnections } from '../layers/tcp-connections.js';
import { type Endpoint, formatEndpoint } from '../net/endpoint.js';
import type { Instant } from '../time/instant.js';
import type { DnsPlace } from './dns-questions.js';
import type { ReportPlace } from './hep-report.js';
import { ipEndpoint } from './ip-endpoint.js';
import type { ConnectionEvent, NetworkEvent, Observed, UnreachableEvent } from './observed.js';
import { type PacketOrigin, packetOriginOf } from './packet-origin.js';
import { RecentMessages } from './recent-messages.js';
import { isSipPort } from './sip-ports.js';
import type { TcpContext } from './tcp-context.js';
import { TcpConversation } from './tcp-conversation.js';

const MAX_UNFINISHED_BYTES = 32 * 1024 * 1024;
const MAX_SPEAKERS = 10_000;
const MAX_DEFERRED = 1_000;
const MAX_REFUSALS = 10_000;

/**
 * SYNs are sent again after one, three and seven seconds (RFC 6298 §5): before that is over a connection may yet come up, and on
 * a line with loss it takes two or three.
 */
const PATIENCE_US = [3_000_000, 3_000_000, 3_000_000, 7_000_000];

export interface TcpTraceSink {
	message(observed: Observed): void;
	copy(observed: Observed): void;
	event(event: NetworkEvent): void;
	dns(bytes: Uint8Array, place: DnsPlace): void;
	hep(bytes: Uint8Array, place: ReportPlace): void;
}

export class TcpTracer {
	readonly #connections: TcpConnections<PacketOrigin>;
	readonly #sink: TcpTraceSink;
	/** Addresses that were seen to speak SIP. */
	readonly #speakers = new Set<string>();
	readonly #deferred: { readonly event: NetworkEvent; readonly concerns: Endpoint }[] = [];
	/** By the flow of the SYN. */
	readonly #refusals = new Map<string, ConnectionEvent['refusal']>();
	#lastAt: Instant = 0;

	constructor(source: string, sink: TcpTraceSink, oddities: OddityCounter) {
		this.#sink = sink;
		const context: TcpContext = {
			source,
			budget: new ByteBudget(MAX_UNFINISHED_BYTES),
			recent: new RecentMessages(),
			message: (observed) => sink.message(observed),
			copy: (observed) => sink.copy(observed),
			event: (event, concerns) => this.#event(event, concerns),
			dns: (bytes, place) => sink.dns(bytes, place),
			hep: (bytes, place) => sink.hep(bytes, place),
			oddity: (kind, frame, text) => oddities.add(kind, 'tcp', frame, text),
		};
		this.#connections = new TcpConnections<PacketOrigin>(
			(client, server, isFromStart) =>
				new TcpConversation(
					{
						client: ipEndpoint(client.address, client.port),
						server: ipEndpoint(server.address, server.port),
						isFromStart,
					},
					context,
				),
			packetOriginOf,
			oddities,
		);
	}

	segment(segment: TcpSegment, place: PacketPlace): void {
		this.#lastAt = Math.max(this.#lastAt, place.frame.at);
		this.#connections.add(segment, place);
	}

	/** An ICMP error: what became of the connection that it may quote is told with it. */
	refused({ reason, reporter, icmp, quoted }: UnreachableEvent): void {
		if (quoted.transport !== 'tcp' || this.#refusals.size >= MAX_REFUSALS) return;
		// These two do not end the attempt to connect (RFC 1122 §4.2.3.9).
		if (reason === 'fragmentation-needed' || reason === 'time-exceeded') return;
		this.#refusals.set(flowKey(quoted), { reason, reporter, icmp });
	}

	/** These two were seen to speak SIP with each other, over any transport. */
	speaks(src: Endpoint, dst: Endpoint): void {
		if (this.#speakers.size >= MAX_SPEAKERS) return;
		this.#speakers.add(src.address);
		this.#speakers.add(dst.address);
	}

	/** At the end of the capture, which lasted until `at`. */
	end(at: Instant): void {
		this.#lastAt = Math.max(this.#lastAt, at);
		this.#connections.end();
		for (const { event, concerns } of this.#deferred) {
			if (this.#speakers.has(concerns.address)) this.#sink.event(event);
		}
	}

	#event(told: NetworkEvent, concerns: Endpoint | undefined): void {
		const event = this.#withRefusal(told);
		if (this.#mayYetComeUp(event)) return;
		if (concerns === undefined || isSipPort(concerns.port)) this.#sink.event(event);
		else if (this.#deferred.length < MAX_DEFERRED) this.#deferred.push({ event, concerns });
	}

	#withRefusal(event: NetworkEvent): NetworkEvent {
		if (event.kind !== 'connection' || event.outcome !== 'timed-out') return event;
		const refusal = event.established === true ? undefined : this.#refusals.get(flowKey(event));
		return refusal === undefined ? event : { ...event, refusal };
	}

	#mayYetComeUp(event: NetworkEvent): boolean {
		if (event.kind !== 'connection' || event.outcome !== 'timed-out') return false;
		if (event.refusal !== undefined || event.established === true) return false;
		const patience = PATIENCE_US[event.copies ?? 0];
		return patience !== undefined && this.#lastAt - event.at < patience;
	}
}

function flowKey({ src, dst }: { readonly src: Endpoint; readonly dst: Endpoint }): string {
	return `${formatEndpoint(src)}>${formatEndpoint(dst)}`;
}
