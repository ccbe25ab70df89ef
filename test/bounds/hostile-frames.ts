/*
 * Captures made to fill tables. Each gives its frame of a number: Ethernet, IPv4, and one more key, or one more byte that
 * waits for others, with every frame.
 */
import { dnsQuery } from '../support/dns-bytes.js';
import {
	bytesOf,
	ethernet,
	ipv4,
	ipv6,
	PHONE,
	REGISTER,
	SERVER,
	TRYING,
	udp,
} from '../support/packet-bytes.js';
import { type TcpFields, tcp } from '../support/tcp-bytes.js';
import { handshake, record } from '../support/tls-bytes.js';
import { webSocketFrame } from '../support/websocket-bytes.js';

type FrameOf = (index: number) => Buffer;

/** Another host of 10.0.0.0/8 for each number. */
const host = (index: number) => `10.${(index >> 16) & 0xff}.${(index >> 8) & 0xff}.${index & 0xff}`;

const fromHost = (index: number, text: string | Uint8Array, ports = {}) => {
	const source = host(index);
	return ethernet(ipv4(udp(text, { source, ...ports }), { source }));
};

const overTcp = (payload: string | Uint8Array, fields: TcpFields, source = PHONE) =>
	ethernet(ipv4(tcp(payload, fields), { source, protocol: 6 }));

/** A stream on one connection, in pieces: what begins it, then without end. */
const stream = (start: string | Uint8Array, more: Uint8Array, port: number): FrameOf => {
	const first = Buffer.from(start);
	return (index) => {
		const sequence = 2 + (index === 0 ? 0 : first.length + (index - 1) * more.length);
		return overTcp(index === 0 ? first : more, { destinationPort: port, sequence });
	};
};

/** The same on as many connections, one piece each. */
const streams = (start: string | Uint8Array, port: number): FrameOf => {
	const payload = Buffer.from(start);
	return (index) =>
		overTcp(payload, { sourcePort: 1024 + (index % 60_000), destinationPort: port }, host(index));
};

const UPGRADE =
	'GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: sip\r\n\r\n';
const FRAGMENT = webSocketFrame(Buffer.alloc(200, 0x41), { opcode: 0, final: false });
const LARGE_RECORD = record(22, handshake(11, Buffer.alloc(60_000)).subarray(0, 600));
const numbered = (text: string, index: number) =>
	text
		.replaceAll('1001', `u${index}`)
		.replace('z9hG4bK1', `z9hG4bK${index}`)
		.replace('1@', `${index}@`);

const ALL: Readonly<Record<string, FrameOf>> = {
	'SYNs from ever other hosts': (index) =>
		overTcp('', { flags: 'S', sourcePort: 1024 + (index % 60_000) }, host(index)),
	'connections that are reset at once': (index) =>
		overTcp('', { flags: index % 2 === 0 ? 'S' : 'R', sourcePort: 2000 }, host(index >> 1)),
	'connections that end with a hole before their last bytes': (index) => {
		const flags = ['S', 'A', 'R'][index % 3] ?? 'A';
		const payload = index % 3 === 1 ? 'behind a hole' : '';
		const sequence = index % 3 === 1 ? 500 : 1;
		return overTcp(payload, { flags, sourcePort: 2000, sequence }, host(Math.floor(index / 3)));
	},
	'segments behind holes that are never filled': (index) =>
		overTcp(Buffer.alloc(400, 0x41), { sequence: 100 + index * 800 }),
	'segments behind a hole on ever other connections': (index) =>
		overTcp(Buffer.alloc(400, 0x41), { sequence: 100 + (index % 2) * 800 }, host(index >> 1)),
	'first fragments of ever other packets': (index) => {
		const part = udp(REGISTER).subarray(0, 160);
		return ethernet(ipv4(part, { source: host(index >> 4), id: index & 0xffff, more: true }));
	},
	'fragments of one byte row that never begins': (index) =>
		ethernet(
			ipv4(Buffer.alloc(16), { id: index >> 12, offset: 16 + (index % 4000) * 16, more: true }),
		),
	'IPv6 fragments of ever other packets': (index) => {
		const header = bytesOf([17, 0, 0, 1], [0, 0, index >> 8, index & 0xff]);
		const source = `2001:db8::${((index >> 16) + 1).toString(16)}`;
		const packet = ipv6(bytesOf(header, udp(REGISTER).subarray(0, 160)), {
			source,
			nextHeader: 44,
		});
		return ethernet(packet, { etherType: 0x86dd });
	},
	'DNS questions that nobody answers': (index) =>
		fromHost(index, dnsQuery(`_sip._udp.n${index}.example.com`, 'SRV', index & 0xffff), {
			sourcePort: 40_000,
			destinationPort: 53,
		}),
	'a TLS handshake without end': stream(LARGE_RECORD, LARGE_RECORD, 5061),
	'TLS handshakes that never go on': streams(LARGE_RECORD, 5061),
	'a stream on a SIP port that never shows a start-line': stream(
		'\x01',
		Buffer.alloc(600, 0x41),
		5060,
	),
	'streams on a SIP port that never show a start-line': streams(Buffer.alloc(600, 0x41), 5060),
	'header fields without end over TCP': stream(
		REGISTER.slice(0, -2),
		Buffer.from('X: y\r\n'.repeat(100)),
		5060,
	),
	'messages over TCP whose bodies never come': streams(
		REGISTER.replace('Content-Length: 0', 'Content-Length: 200000'),
		5060,
	),
	'a WebSocket message without end': stream(UPGRADE, FRAGMENT, 80),
	'WebSocket messages that never end': streams(Buffer.concat([Buffer.from(UPGRADE), FRAGMENT]), 80),
	'HTTP heads that never end': streams('GET /ws HTTP/1.1\r\nHost: a\r\n', 80),
	'DNS over TCP that never ends': streams(
		Buffer.concat([Buffer.of(0x3f, 0xff), Buffer.alloc(400)]),
		53,
	),
	'requests other than REGISTER to ever other hosts': (index) => {
		const destination = host(index);
		const text = numbered(REGISTER, index).replaceAll('REGISTER', 'OPTIONS');
		return ethernet(ipv4(udp(text, { destination }), { destination }));
	},
	'answers to REGISTERs that nobody sent': (index) => fromHost(index, numbered(TRYING, index)),
	'datagrams that are no SIP from a port that was asked': (index) =>
		index === 0
			? fromHost(0, REGISTER)
			: fromHost(index, bytesOf([1, 2, 3, 4, 5], `n${index}`), { destinationPort: 40_000 }),
	'STUN requests from ever other hosts': (index) =>
		fromHost(index, bytesOf([0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42], Buffer.alloc(12, index & 0xff))),
	'ARP requests for ever other addresses': (index) =>
		ethernet(
			bytesOf(
				[0, 1, 8, 0, 6, 4, 0, 1],
				[0, 0, 0x5e, 0, 0x53, 1],
				[192, 0, 2, 10],
				Buffer.alloc(6),
				[10, (index >> 16) & 0xff, (index >> 8) & 0xff, index & 0xff],
			),
			{ etherType: 0x0806 },
		),
	'hosts that say who they are': (index) =>
		ethernet(
			bytesOf(
				[0, 1, 8, 0, 6, 4, 0, 2],
				[0, 0, 0x5e, (index >> 16) & 0xff, (index >> 8) & 0xff, index & 0xff],
				[10, (index >> 16) & 0xff, (index >> 8) & 0xff, index & 0xff],
				Buffer.alloc(10),
			),
			{ etherType: 0x0806 },
		),
	'ICMP errors about ever other packets': (index) => {
		const quoted = ipv4(udp(numbered(REGISTER, index)), { destination: host(index) });
		const error = bytesOf([3, 3, 0, 0, 0, 0, 0, 0], quoted);
		return ethernet(ipv4(error, { protocol: 1, source: SERVER, destination: PHONE }));
	},
};

/** Whether each second or third frame opens a connection, of which more are kept than of anything else. */
const OF_CONNECTIONS = /connections|SYNs|handshakes|streams|bodies|never end/;

export const HOSTILE: Readonly<
	Record<string, { readonly frameOf: FrameOf; readonly isOfConnections: boolean }>
> = Object.fromEntries(
	Object.entries(ALL).map(([name, frameOf]) => [
		name,
		{ frameOf, isOfConnections: OF_CONNECTIONS.test(name) },
	]),
);
