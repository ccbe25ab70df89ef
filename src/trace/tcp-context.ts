import type { ByteBudget } from '../layers/byte-budget.js';
import type { ConnectionFact, Side } from '../layers/tcp-connection.js';
import type { Endpoint } from '../net/endpoint.js';
import type { DnsPlace } from './dns-questions.js';
import type { ReportPlace } from './hep-report.js';
import type { NetworkEvent, Observed } from './observed.js';
import type { PacketOrigin } from './packet-origin.js';
import type { RecentMessages } from './recent-messages.js';

/** What the readers of one capture's TCP connections share. */
export interface TcpContext {
	/** The source's name. */
	readonly source: string;
	/** Bytes of messages that are not complete, over all connections. */
	readonly budget: ByteBudget;
	readonly recent: RecentMessages;
	message(observed: Observed): void;
	/** Another sighting of a message that was told before. */
	copy(observed: Observed): void;
	/** A DNS message without its length. */
	dns(bytes: Uint8Array, place: DnsPlace): void;
	/** A whole message of HEP. */
	hep(bytes: Uint8Array, place: ReportPlace): void;
	/** `concerns` is the server of a connection of which nobody knows yet whether it is one of SIP. */
	event(event: NetworkEvent, concerns?: Endpoint): void;
	oddity(kind: string, frame: number, text: string): void;
}

/** The two ends of one connection. */
export interface TcpEnds {
	readonly client: Endpoint;
	readonly server: Endpoint;
	/** The capture has its SYN: it is known who connects, and nothing was said before. */
	readonly isFromStart: boolean;
}

/** Reads what one connection carries, once its opening told what that is. */
export interface TcpSession {
	wants(from: Side, payload: Uint8Array): boolean;
	bytes(from: Side, chunk: Uint8Array, position: number, origin: PacketOrigin): void;
	gap(from: Side, length: number, position: number, origin: PacketOrigin): void;
	copy(from: Side, length: number, position: number, origin: PacketOrigin): void;
	end(facts: readonly ConnectionFact<PacketOrigin>[]): void;
}

export function otherSide(side: Side): Side {
	return side === 'client' ? 'server' : 'client';
}
