/*
 * Captures made to fill tables. Each gives its frame of a number: Ethernet, IPv4, and one more key, or one more byte that
 * waits for others, with every frame.
 */
import { dnsQuery } from '../support/dns-bytes.js';
import { be, hep3 } from '../support/hep-bytes.js';
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

/** Where the addresses and ports of an IPv4 frame stand. */
const SOURCE = 26;
const DESTINATION = 30;
const UDP_CHECKSUM = 40;
const SEQUENCE = 38;
const FLAGS = 47;
const SYN = 2;
const RST = 4;
const ACK = 16;

/** Another host of 10.0.0.0/8 for each number. */
const host = (index: number) => 0x0a00_0000 + index;

/** Copies of one frame, each changed in a few bytes: to build each anew would take longer than to read it. */
const changed =
	(frame: Buffer, change: (copy: Buffer, index: number) => void): FrameOf =>
	(index) => {
		const copy = Buffer.from(frame);
		change(copy, index);
		return copy;
	};

function datagram(payload: string | Uint8Array, ports = {}): Buffer {
	const frame = ethernet(ipv4(udp(payload, ports)));
	frame.writeUInt16BE(0, UDP_CHECKSUM);
	return frame;
}

const fromOthers = (payload: string | Uint8Array, ports = {}) =>
	changed(datagram(payload, ports), (copy, index) => copy.writeUInt32BE(host(index), SOURCE));

/** The number of the frame in place of each run of eight noughts. */
function numbered(copy: Buffer, index: number): void {
	const digits = String(index).padStart(8, '0');
	for (let at = copy.indexOf('00000000'); at !== -1; at = copy.indexOf('00000000', at + 8)) {
		copy.write(digits, at, 'latin1');
	}
}

const NUMBERED = REGISTER.replaceAll('1001', 'u00000000')
	.replace('z9hG4bK1', 'z9hG4bK00000000')
	.replace('1@', '00000000@');
const NUMBERED_ANSWER = TRYING.replace('z9hG4bK1', 'z9hG4bK00000000').replace('1@', '00000000@');

const segment = (payload: string | Uint8Array, fields: TcpFields = {}) =>
	ethernet(ipv4(tcp(payload, fields), { protocol: 6 }));

/** A stream on one connection, in pieces: what begins it, then the same without end. */
const stream = (start: string | Uint8Array, more: Uint8Array, destinationPort: number): FrameOf => {
	const first = Buffer.from(start);
	const rest = changed(segment(more, { destinationPort }), (copy, index) =>
		copy.writeUInt32BE(2 + first.length + (index - 1) * more.length, SEQUENCE),
	);
	const beginning = segment(first, { destinationPort, sequence: 2 });
	return (index) => (index === 0 ? beginning : rest(index));
};

/** The same on ever other connections, one piece each. */
const streams = (start: string | Uint8Array, destinationPort: number): FrameOf =>
	changed(segment(Buffer.from(start), { destinationPort }), (copy, index) =>
		copy.writeUInt32BE(host(index), SOURCE),
	);

const UPGRADE =
	'GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: sip\r\n\r\n';
const FRAGMENT = webSocketFrame(Buffer.alloc(200, 0x41), { opcode: 0, final: false });
const LARGE_RECORD = record(22, handshake(11, Buffer.alloc(60_000)).subarray(0, 600));
const HEP_OF_65535 = bytesOf('HEP3', be(2, 65_535));
const NO_SIP = Buffer.alloc(400, 0x41);

/** Three segments for each connection: SYN, bytes behind a hole, RST. */
const endedBehindHole: FrameOf = (() => {
	const bare = segment('', { sequence: 1 });
	const late = segment('behind a hole', { sequence: 500 });
	return (index) => {
		const step = index % 3;
		const copy = Buffer.from(step === 1 ? late : bare);
		copy[FLAGS] = [SYN, ACK, RST][step] ?? ACK;
		copy.writeUInt32BE(host(Math.floor(index / 3)), SOURCE);
		return copy;
	};
})();

const arp = (operation: number, fill: (copy: Buffer, index: number) => void): FrameOf => {
	const asker = [0, 0, 0x5e, 0, 0x53, 1, 192, 0, 2, 10];
	const packet = bytesOf([0, 1, 8, 0, 6, 4, 0, operation], asker, Buffer.alloc(10));
	return changed(ethernet(packet, { etherType: 0x0806 }), fill);
};

/** IPv6, whose fragment header has an identification of its own. */
const ipv6Fragments: FrameOf = (() => {
	const first = bytesOf([17, 0, 0, 1], [0, 0, 0, 0], udp(REGISTER).subarray(0, 160));
	const frame = ethernet(ipv6(first, { nextHeader: 44 }), { etherType: 0x86dd });
	return changed(frame, (copy, index) => copy.writeUInt32BE(index, 58));
})();

const reportsByAgents: FrameOf = (() => {
	const frame = datagram(hep3(REGISTER, { agentId: 0x0bad_cafe }), { destinationPort: 9060 });
	const at = frame.indexOf(be(4, 0x0bad_cafe));
	return changed(frame, (copy, index) => copy.writeUInt32BE(index, at));
})();

const ALL: Readonly<Record<string, FrameOf>> = {
	'SYNs from ever other hosts': changed(segment('', { flags: 'S' }), (copy, index) =>
		copy.writeUInt32BE(host(index), SOURCE),
	),
	'connections that are reset at once': changed(segment(''), (copy, index) => {
		copy[FLAGS] = index % 2 === 0 ? SYN : RST;
		copy.writeUInt32BE(host(index >> 1), SOURCE);
	}),
	'connections that end with a hole before their last bytes': endedBehindHole,
	'segments behind holes that are never filled': changed(segment(NO_SIP), (copy, index) =>
		copy.writeUInt32BE(100 + index * 800, SEQUENCE),
	),
	'connections with a hole that is never filled': changed(segment(NO_SIP), (copy, index) => {
		copy.writeUInt32BE(100 + (index % 2) * 800, SEQUENCE);
		copy.writeUInt32BE(host(index >> 1), SOURCE);
	}),
	'first fragments of ever other packets': changed(
		ethernet(ipv4(udp(REGISTER).subarray(0, 160), { more: true })),
		(copy, index) => copy.writeUInt32BE(host(index), SOURCE),
	),
	'fragments of packets that never begin': changed(
		ethernet(ipv4(Buffer.alloc(16), { more: true })),
		(copy, index) => {
			copy.writeUInt16BE(index >> 12, 18);
			copy.writeUInt16BE(0x2000 | (2 + (index % 4000) * 2), 20);
		},
	),
	'IPv6 fragments of ever other packets': ipv6Fragments,
	'DNS questions that nobody answers': changed(
		datagram(dnsQuery('_sip._udp.n00000000.example.com', 'SRV'), { destinationPort: 53 }),
		numbered,
	),
	'pieces of one TLS handshake': stream(LARGE_RECORD, LARGE_RECORD, 5061),
	'connections whose TLS handshake goes no further': streams(LARGE_RECORD, 5061),
	'bytes on a SIP port that never show a start-line': stream('\x01', NO_SIP, 5060),
	'connections to a SIP port that never show a start-line': streams(NO_SIP, 5060),
	'header fields over TCP': stream(REGISTER.slice(0, -2), Buffer.from('X: y\r\n'.repeat(60)), 5060),
	'connections with a message whose body never comes': streams(
		REGISTER.replace('Content-Length: 0', 'Content-Length: 200000'),
		5060,
	),
	'frames of one WebSocket message': stream(UPGRADE, FRAGMENT, 80),
	'connections with a WebSocket message that never ends': streams(
		Buffer.concat([Buffer.from(UPGRADE), FRAGMENT]),
		80,
	),
	'connections with an HTTP head that never ends': streams('GET /ws HTTP/1.1\r\nHost: a\r\n', 80),
	'connections with a DNS message that never ends': streams(
		Buffer.concat([Buffer.of(0x3f, 0xff), NO_SIP]),
		53,
	),
	'requests other than REGISTER to ever other hosts': changed(
		datagram(NUMBERED.replaceAll('REGISTER', 'OPTIONS')),
		(copy, index) => {
			numbered(copy, index);
			copy.writeUInt32BE(host(index), DESTINATION);
		},
	),
	'answers to REGISTERs that nobody sent': changed(datagram(NUMBERED_ANSWER), numbered),
	'datagrams that are no SIP, to and from ports that were asked': fromOthers(
		bytesOf([1, 2, 3, 4, 5], 'no SIP'),
	),
	'STUN requests from ever other hosts': fromOthers(
		bytesOf([0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42], Buffer.alloc(12)),
	),
	'ARP requests for ever other addresses': arp(1, (copy, index) =>
		copy.writeUInt32BE(host(index), 38),
	),
	'hosts that say who they are': arp(2, (copy, index) => {
		copy.writeUInt32BE(host(index), 24);
		copy.writeUInt32BE(host(index), 28);
	}),
	'reports in HEP of ever other messages': changed(
		datagram(hep3(NUMBERED), { destinationPort: 9060 }),
		numbered,
	),
	'reports in HEP of one message by ever other agents': reportsByAgents,
	'bytes of one report in HEP, each in a segment': stream(HEP_OF_65535, Buffer.of(0), 9060),
	'connections with a report in HEP that never ends': streams(bytesOf(HEP_OF_65535, NO_SIP), 9060),
	'ICMP errors about ever other packets': changed(
		ethernet(
			ipv4(bytesOf([3, 3, 0, 0, 0, 0, 0, 0], ipv4(udp(NUMBERED))), {
				protocol: 1,
				source: SERVER,
				destination: PHONE,
			}),
		),
		numbered,
	),
};

/** More connections are kept than of anything else; some take two or three segments. */
const FRAMES_OF_CONNECTIONS: Readonly<Record<string, number>> = {
	'connections that are reset at once': 56_000,
	'connections that end with a hole before their last bytes': 84_000,
	'connections with a hole that is never filled': 56_000,
};

/** So many that the table is full before the last quarter. */
function framesOf(name: string): number {
	return FRAMES_OF_CONNECTIONS[name] ?? (/connections|SYNs/.test(name) ? 28_000 : 12_000);
}

export const HOSTILE: readonly (readonly [string, number, FrameOf])[] = Object.entries(ALL).map(
	([name, frameOf]) => [name, framesOf(name), frameOf],
);
