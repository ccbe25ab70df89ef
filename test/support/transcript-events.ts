/*
 * What a transcript says of the network besides ICMP. Words in brackets are facts, each optional; a value has no blanks.
 *
 *   +0.1 CONNECT refused TCP a:p > b:p [by=server] [copies=4] [established] [unacknowledged=1448]
 *   +0.1 TLS certificate a:p > b:p [name=sip.example.com] [offers=1.3] [chose=1.2] [alert=client:48] [closed=client]
 *        [asks]  [cert=SUBJECT|ISSUER|name,name|2025-01-01|2026-06-01]  [foreign=SIP/2.0]
 *   +0.1 WEBSOCKET refused WS a:p > b:p [status=403] [path=/ws] [protocol=sip] [code=1006]
 *   +0.1 FRAGMENTS a > b [ports=5060>5060] [received=1480]        the text below is that of the first fragment
 *   +0.1 NOT-CAPTURED b:p > a:p [bytes=535]     what went by on a connection, as its acknowledgment shows
 *   +0.1 UNANSWERED-ARP 192.168.1.1 from 192.168.1.10 [copies=5]
 *   +0.1 FOREIGN TCP b:p > a:p [like=http] [text=HTTP/1.1_400_Bad_Request]       a low line stands for a blank
 *   +0.1 STUN success s:p > a:p [mapped=198.51.100.7:41022]
 *   +0.1 PROBE sip:1001@example.com TLS example.com:5061     what a probe sets out to register next
 *   +0.1 PING a:p > b:p                        CRLF or zeros that keep a mapping
 */
import type { Endpoint } from '../../src/net/endpoint.js';
import type { Transport } from '../../src/net/transport.js';
import type { Instant } from '../../src/time/instant.js';
import type {
	ConnectionEvent,
	FragmentEvent,
	NetworkEvent,
	TlsEvent,
	WebSocketEvent,
} from '../../src/trace/observed.js';

export interface EventPlace {
	readonly at: Instant;
	readonly frame: number;
	readonly source: string;
}

/** The event of one line; undefined where the line is of another kind. */
export function networkEventOf(
	kind: string,
	words: readonly string[],
	text: string,
	place: EventPlace,
): NetworkEvent | undefined {
	switch (kind) {
		case 'CONNECT':
			return connection(words, place);
		case 'TLS':
			return tls(words, place);
		case 'WEBSOCKET':
			return webSocket(words, place);
		case 'FRAGMENTS':
			return fragments(words, text, place);
		case 'NOT-CAPTURED': {
			const [src, dst] = [endpointOf(words[0]), endpointOf(words[2])];
			return { kind: 'not-captured', ...place, src, dst, length: numberOf(words, 'bytes') ?? 1 };
		}
		case 'UNANSWERED-ARP':
			return {
				kind: 'neighbour-unanswered',
				...place,
				address: words[0] ?? '',
				asker: words[2] ?? '',
				copies: numberOf(words, 'copies') ?? 3,
			};
		case 'PROBE': {
			const [aor = '', transport = '', where = ''] = words;
			const { address, port } = endpointOf(where);
			const target = { host: address, port, transport: transport.toLowerCase() as Transport };
			return { kind: 'probe', ...place, aor, target };
		}
		case 'PING':
			return { kind: 'ping', ...place, src: endpointOf(words[0]), dst: endpointOf(words[2]) };
		case 'STUN': {
			const mapped = fact(words, 'mapped');
			return {
				kind: 'stun',
				...place,
				message: words[0] === 'request' ? 'request' : 'success',
				src: endpointOf(words[1]),
				dst: endpointOf(words[3]),
				mapped: mapped === undefined ? undefined : endpointOf(mapped),
			};
		}
		case 'FOREIGN':
			return {
				kind: 'foreign-answer',
				...place,
				transport: words[0] === 'UDP' ? 'udp' : 'tcp',
				src: endpointOf(words[1]),
				dst: endpointOf(words[3]),
				text: blanks(fact(words, 'text')) ?? '',
				looksLike: fact(words, 'like'),
			};
		default:
			return undefined;
	}
}

/** `192.0.2.1:5060`, `[2001:db8::1]:5060`. */
export function endpointOf(text = ''): Endpoint {
	const colon = text.lastIndexOf(':');
	return {
		address: text.slice(0, colon).replace(/^\[|\]$/g, ''),
		port: Number(text.slice(colon + 1)),
	};
}

/** The value of `[name=value]` among the words. */
export function fact(words: readonly string[], name: string): string | undefined {
	return words.find((word) => word.startsWith(`[${name}=`))?.slice(name.length + 2, -1);
}

export function numberOf(words: readonly string[], name: string): number | undefined {
	const value = fact(words, name);
	return value === undefined ? undefined : Number(value);
}

function blanks(value: string | undefined): string | undefined {
	return value?.replaceAll('_', ' ');
}

function sideOf(text: string | undefined): 'client' | 'server' | undefined {
	return text === 'client' || text === 'server' ? text : undefined;
}

function connection(words: readonly string[], place: EventPlace): ConnectionEvent {
	const [outcome, transport, src, , dst] = words;
	const by = fact(words, 'by');
	return {
		kind: 'connection',
		...place,
		// The head of this file is the reference; a fixture with another word fails its own assertion.
		outcome: outcome as ConnectionEvent['outcome'],
		transport: (transport ?? 'tcp').toLowerCase() as Transport,
		src: endpointOf(src),
		dst: endpointOf(dst),
		errno: undefined,
		by: by === 'middle' ? by : sideOf(by),
		copies: numberOf(words, 'copies'),
		established: words.includes('[established]') ? true : undefined,
		unacknowledgedLength: numberOf(words, 'unacknowledged'),
	};
}

function tls(words: readonly string[], place: EventPlace): TlsEvent {
	const [reached, src, , dst] = words;
	const [by, description] = fact(words, 'alert')?.split(':') ?? [];
	const alertBy = sideOf(by);
	const version = (name: string) => {
		const value = fact(words, name);
		return value === undefined ? undefined : `TLS ${value}`;
	};
	return {
		kind: 'tls',
		...place,
		src: endpointOf(src),
		dst: endpointOf(dst),
		reached: reached as TlsEvent['reached'],
		serverName: fact(words, 'name'),
		offeredVersion: version('offers'),
		chosenVersion: version('chose'),
		certificates: words.filter((word) => word.startsWith('[cert=')).map(certificate),
		certificateRequested: words.includes('[asks]'),
		alert:
			alertBy === undefined
				? undefined
				: { by: alertBy, level: description === '0' ? 1 : 2, description: Number(description) },
		closedBy: sideOf(fact(words, 'closed')),
		foreignAnswer: blanks(fact(words, 'foreign')),
	};
}

function certificate(word: string): TlsEvent['certificates'][number] {
	const [subject = '', issuer = '', names = '', from = '', to = ''] = word.slice(6, -1).split('|');
	return {
		subject,
		issuer,
		names: names.split(','),
		notBefore: Date.parse(from) * 1000,
		notAfter: Date.parse(to) * 1000,
	};
}

function webSocket(words: readonly string[], place: EventPlace): WebSocketEvent {
	const [outcome, transport, src, , dst] = words;
	return {
		kind: 'websocket',
		...place,
		src: endpointOf(src),
		dst: endpointOf(dst),
		transport: transport === 'WSS' ? 'wss' : 'ws',
		outcome: outcome as WebSocketEvent['outcome'],
		status: numberOf(words, 'status'),
		path: fact(words, 'path') ?? '/',
		protocol: fact(words, 'protocol'),
		closeCode: numberOf(words, 'code'),
	};
}

function fragments(words: readonly string[], text: string, place: EventPlace): FragmentEvent {
	const [src = '', , dst = ''] = words;
	const ports = fact(words, 'ports')?.split('>').map(Number);
	return {
		kind: 'fragments-lost',
		...place,
		src,
		dst,
		first:
			ports === undefined
				? undefined
				: {
						srcPort: ports[0] ?? 0,
						dstPort: ports[1] ?? 0,
						text: text.trimEnd().replaceAll('\n', '\r\n'),
					},
		receivedBytes: numberOf(words, 'received') ?? 1480,
		frames: [place.frame],
	};
}
