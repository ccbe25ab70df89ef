/* UDP endpoints that were asked in SIP and answer in something else: another service has the port. */
import { mayBeAnswer } from '../capture/sieve.js';
import type { PacketPlace } from '../layers/frame-decoder.js';
import type { UdpHeader } from '../layers/udp.js';
import { type Endpoint, formatEndpoint } from '../net/endpoint.js';
import { ipEndpoint } from './ip-endpoint.js';
import type { ForeignAnswerEvent, Observed } from './observed.js';
import { foreignText, isStun, payloadKind } from './payload-kind.js';

const MAX_HOPS = 65_536;

interface Asked {
	/** The first answer that is no SIP. */
	foreign: ForeignAnswerEvent | undefined;
	/** SIP came back, or the asker itself said other things: an answer to those is none to SIP. */
	isSettled: boolean;
}

export class ForeignAnswers {
	readonly #hops = new Map<string, Asked>();
	/** Ways of which nothing new can be learnt; the endpoints of a source are one value each. */
	readonly #settled = new Map<Endpoint, Set<Endpoint>>();
	/** Ports that were asked: nearly every other datagram ends at them. */
	readonly #ports = new Set<number>();

	/** A SIP message was seen. */
	sip({ message, transport, src, dst }: Observed): void {
		if (transport !== 'udp' || this.#settled.get(src)?.has(dst) === true) return;
		const way = hopKey(src, dst);
		const back = this.#hops.get(hopKey(dst, src));
		if (back !== undefined) back.isSettled = true;
		const isNew = message.kind === 'request' && !this.#hops.has(way);
		if (isNew && this.#hops.size < MAX_HOPS) {
			this.#hops.set(way, { foreign: undefined, isSettled: back !== undefined });
			this.#ports.add(dst.port);
		}
		if (back !== undefined || this.#hops.has(way)) this.#settle(src, dst);
	}

	/** From here on a message on this way says nothing new: the way is known, or the way back is answered. */
	#settle(src: Endpoint, dst: Endpoint): void {
		const peers = this.#settled.get(src);
		if (peers !== undefined) peers.add(dst);
		else this.#settled.set(src, new Set([dst]));
	}

	/** A datagram that is no SIP was seen. */
	other(datagram: UdpHeader, { ip, frame }: PacketPlace, source: string): void {
		const { sourcePort, destinationPort, payload } = datagram;
		const isFromAsked = this.#ports.has(sourcePort);
		if (!isFromAsked && !this.#ports.has(destinationPort)) return;
		if (isKeepAlive(payload) || !mayBeAnswer(payload, 0, payload.length)) return;
		const src = ipEndpoint(ip.source, sourcePort);
		const dst = ipEndpoint(ip.destination, destinationPort);
		const said = this.#hops.get(hopKey(src, dst));
		if (said !== undefined) said.isSettled = true;
		const asked = this.#hops.get(hopKey(dst, src));
		// A STUN response answers a STUN request (RFC 5626 §4.4.2), whether that was captured or not.
		if (asked === undefined || isStunResponse(payload)) return;
		asked.foreign ??= {
			kind: 'foreign-answer',
			at: frame.at,
			source,
			frame: frame.number,
			transport: 'udp',
			src,
			dst,
			text: foreignText(payload),
			looksLike: payloadKind(payload),
		};
	}

	/** At the end of the capture: those of whom no SIP came. */
	events(): readonly ForeignAnswerEvent[] {
		return [...this.#hops.values()].flatMap(({ foreign, isSettled }) =>
			foreign === undefined || isSettled ? [] : [foreign],
		);
	}
}

function hopKey(src: Endpoint, dst: Endpoint): string {
	return `${formatEndpoint(src)}>${formatEndpoint(dst)}`;
}

/** CRLF, NUL or blanks, as phones and servers send to keep a NAT open. */
function isKeepAlive(payload: Uint8Array): boolean {
	return payload.length <= 8 && payload.every((byte) => byte <= 0x20);
}

function isStunResponse(payload: Uint8Array): boolean {
	return isStun(payload) && ((payload[0] ?? 0) & 0x01) !== 0;
}
