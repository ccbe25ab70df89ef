import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Parsed } from '../../src/bytes/malformed.js';
import { parseArp } from '../../src/layers/arp.js';
import { parseCiscoHdlc } from '../../src/layers/cisco-hdlc.js';
import { parseEthernet } from '../../src/layers/ethernet.js';
import { parseFrameRelay } from '../../src/layers/frame-relay.js';
import { parseIcmp } from '../../src/layers/icmp.js';
import { parseIcmpv6 } from '../../src/layers/icmpv6.js';
import { parseIeee80211 } from '../../src/layers/ieee80211.js';
import { parseIpv4Packet } from '../../src/layers/ipv4.js';
import { parseIpv6Packet } from '../../src/layers/ipv6.js';
import { parseLinuxCooked, parseLinuxCookedV2 } from '../../src/layers/linux-cooked.js';
import { parseNflog } from '../../src/layers/nflog.js';
import { parseNullLoopback } from '../../src/layers/null-loopback.js';
import { parseOpenbsdEnc } from '../../src/layers/openbsd-enc.js';
import { parsePflog } from '../../src/layers/pflog.js';
import { parsePktap } from '../../src/layers/pktap.js';
import { parsePpi } from '../../src/layers/ppi.js';
import { parsePppoe } from '../../src/layers/pppoe.js';
import { parseAvs, parsePrism } from '../../src/layers/prism.js';
import { parseQuotedPacket } from '../../src/layers/quoted-packet.js';
import { parseRadiotap } from '../../src/layers/radiotap.js';
import { parseRawIp } from '../../src/layers/raw-ip.js';
import { parseUdp } from '../../src/layers/udp.js';
import { removeTags } from '../../src/layers/vlan.js';
import { avs, pflog, pktap, ppi, prism, radiotap, wifi } from '../support/link-bytes.js';
import { bytesOf, ethernet, ipv4, ipv6, udp } from '../support/packet-bytes.js';

type Reader = (bytes: Uint8Array) => Parsed<unknown> | undefined;

const LIMIT = 'test length';
const none = new Uint8Array(0);
const options = Buffer.alloc(8, 1);

/** Each header with the bytes of the least whole one, and the needs of its shorter prefixes: [from length, needed]. */
const headers: readonly (readonly [
	string,
	Reader,
	Buffer,
	readonly (readonly [number, number])[],
])[] = [
	['ethernet', parseEthernet, ethernet(none), [[0, 14]]],
	['linux-cooked', parseLinuxCooked, Buffer.alloc(16), [[0, 16]]],
	['linux-cooked-v2', parseLinuxCookedV2, Buffer.alloc(20), [[0, 20]]],
	['null-loopback', parseNullLoopback, Buffer.from([2, 0, 0, 0]), [[0, 4]]],
	['raw-ip', parseRawIp, Buffer.from([0x45]), [[0, 1]]],
	['ipv4', (bytes) => parseIpv4Packet(bytes, LIMIT), ipv4(none), [[0, 20]]],
	[
		'ipv4',
		(bytes) => parseIpv4Packet(bytes, LIMIT),
		ipv4(none, { options }),
		[
			[0, 20],
			[20, 28],
		],
	],
	['ipv6', (bytes) => parseIpv6Packet(bytes, LIMIT), ipv6(none), [[0, 40]]],
	['udp', (bytes) => parseUdp(bytes, LIMIT), udp(''), [[0, 8]]],
	['arp', parseArp, Buffer.alloc(28), [[0, 28]]],
	['pppoe', (bytes) => removeTags(0x8864, bytes), Buffer.alloc(8), [[0, 8]]],
	['pppoe', parsePppoe, Buffer.alloc(8), [[0, 8]]],
	['cisco-hdlc', parseCiscoHdlc, Buffer.alloc(4), [[0, 4]]],
	[
		'frame-relay',
		parseFrameRelay,
		Buffer.from([0x18, 0x41, 3, 0, 0x80, 0, 0, 0, 8, 0]),
		[
			[0, 6],
			[2, 4],
			[4, 5],
			[5, 10],
		],
	],
	['openbsd-enc', parseOpenbsdEnc, Buffer.alloc(12), [[0, 12]]],
	[
		'pflog',
		parsePflog,
		pflog(none),
		[
			[0, 44],
			[44, 64],
		],
	],
	[
		'ieee-802.11',
		(bytes) => parseIeee80211(bytes),
		wifi(none, { htControl: true }),
		[
			[0, 2],
			[2, 30],
		],
	],
	['ppi', parsePpi, ppi(105, none), [[0, 8]]],
	['pktap', parsePktap, pktap(1, 0, none), [[0, 108]]],
];

describe.each(headers)('a header of %s', (layer, parse, whole, needs) => {
	it(`is read at ${whole.length} bytes`, () => {
		expect(parse(whole)).toMatchObject({ ok: true });
	});

	it.each(Array.from({ length: whole.length }, (_, length) => length))(
		'fails at %i bytes with exactly what was needed and available',
		(length) => {
			const [, needed] = needs.findLast(([from]) => length >= from) ?? [0, 0];
			expect(parse(whole.subarray(0, length))).toMatchObject({
				ok: false,
				malformed: { layer, offset: 0, problem: { kind: 'too-short', needed, available: length } },
			});
		},
	);
});

describe('a header before a frame of Wi-Fi', () => {
	const beacon = Buffer.from([0x80, 0]);
	const before: readonly (readonly [string, Reader, Buffer])[] = [
		['radiotap', parseRadiotap, radiotap(beacon)],
		['prism', parsePrism, prism(beacon)],
		['avs', parseAvs, avs(beacon)],
	];

	it.each(before)(
		'of %s fails for want of its own bytes, then of those of the frame',
		(layer, parse, whole) => {
			expect(parse(whole)).toMatchObject({ ok: true });
			const headerBytes = whole.length - beacon.length;
			for (let length = 0; length < whole.length; length += 1) {
				const isOwn = length < headerBytes;
				const problem = isOwn
					? { needed: length < 8 ? 8 : headerBytes, available: length }
					: { needed: beacon.length, available: length - headerBytes };
				expect(parse(whole.subarray(0, length))).toMatchObject({
					ok: false,
					malformed: { layer: isOwn ? layer : 'ieee-802.11', offset: 0, problem },
				});
			}
		},
	);
});

describe('a header of icmp', () => {
	const quoted = ipv4(udp('x')).subarray(0, 28);
	const whole = bytesOf([3, 3, 0, 0, 0, 0, 0, 0], quoted);

	it.each([
		[1, 'icmp', 8],
		[7, 'icmp', 8],
		[8, 'icmp-quotation', 1],
		[9, 'ipv4', 20],
		[27, 'ipv4', 20],
		[28, 'udp', 4],
		[31, 'udp', 4],
	] as const)('fails at %i bytes in %s for want of %i', (length, layer, needed) => {
		const problem = { kind: 'too-short', needed };
		expect(parseIcmp(whole.subarray(0, length), LIMIT)).toMatchObject({
			ok: false,
			malformed: { layer, problem },
		});
	});

	it('is enough with the ports of what it quotes', () => {
		expect(parseIcmp(whole.subarray(0, 32), LIMIT)).toMatchObject({
			ok: true,
			value: { reason: 'port', quoted: { sourcePort: 5060, destinationPort: 5060 } },
		});
	});
});

describe('tags before the payload', () => {
	it('are taken off, outermost first', () => {
		const tags = Buffer.from('000a8100001408004500', 'hex');
		expect(removeTags(0x88a8, tags)).toMatchObject({
			ok: true,
			value: { etherType: 0x0800, vlans: [10, 20], payload: Buffer.from('4500', 'hex') },
		});
	});

	it.each([
		['the security group of TrustSec', 0x8909, '0101000100090800'],
		['a VN-Tag', 0x8926, '800300050800'],
		['an E-Tag', 0x893f, '0005000900000800'],
		['HSR', 0x892f, '020000090800'],
	])('may be %s', (_name, etherType, tag) => {
		expect(removeTags(etherType, Buffer.from(`${tag}4500`, 'hex'))).toMatchObject({
			ok: true,
			value: { etherType: 0x0800, vlans: [], payload: Buffer.from('4500', 'hex') },
		});
		expect(removeTags(etherType, Buffer.from(tag, 'hex').subarray(1))).toMatchObject({
			ok: false,
			malformed: { layer: 'vlan', problem: { kind: 'too-short', needed: tag.length / 2 } },
		});
	});

	it('are not followed without end', () => {
		const tags = Buffer.concat(Array.from({ length: 1000 }, () => Buffer.from('00018100', 'hex')));
		expect(removeTags(0x8100, tags)).toMatchObject({
			ok: false,
			malformed: { problem: { kind: 'bad-field', field: 'number of tags' } },
		});
	});

	it('may hide PPPoE, whose length cuts the padding', () => {
		const session = Buffer.from('1100000100030021450000', 'hex');
		expect(removeTags(0x8864, session)).toMatchObject({
			ok: true,
			value: { etherType: 0x0800, payload: Buffer.from('45', 'hex') },
		});
	});
});

describe('Linux cooked frames', () => {
	it.each([
		[0, 'inbound'],
		[1, 'inbound'],
		[2, 'inbound'],
		[3, undefined],
		[4, 'outbound'],
	] as const)('of packet type %i are %s', (packetType, direction) => {
		const v1 = bytesOf([0, packetType, 0, 1, 0, 6], Buffer.alloc(8), [8, 0]);
		const v2 = bytesOf([8, 0, 0, 0, 0, 0, 0, 3, 0, 1, packetType, 6], Buffer.alloc(8));
		expect(parseLinuxCooked(v1)).toMatchObject({ value: { direction, etherType: 0x0800 } });
		expect(parseLinuxCookedV2(v2)).toMatchObject({ value: { direction, interfaceIndex: 3 } });
	});

	it('that hide an inner VLAN tag behind the EtherType of the packet are read', () => {
		const tagged = bytesOf([0, 20], [8, 0], [0x45, 0]);
		const v1 = bytesOf([0, 0, 0, 1, 0, 6], Buffer.alloc(8), [8, 0], tagged);
		const value = { etherType: 0x0800, payload: tagged.subarray(4), vlans: [20] };
		expect(parseLinuxCooked(v1)).toMatchObject({ value });
	});
});

describe('BSD loopback frames', () => {
	it.each([
		['02000000', 0x0800],
		['00000002', 0x0800],
		['1e000000', 0x86dd],
		['0000001e', 0x86dd],
		['18000000', 0x86dd],
		['1c000000', 0x86dd],
		['07000000', 0],
	] as const)('of family %s carry EtherType %i', (family, etherType) => {
		expect(parseNullLoopback(Buffer.from(family, 'hex'))).toMatchObject({ value: { etherType } });
	});
});

describe('IPv4', () => {
	it('leaves Ethernet padding out of the payload', () => {
		const parsed = parseIpv4Packet(bytesOf(ipv4(bytesOf('abc')), Buffer.alloc(30)), LIMIT);
		expect(parsed).toMatchObject({ value: { payload: Buffer.from('abc'), missing: 0 } });
	});

	it('counts what its total length promises and the frame does not have', () => {
		const parsed = parseIpv4Packet(ipv4(bytesOf('abc'), { totalLength: 1000 }), LIMIT);
		expect(parsed).toMatchObject({ value: { missing: 977 } });
	});

	it('of total length 0 runs to the end: the card cuts it later', () => {
		const parsed = parseIpv4Packet(ipv4(bytesOf('abc'), { totalLength: 0 }), LIMIT);
		expect(parsed).toMatchObject({ value: { payload: Buffer.from('abc'), missing: 0 } });
	});

	it('is refused with a header length below 20', () => {
		const bytes = ipv4(none);
		bytes[0] = 0x44;
		expect(parseIpv4Packet(bytes, LIMIT)).toMatchObject({
			malformed: { problem: { field: 'header length', value: '16' } },
		});
	});
});

describe('IPv6', () => {
	const extension = (next: number, units: number) =>
		bytesOf(next, units, Buffer.alloc(6 + units * 8));

	it('is read through its extension headers', () => {
		const payload = bytesOf(extension(60, 1), extension(17, 0), udp('hi'));
		expect(parseIpv6Packet(ipv6(payload, { nextHeader: 0 }), LIMIT)).toMatchObject({
			value: { protocol: 17, payload: udp('hi') },
		});
	});

	it('has an authentication header with a length rule of its own', () => {
		const payload = bytesOf([17, 4], Buffer.alloc(22), udp('hi'));
		expect(parseIpv6Packet(ipv6(payload, { nextHeader: 51 }), LIMIT)).toMatchObject({
			value: { protocol: 17, payload: udp('hi') },
		});
	});

	it('is refused with more extension headers than any stack sends', () => {
		const payload = Buffer.concat(Array.from({ length: 40 }, () => extension(0, 0)));
		expect(parseIpv6Packet(ipv6(payload, { nextHeader: 0 }), LIMIT)).toMatchObject({
			malformed: { layer: 'ipv6-extension', problem: { kind: 'bad-field' } },
		});
	});

	it('is whole in a fragment that is the only one', () => {
		const payload = bytesOf([17, 0, 0, 0, 0, 0, 0, 9], udp('hi'));
		expect(parseIpv6Packet(ipv6(payload, { nextHeader: 44 }), LIMIT)).toMatchObject({
			value: { fragment: undefined, payload: udp('hi') },
		});
	});
});

describe('no reader throws', () => {
	const readers: readonly Reader[] = [
		...headers.map(([, parse]) => parse),
		(bytes) => parseIcmp(bytes, LIMIT),
		(bytes) => parseIcmpv6(bytes, LIMIT),
		parseNflog,
		parseRadiotap,
		parsePrism,
		parseAvs,
		parseQuotedPacket,
		(bytes) => removeTags(0x8100, bytes),
	];

	it('on any bytes', () => {
		const first = fc.constantFrom(0x45, 0x4f, 0x60, 0x03, 0x01, 0x00);
		fc.assert(
			fc.property(first, fc.uint8Array({ maxLength: 120 }), (start, rest) => {
				const bytes = bytesOf(start, rest);
				for (const parse of readers) parse(bytes);
			}),
		);
	});
});
