/*
 * What was said on the wire, in order: SIP messages and the network's own words about the same flows. A capture and a
 * probe both give exactly this; everything above knows only this.
 */

import type { Endpoint } from '../net/endpoint.js';
import type { Transport } from '../net/transport.js';
import type { SipMessage } from '../sip/message.js';
import type { Instant } from '../time/instant.js';
import type { ExperimentId, ExperimentVerdict } from './experiment-words.js';
import type { Answered, MessageTimes, Repeatable, ToldExchange } from './repeatable.js';

/** What the packet that carried a message tells of where the capture was taken. Absent = cannot be known. */
export interface PacketFacts {
	/** IPv4 TTL or IPv6 hop limit. */
	readonly ttl?: number | undefined;
	readonly ipId?: number | undefined;
	readonly sourceMac?: string | undefined;
	readonly destinationMac?: string | undefined;
	/** `outbound`: the capturing host itself sent it (Linux cooked packet type 4, pcapng packet flags). */
	readonly direction?: 'inbound' | 'outbound' | undefined;
	/** `bad` on a packet that was answered means checksum offload: the capturing host itself sent it. */
	readonly udpChecksum?: 'good' | 'bad' | 'absent' | undefined;
	readonly interfaceId?: number | undefined;
	/** VLAN ids, outermost first; absent where the frame had none. */
	readonly vlans?: readonly number[] | undefined;
	/** Number of IP fragments the message came in; 1 = not fragmented. */
	readonly fragments: number;
	/** True where the source has the first fragment and not all: the message is cut. */
	readonly isBeginning?: true | undefined;
	/** Bytes of the transport payload that carried the message, leading CRLF included. */
	readonly payloadLength: number;
	/** Absent where nobody reported it. */
	readonly reports?: Reports | undefined;
}

/** What agents reported of a message in HEP. */
export interface Reports {
	/** Who reported it, once for each report: the address that sent it, and the number that the agent goes by. */
	readonly agents: readonly string[];
	/** How many of the frames of the message are reports. */
	readonly frames: number;
	/** True where the capture has no packet of the message itself. */
	readonly isAll: boolean;
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
	/** True where the snaplen cut it, or fragments are missing: no header of it may be called missing. */
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

/** A TCP connection that did not come up or was cut, as a capture or a probe's socket saw it. */
export interface ConnectionEvent extends EventPlace {
	readonly kind: 'connection';
	/** `closed`: FIN, with `established` and no answer to the last REGISTER, or on the flow of a live registration. */
	readonly outcome: 'refused' | 'timed-out' | 'reset' | 'closed';
	readonly transport: Transport;
	/** The side that connected. */
	readonly src: Endpoint;
	readonly dst: Endpoint;
	readonly errno: string | undefined;
	/** Which side sent the RST or FIN; a RST whose TTL is not that of the side's other packets is `middle`. */
	readonly by?: 'client' | 'server' | 'middle' | undefined;
	/** Copies of the SYN that went unanswered, or of the segment that was never acknowledged. */
	readonly copies?: number | undefined;
	/** The handshake was completed before. */
	readonly established?: boolean | undefined;
	/** What ICMP, or a socket, said of a SYN that got no other answer. */
	readonly refusal?: Pick<UnreachableEvent, 'reason' | 'reporter' | 'icmp'> | undefined;
	/** Largest segment that was sent again and again without an ACK, where smaller ones were acknowledged; bytes. */
	readonly unacknowledgedLength?: number | undefined;
}

/** TLS without keys: what its handshake shows in the clear (RFC 8446, RFC 5246). One event a connection, at its end. */
export interface TlsEvent extends EventPlace {
	readonly kind: 'tls';
	readonly src: Endpoint;
	readonly dst: Endpoint;
	/** How far it came: only a ClientHello, a ServerHello, a certificate that could be read, application data. */
	readonly reached: 'client-hello' | 'server-hello' | 'certificate' | 'application-data';
	readonly serverName: string | undefined;
	/** `TLS 1.2`: offered (highest) by the client, chosen by the server. */
	readonly offeredVersion: string | undefined;
	readonly chosenVersion: string | undefined;
	/** Leaf first; only TLS 1.2 and older send it in the clear. */
	readonly certificates: readonly {
		readonly subject: string;
		readonly issuer: string;
		/** dNSName and URI entries of subjectAltName, and the common name where there are none (RFC 5922 §7.1). */
		readonly names: readonly string[];
		readonly notBefore: Instant;
		readonly notAfter: Instant;
	}[];
	readonly certificateRequested: boolean;
	/** The first alert in the clear (RFC 8446 §6): who sent it, its level and description number. */
	readonly alert:
		| { readonly by: 'client' | 'server'; readonly level: number; readonly description: number }
		| undefined;
	/** Who closed or reset the connection before application data came back; undefined where nobody did. */
	readonly closedBy: 'client' | 'server' | undefined;
	/** The peer answered the ClientHello with something that is no TLS record: its first bytes, Latin-1, at most 64. */
	readonly foreignAnswer: string | undefined;
	/** What the client's own verification found wrong with the certificate: only a probe is told. */
	readonly verification?:
		| { readonly reason: 'untrusted' | 'name' | 'expired'; readonly text: string }
		| undefined;
}

/** The HTTP upgrade to WebSocket (RFC 6455 §4, RFC 7118 §4). */
export interface WebSocketEvent extends EventPlace {
	readonly kind: 'websocket';
	readonly src: Endpoint;
	readonly dst: Endpoint;
	readonly transport: 'ws' | 'wss';
	readonly outcome: 'established' | 'refused' | 'closed';
	/** HTTP status of the answer. */
	readonly status: number | undefined;
	readonly path: string;
	/** Sec-WebSocket-Protocol as answered. */
	readonly protocol: string | undefined;
	/** Close code (RFC 6455 §7.4). */
	readonly closeCode: number | undefined;
}

/** One question to a name server and what came of it (RFC 1035), asked from `src`. */
export interface DnsEvent extends EventPlace {
	readonly kind: 'dns';
	readonly src: Endpoint;
	readonly dst: Endpoint;
	readonly name: string;
	readonly type: string;
	/** `empty`: NOERROR without a record of this type. `unanswered`: until the end of the source, or 5 s. */
	readonly outcome: 'answered' | 'nxdomain' | 'servfail' | 'refused' | 'empty' | 'unanswered';
	readonly copies: number;
	readonly answers: readonly {
		readonly name: string;
		readonly type: string;
		readonly ttl: number;
		/** Address, target name, or `priority weight port target` and `order preference flags service replacement`. */
		readonly data: string;
	}[];
}

/** Fragments of which the rest never came (RFC 791 §3.2, RFC 8200 §4.5). */
export interface FragmentEvent extends EventPlace {
	readonly kind: 'fragments-lost';
	readonly src: string;
	readonly dst: string;
	/** Ports and the start of the payload, Latin-1, at most 2048, where the first fragment is there. */
	readonly first:
		| { readonly srcPort: number; readonly dstPort: number; readonly text: string }
		| undefined;
	readonly receivedBytes: number;
	readonly frames: readonly number[];
}

/** Data of a connection that went by and is not in the capture. */
export interface NotCapturedEvent extends EventPlace {
	readonly kind: 'not-captured';
	/** Who sent it, and to whom. */
	readonly src: Endpoint;
	readonly dst: Endpoint;
	/** Bytes. */
	readonly length: number;
}

/** ARP requests or neighbour solicitations for one address that nobody answered (RFC 826, RFC 4861). */
export interface UnansweredNeighbourEvent extends EventPlace {
	readonly kind: 'neighbour-unanswered';
	readonly address: string;
	readonly asker: string;
	readonly copies: number;
}

/** Payload that is no SIP, from an endpoint that was asked in SIP. */
export interface ForeignAnswerEvent extends EventPlace {
	readonly kind: 'foreign-answer';
	readonly transport: 'udp' | 'tcp';
	readonly src: Endpoint;
	readonly dst: Endpoint;
	/** First bytes, Latin-1, at most 64. */
	readonly text: string;
	/** `tls`, `http`, `ssh`, `stun`, else undefined. */
	readonly looksLike: string | undefined;
}

/** A STUN binding request or its answer (RFC 8489): what a phone learns of its address outside. */
export interface StunEvent extends EventPlace {
	readonly kind: 'stun';
	readonly message: 'request' | 'success' | 'error';
	/** Source and destination of this very packet. */
	readonly src: Endpoint;
	readonly dst: Endpoint;
	/** XOR-MAPPED-ADDRESS of a success. */
	readonly mapped: Endpoint | undefined;
}

/** A datagram of at most four bytes, as phones and servers send to keep a NAT mapping (RFC 5626 §3.5.1, RFC 6263 §4). */
export interface PingEvent extends EventPlace {
	readonly kind: 'ping';
	readonly src: Endpoint;
	readonly dst: Endpoint;
}

/** A DHCP server that tells a phone where its configuration or its SIP server is (RFC 2131). */
export interface DhcpEvent extends EventPlace {
	readonly kind: 'dhcp';
	readonly message: 'offer' | 'ack';
	readonly server: string;
	/** The address that the client gets, and the one of its network card. */
	readonly client: string;
	readonly mac: string;
	/** Option 66. */
	readonly provisioningServer: string | undefined;
	/** Option 120 (RFC 3361): names or addresses. */
	readonly sipServers: readonly string[];
	/** Option 125 (RFC 3925), data Latin-1, at most 255 characters. */
	readonly vendorOptions: readonly { readonly enterprise: number; readonly text: string }[];
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
	/** Said at the end: nobody broke the probe off, so that nothing more would have followed. */
	readonly isOver?: true;
}

/** What a probe tried out beside its REGISTER, and what came of it. */
export interface ExperimentEvent extends EventPlace {
	readonly kind: 'experiment';
	readonly id: ExperimentId;
	readonly verdict: ExperimentVerdict;
	readonly text: string;
	readonly columns: readonly string[];
	/** As many cells as columns each. */
	readonly rows: readonly (readonly string[])[];
	/** What proves the verdict, by the frame of the same source; 0 where it is not kept. */
	readonly proof: readonly {
		readonly frame: number;
		readonly at: Instant;
		readonly field: string;
		readonly text: string;
	}[];
}

export type NetworkEvent =
	| UnreachableEvent
	| ConnectionEvent
	| ResolutionEvent
	| NeighbourEvent
	| ProbeEvent
	| ExperimentEvent
	| TlsEvent
	| WebSocketEvent
	| DnsEvent
	| FragmentEvent
	| NotCapturedEvent
	| UnansweredNeighbourEvent
	| ForeignAnswerEvent
	| StunEvent
	| PingEvent
	| DhcpEvent;

/** Where a capture or a probe puts what it saw, in order of time within one source. */
export interface TraceSink {
	message(observed: Observed): void;
	event(event: NetworkEvent): void;
	/** False for a request other than REGISTER that need not be read, only counted. Absent: all are wanted. */
	wantsRequest?(requestUri: string, dst: Endpoint, method: string, src?: Endpoint): boolean;
	/** True for a response to another request than REGISTER that is to be read, by whom it comes from. Absent: none is. */
	wantsResponse?(src: Endpoint): boolean;
	/**
	 * What is to be done with exchanges that say the same as this one, whose messages were all told; undefined where each
	 * is to be told. Absent: each is.
	 */
	repeatable?(exchange: ToldExchange): Repeatable | undefined;
	/** Counts an exchange of one of those of which nothing but that is counted (`Repeatable.isTimedOnly`). */
	timed?(times: MessageTimes, answered: readonly Answered[]): void;
}
