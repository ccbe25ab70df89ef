/*
 * What was said on the wire, in order: SIP messages and the network's own words about the same flows. A capture and a
 * probe both give exactly this; everything above knows only this.
 */
import type { Endpoint } from '../net/endpoint.js';
import type { Transport } from '../net/transport.js';
import type { SipMessage } from '../sip/message.js';
import type { Instant } from '../time/instant.js';

/** What the packet that carried a message tells of where the capture was taken. Absent = cannot be known. */
export interface PacketFacts {
	/** IPv4 TTL or IPv6 hop limit. */
	readonly ttl?: number;
	readonly ipId?: number;
	readonly sourceMac?: string;
	readonly destinationMac?: string;
	/** `outbound`: the capturing host itself sent it (Linux cooked packet type 4, pcapng packet flags). */
	readonly direction?: 'inbound' | 'outbound';
	/** `bad` on a packet that was answered means checksum offload: the capturing host itself sent it. */
	readonly udpChecksum?: 'good' | 'bad' | 'absent';
	readonly interfaceId?: number;
	/** VLAN ids, outermost first; absent where the frame had none. */
	readonly vlans?: readonly number[];
	/** Number of IP fragments the message came in; 1 = not fragmented. */
	readonly fragments: number;
	/** Bytes of the transport payload that carried the message, leading CRLF included. */
	readonly payloadLength: number;
}

/** A SIP message seen at a time, between two addresses. */
export interface Observed<M extends SipMessage = SipMessage> {
	readonly message: M;
	readonly at: Instant;
	readonly src: Endpoint;
	readonly dst: Endpoint;
	readonly transport: Transport;
	/** `sources[].name` of the report: the path as given, `-`, or `probe`. */
	readonly source: string;
	/** Wireshark's number of the frame that shows the message (the last fragment or segment). */
	readonly frame: number;
	/** Every frame that carried a part or a copy of it. */
	readonly frames: readonly number[];
	/** True where the snaplen cut it: no header of it may be called missing. */
	readonly cut: boolean;
	readonly packet: PacketFacts;
}

interface EventPlace {
	readonly at: Instant;
	readonly source: string;
	readonly frame: number;
}

/** ICMP or ICMPv6 destination unreachable, or what a socket was told of one (RFC 792, RFC 1812 §5.2.7.1, RFC 4443). */
export interface UnreachableEvent extends EventPlace {
	readonly kind: 'unreachable';
	readonly reason:
		| 'port'
		| 'host'
		| 'network'
		| 'protocol'
		| 'admin-prohibited'
		| 'fragmentation-needed'
		| 'time-exceeded'
		| 'other';
	/** Who sent the ICMP message; absent where only a socket error is known. */
	readonly reporter: string | undefined;
	/** ICMP type and code as on the wire; absent where only a socket error is known. */
	readonly icmp:
		| { readonly version: 4 | 6; readonly type: number; readonly code: number }
		| undefined;
	/** The errno name a probe's socket gave, `ECONNREFUSED`. */
	readonly errno: string | undefined;
	/** The quoted packet: which way the refused packet went. */
	readonly quoted: {
		readonly transport: Transport;
		readonly src: Endpoint;
		readonly dst: Endpoint;
		/** The quoted start of the payload, Latin-1, at most 2048 characters. */
		readonly text: string;
	};
}

/** A TCP connection that did not come up or was cut, as a probe's socket saw it. */
export interface ConnectionEvent extends EventPlace {
	readonly kind: 'connection';
	readonly outcome: 'refused' | 'timed-out' | 'reset';
	readonly transport: Transport;
	readonly src: Endpoint;
	readonly dst: Endpoint;
	readonly errno: string | undefined;
}

/** A name that did not resolve, as a probe's resolver saw it. */
export interface ResolutionEvent extends EventPlace {
	readonly kind: 'resolution';
	readonly outcome: 'nxdomain' | 'failure' | 'timed-out' | 'no-record';
	readonly name: string;
	readonly errno: string | undefined;
}

/** An address seen on this very link (ARP, neighbour discovery): who is a neighbour and who is behind a router. */
export interface NeighbourEvent extends EventPlace {
	readonly kind: 'neighbour';
	readonly address: string;
	readonly mac: string;
}

/** The first thing a probe says: what it set out to register. A saved probe is told from a capture of a phone by it. */
export interface ProbeEvent extends EventPlace {
	readonly kind: 'probe';
	/** The address-of-record as it stands in the To URI, `sip:1001@example.com`. */
	readonly aor: string;
	readonly target: { readonly host: string; readonly port: number; readonly transport: Transport };
}

export type NetworkEvent =
	| UnreachableEvent
	| ConnectionEvent
	| ResolutionEvent
	| NeighbourEvent
	| ProbeEvent;

/** Where a capture or a probe puts what it saw, in order of time within one source. */
export interface TraceSink {
	message(observed: Observed): void;
	event(event: NetworkEvent): void;
}
