import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregate, llc, wifi } from '../support/link-bytes.js';
import { bytesOf, ethernet, ipv4, ipv6, REGISTER, TRYING, udp } from '../support/packet-bytes.js';
import { tcp } from '../support/tcp-bytes.js';
import { told, tracedRecords } from '../support/traced.js';

const INNER = ipv4(udp(REGISTER));
const INNER6 = ipv6(udp(REGISTER));
const OUTER = { source: '203.0.113.1', destination: '203.0.113.2' };
const OUTER6 = { source: '2001:db8:1::1', destination: '2001:db8:2::2' };

const gre = (protocol: number, payload: Uint8Array, flags = 0, options: readonly number[] = []) =>
	bytesOf([flags >> 8, flags & 0xff, protocol >> 8, protocol & 0xff], options, payload);
const vxlan = (payload: Uint8Array, port = 4789) =>
	udp(bytesOf([8, 0, 0, 0, 0, 0, 42, 0], payload), { destinationPort: port, sourcePort: 50_000 });

/** A G-PDU of 3GPP TS 29.281, its length field right. */
const gtp = (payload: Uint8Array, flags = 0x30, optional: readonly number[] = []) => {
	const length = optional.length + payload.length;
	const header = [flags, 255, length >> 8, length & 0xff, 0, 0, 0, 7];
	return udp(bytesOf(header, optional, payload), { destinationPort: 2152, sourcePort: 2152 });
};

const inUdp = (payload: Uint8Array, ports: { sourcePort?: number; destinationPort?: number }) =>
	ipv4(udp(payload, { sourcePort: 50_000, destinationPort: 50_000, ...ports }), OUTER);
const inGre = (...rest: Parameters<typeof gre>) => ipv4(gre(...rest), { ...OUTER, protocol: 47 });
/** RFC 2637 §4.1, RFC 2661 §3.1: the packet in PPP, in all the forms that senders give it. */
const PPP = bytesOf([0xff, 0x03, 0x00, 0x21], INNER);
const PPP_COMPRESSED = bytesOf([0x21], INNER);
const PPP6 = bytesOf([0x00, 0x57], INNER6);
const be16 = (value: number) => [value >> 8, value & 0xff];
const pptp = (ppp: Uint8Array, flags: number, numbers: readonly number[]) =>
	inGre(0x880b, bytesOf(be16(ppp.length), [0, 9], numbers, ppp), flags);
const eoip = (frame: Uint8Array) =>
	inGre(0x6400, bytesOf(be16(frame.length), [7, 0], frame), 0x2001);
const l2tp = (bytes: readonly number[], ppp: Uint8Array, port = 'destinationPort') =>
	inUdp(bytesOf(bytes, ppp), { [port]: 1701 });
/** RFC 5415 §4.3: eight bytes, one radio, a frame of IEEE 802.11; Cisco's frame control is the other way round. */
const capwap = (frame: Uint8Array, port = 'destinationPort') =>
	inUdp(bytesOf([0, 0x10, 0x43, 0, 0, 0, 0, 0], frame), { [port]: 5247 });
const swapped = (frame: Buffer) => bytesOf(frame[1] ?? 0, frame[0] ?? 0, frame.subarray(2));
const LABELS = [0x00, 0x06, 0x40, 0x40, 0x00, 0x06, 0x51, 0x40];

/** RFC 4303 §2 in transport or tunnel mode, without encryption. */
const esp = (payload: Uint8Array, protocol: number, checkValue = 12) => {
	const padding = Array.from({ length: -(payload.length + 2) & 3 }, (_, index) => index + 1);
	const trailer = bytesOf(padding, [padding.length, protocol], Buffer.alloc(checkValue, 0x5a));
	return bytesOf([0, 0, 3, 0xe8, 0, 0, 0, 1], payload, trailer);
};
const inEsp = (...rest: Parameters<typeof esp>) => ipv4(esp(...rest), { protocol: 50 });

const TUNNELS: readonly (readonly [string, Buffer])[] = [
	['GRE', ipv4(gre(0x0800, INNER), { ...OUTER, protocol: 47 })],
	[
		'GRE with checksum, key and sequence',
		ipv4(gre(0x0800, INNER, 0xb000, [1, 2, 0, 0, 0, 0, 0, 7, 0, 0, 0, 1]), {
			...OUTER,
			protocol: 47,
		}),
	],
	['GRE with IPv6', ipv4(gre(0x86dd, INNER6), { ...OUTER, protocol: 47 })],
	[
		'Ethernet in GRE',
		ipv4(gre(0x6558, ethernet(INNER, { tags: [7] })), { ...OUTER, protocol: 47 }),
	],
	['GRE over IPv6', ipv6(gre(0x0800, INNER), { ...OUTER6, nextHeader: 47 })],
	['IP-in-IP', ipv4(INNER, { ...OUTER, protocol: 4 })],
	['IPv6 in IPv4', ipv4(INNER6, { ...OUTER, protocol: 41 })],
	['IPv4 in IPv6', ipv6(INNER, { ...OUTER6, nextHeader: 4 })],
	['IPv6 in IPv6', ipv6(INNER6, { ...OUTER6, nextHeader: 41 })],
	['VXLAN', ipv4(vxlan(ethernet(INNER)), OUTER)],
	['VXLAN on the old port of Linux', ipv4(vxlan(ethernet(INNER), 8472), OUTER)],
	['GTP-U', ipv4(gtp(INNER), OUTER)],
	['GTP-U with IPv6', ipv4(gtp(INNER6), OUTER)],
	['GTP-U with a sequence number', ipv4(gtp(INNER, 0x32, [0, 9, 0, 0x85]), OUTER)],
	[
		'GTP-U with two extension headers',
		ipv4(gtp(INNER, 0x34, [0, 0, 0, 0x85, 1, 0, 9, 0xc0, 2, 0, 0, 0, 0, 0, 0, 0]), OUTER),
	],
	['a mirrored port (ERSPAN type I)', inGre(0x88be, ethernet(INNER))],
	[
		'a mirrored port (ERSPAN type II)',
		inGre(0x88be, bytesOf([0x10, 0x64, 0, 5, 0, 0, 0, 1], ethernet(INNER)), 0x1000, [0, 0, 0, 1]),
	],
	[
		'a mirrored port (ERSPAN type III)',
		inGre(
			0x22eb,
			bytesOf([0x20, 0x64, 0, 5, 1, 2, 3, 4, 0, 0, 0, 0], ethernet(INNER)),
			0x1000,
			[0, 0, 0, 1],
		),
	],
	[
		'a mirrored port (ERSPAN type III) with what the switch adds',
		inGre(
			0x22eb,
			bytesOf([0x20, 0x64, 0, 5, 1, 2, 3, 4, 0, 0, 0, 1], Buffer.alloc(8, 7), ethernet(INNER)),
			0x1000,
			[0, 0, 0, 1],
		),
	],
	[
		'a mirrored interface without Ethernet (ERSPAN type III)',
		inGre(0x22eb, bytesOf([0x20, 0, 0, 5, 1, 2, 3, 4, 0, 0, 8, 0], INNER6), 0x1000, [0, 0, 0, 1]),
	],
	['PPTP', pptp(PPP, 0x3001, [0, 0, 0, 1])],
	['PPTP with an acknowledgement', pptp(PPP_COMPRESSED, 0x3081, [0, 0, 0, 1, 0, 0, 0, 1])],
	['EoIP', eoip(ethernet(INNER))],
	['L2TP', l2tp([0, 2, 0, 1, 0, 2], PPP)],
	['L2TP from its server', l2tp([0, 2, 0, 1, 0, 2], PPP6, 'sourcePort')],
	[
		'L2TP with a length, a sequence and an offset',
		l2tp([0x4a, 2, ...be16(16 + PPP.length), 0, 1, 0, 2, 0, 1, 0, 1, 0, 2, 9, 9], PPP),
	],
	[
		'Geneve with an option',
		inUdp(bytesOf([1, 0, 0x65, 0x58, 0, 0, 7, 0], [1, 2, 3, 0], ethernet(INNER)), {
			destinationPort: 6081,
		}),
	],
	[
		'Geneve without Ethernet',
		inUdp(bytesOf([0, 0, 8, 0, 0, 0, 7, 0], INNER), { destinationPort: 6081 }),
	],
	[
		'TZSP',
		inUdp(bytesOf([1, 0, 0, 1, 0, 10, 1, 0xc5, 1], ethernet(INNER)), { destinationPort: 37_008 }),
	],
	[
		'TZSP with a radio frame',
		inUdp(bytesOf([1, 0, 0, 18, 1], wifi(llc(INNER))), { destinationPort: 37_008 }),
	],
	['CAPWAP to the controller', capwap(wifi(llc(INNER), { qos: true }))],
	['CAPWAP from the controller', capwap(wifi(llc(INNER), { way: 'from' }), 'sourcePort')],
	['CAPWAP of Cisco', capwap(swapped(wifi(llc(INNER), { qos: true })))],
	[
		'CAPWAP with Ethernet',
		inUdp(bytesOf([0, 0x10, 0x42, 0, 0, 0, 0, 0], ethernet(INNER)), { destinationPort: 5247 }),
	],
	['GRE in UDP', inUdp(gre(0x0800, INNER), { destinationPort: 4754 })],
	[
		'VXLAN with a group policy',
		inUdp(bytesOf([0x88, 0, 0, 5, 0, 0, 42, 0], ethernet(INNER)), { destinationPort: 4789 }),
	],
	[
		'VXLAN-GPE with Ethernet',
		inUdp(bytesOf([0x0c, 0, 0, 3, 0, 0, 42, 0], ethernet(INNER)), { destinationPort: 4790 }),
	],
	[
		'VXLAN-GPE with IPv4',
		inUdp(bytesOf([0x0c, 0, 0, 1, 0, 0, 42, 0], INNER), { destinationPort: 4790 }),
	],
	[
		'VXLAN-GPE with IPv6',
		inUdp(bytesOf([0x0c, 0, 0, 2, 0, 0, 42, 0], INNER6), { destinationPort: 4790 }),
	],
	['Ethernet in IP', ipv4(bytesOf([0x30, 0], ethernet(INNER)), { ...OUTER, protocol: 97 })],
	['IPsec that does not encrypt', inEsp(udp(REGISTER), 17)],
	['IPsec that does not encrypt, with SHA-256', inEsp(udp(REGISTER), 17, 16)],
	['IPsec that does not encrypt, over IPv6', ipv6(esp(udp(REGISTER), 17), { nextHeader: 50 })],
	['IPsec that does not encrypt a tunnel', inEsp(INNER, 4)],
	['IPsec that does not encrypt a tunnel of IPv6', inEsp(INNER6, 41)],
	['MPLS in IP', ipv4(bytesOf(LABELS, INNER), { ...OUTER, protocol: 137 })],
	['MPLS in GRE', inGre(0x8847, bytesOf(LABELS, INNER6))],
	[
		'IP-in-IP in GRE',
		ipv4(gre(0x0800, ipv4(INNER, { ...OUTER, protocol: 4 })), { ...OUTER, protocol: 47 }),
	],
];

const inFrame = (packet: Buffer) => ({
	bytes: ethernet(packet, { etherType: (packet[0] ?? 0) >> 4 === 6 ? 0x86dd : 0x0800 }),
});

describe('a message in a tunnel', () => {
	it.each(TUNNELS)('is read through %s, with its own addresses', async (_name, packet) => {
		const { messages, oddities } = await tracedRecords([inFrame(packet)]);
		expect([messages.map(told), oddities]).toEqual([['REGISTER 1'], []]);
		expect(['192.0.2.10', '2001:db8::10']).toContain(messages[0]?.src.address);
	});

	it.each([
		['IPv4', INNER, 0x8847],
		['IPv6', INNER6, 0x8847],
		['IPv4 with the other number of MPLS', INNER, 0x8848],
		['a pseudowire', ethernet(INNER), 0x8847],
		['a pseudowire with a control word', bytesOf([0, 0, 0, 0], ethernet(INNER)), 0x8847],
		['a pseudowire with a tag', bytesOf([0, 0, 0, 7], ethernet(INNER, { tags: [9] })), 0x8847],
	])('is read behind the labels of MPLS in %s', async (_name, payload, etherType) => {
		const bytes = ethernet(bytesOf(LABELS, payload), { etherType });
		const { messages, oddities } = await tracedRecords([{ bytes }]);
		expect([messages.map(told), oddities]).toEqual([['REGISTER 1'], []]);
	});

	it('is said to be cut where the labels of MPLS stand before the only IP packet', async () => {
		const bytes = ethernet(bytesOf(LABELS, INNER), { etherType: 0x8847 });
		const record = { bytes: bytes.subarray(0, 300), originalLength: bytes.length };
		const { messages, oddities } = await tracedRecords([record]);
		expect([messages.map(told), oddities]).toEqual([
			['REGISTER 1 cut'],
			['frame-cut-by-snaplen', 'sip-message-cut'],
		]);
	});

	it.each([
		['labels without an end', 0x8847, [0, 6, 0x40, 0x40, 0, 6], 'mpls-too-short'],
		['a channel of MPLS itself', 0x8847, [0, 6, 0x41, 0x40, 0x10, 0, 0, 7, 1, 2], undefined],
	])('is not read behind %s', async (_name, etherType, payload, oddity) => {
		const bytes = ethernet(Buffer.from(payload), { etherType });
		const { messages, oddities } = await tracedRecords([{ bytes }]);
		expect([messages, oddities]).toEqual([[], oddity === undefined ? [] : [oddity]]);
	});

	it.each([
		['is encrypted', inEsp(Buffer.alloc(200, 0xa7), 0xa7)],
		['has a datagram of another length', inEsp(bytesOf(udp(REGISTER), 'more'), 17)],
		[
			'has padding of another kind',
			ipv4(bytesOf(Buffer.alloc(8), udp(REGISTER), [9, 9, 9, 3, 17], Buffer.alloc(12, 0x5a)), {
				protocol: 50,
			}),
		],
		['is shorter than its end', ipv4(bytesOf([0, 0, 3, 0xe8, 0, 0, 0, 1, 0]), { protocol: 50 })],
	])('is not looked for in IPsec that %s', async (_how, packet) => {
		const { messages, oddities } = await tracedRecords([inFrame(packet)]);
		expect([messages, oddities]).toEqual([[], []]);
	});

	it('is said to be encrypted where the radio frame in CAPWAP is', async () => {
		const packet = capwap(wifi(llc(INNER), { isProtected: true }));
		const { messages, oddities } = await tracedRecords([inFrame(packet)]);
		expect([messages, oddities]).toEqual([[], ['wifi-encrypted']]);
	});

	it('is read of each packet of a radio frame in CAPWAP', async () => {
		const packet = capwap(wifi(aggregate(INNER, INNER), { isAggregate: true }));
		const { messages } = await tracedRecords([inFrame(packet)]);
		expect(messages.map(told)).toEqual(['REGISTER 1', 'REGISTER 1']);
	});

	it('is read of a TCP segment in IPsec that does not encrypt', async () => {
		const { messages } = await tracedRecords([inFrame(inEsp(tcp(REGISTER), 6))]);
		expect(messages.map(told)).toEqual(['REGISTER 1']);
	});

	it.each([
		['an acknowledgement of PPTP', inGre(0x880b, bytesOf([0, 0, 0, 9, 0, 0, 0, 1]), 0x2081)],
		['a keep-alive of EoIP', inGre(0x6400, bytesOf([0, 0, 7, 0]), 0x2001)],
		['GRE with another protocol', inGre(0x2000, Buffer.from(REGISTER))],
		['PPTP that is encrypted', pptp(bytesOf([0, 0xfd, 0x90, 1], INNER), 0x3001, [0, 0, 0, 1])],
		['a control message of L2TP', l2tp([0xc8, 2, 0, 12, 0, 1, 0, 0, 0, 0, 0, 0], Buffer.alloc(0))],
		['L2TP of version 3', l2tp([0, 3, 0, 0, 0, 0, 0, 7], ethernet(INNER))],
		['a keep-alive of TZSP', inUdp(bytesOf([1, 4, 0, 0, 1]), { destinationPort: 37_008 })],
		[
			'other frames of TZSP',
			inUdp(bytesOf([1, 0, 0, 119, 1], ethernet(INNER)), { destinationPort: 37_008 }),
		],
		[
			'CAPWAP in DTLS',
			inUdp(bytesOf([1, 0, 0, 0], Buffer.alloc(60, 7)), { destinationPort: 5247 }),
		],
		[
			'a fragment of CAPWAP',
			inUdp(bytesOf([0, 0x10, 0x43, 0x80, 0, 1, 0, 0], wifi(llc(INNER))), {
				destinationPort: 5247,
			}),
		],
		[
			'Geneve of another version',
			inUdp(bytesOf([0x40, 0, 8, 0, 0, 0, 7, 0], INNER), { destinationPort: 6081 }),
		],
	])('is not looked for in %s', async (_name, packet) => {
		const { messages, oddities } = await tracedRecords([inFrame(packet)]);
		expect([messages, oddities]).toEqual([[], []]);
	});

	it.each([
		[
			'the tags of TZSP',
			inUdp(bytesOf([1, 0, 0, 1, 10, 1, 0]), { destinationPort: 37_008 }),
			'tzsp-bad-field',
		],
		[
			'the header of ERSPAN',
			inGre(0x88be, bytesOf([0x10, 0, 0]), 0x1000, [0, 0, 0, 1]),
			'erspan-too-short',
		],
		['the offset of L2TP', l2tp([2, 2, 0, 1, 0, 2, 0], Buffer.alloc(0)), 'l2tp-too-short'],
		['PPP', l2tp([0, 2, 0, 1, 0, 2], bytesOf([0xff, 0x03, 0])), 'ppp-too-short'],
	])('is not guessed where %s is cut', async (_name, packet, oddity) => {
		const { messages, oddities } = await tracedRecords([inFrame(packet)]);
		expect([messages, oddities]).toEqual([[], [oddity]]);
	});

	it('is none where only the port is that of GRE in UDP', async () => {
		// What RTP begins with is a checksum flag of version 0.
		const packet = inUdp(bytesOf([0x80, 0x08, 0x12, 0x34], Buffer.alloc(40)), {
			destinationPort: 4754,
		});
		const { messages, oddities } = await tracedRecords([inFrame(packet)]);
		expect([messages, oddities]).toEqual([[], []]);
	});

	it.each([1701, 4754, 4790, 5247, 6081, 37_008])(
		'is none where SIP itself is on port %i',
		async (port) => {
			const packet = ipv4(udp(TRYING, { destinationPort: port }));
			const { messages } = await tracedRecords([inFrame(packet)]);
			expect(messages.map(told)).toEqual(['100 1']);
		},
	);

	it('has the frames of all fragments of the outer packet', async () => {
		const tunnelled = gre(0x0800, INNER);
		const fragments = [
			ipv4(tunnelled.subarray(0, 160), { ...OUTER, protocol: 47, more: true }),
			ipv4(tunnelled.subarray(160), { ...OUTER, protocol: 47, offset: 160 }),
		];
		const { messages } = await tracedRecords(fragments.map(inFrame));
		expect(messages.map(told)).toEqual(['REGISTER 1+2']);
	});

	it('is not looked for deeper than four tunnels', async () => {
		let packet = INNER;
		for (let depth = 0; depth < 5; depth += 1) packet = ipv4(packet, { ...OUTER, protocol: 4 });
		const { messages, oddities } = await tracedRecords([inFrame(packet)]);
		expect([messages, oddities]).toEqual([[], ['tunnels-too-deep']]);
	});

	it('is none where only the port is that of VXLAN', async () => {
		const packet = ipv4(udp(TRYING, { destinationPort: 4789 }));
		const { messages } = await tracedRecords([inFrame(packet)]);
		expect(messages.map(told)).toEqual(['100 1']);
	});

	it('is none where only the port is that of GTP-U', async () => {
		const packet = ipv4(udp(TRYING, { destinationPort: 2152 }));
		const { messages } = await tracedRecords([inFrame(packet)]);
		expect(messages.map(told)).toEqual(['100 1']);
	});

	it('is not looked for in the messages of GTP-U itself, such as an echo', async () => {
		const echo = bytesOf([0x32, 1, 0, 4, 0, 0, 0, 0, 0, 1, 0, 0]);
		const packet = ipv4(udp(echo, { destinationPort: 2152 }));
		const { messages, oddities } = await tracedRecords([inFrame(packet)]);
		expect([messages, oddities]).toEqual([[], []]);
	});

	it('ends where the length of GTP-U says, whatever stands behind it', async () => {
		const padded = bytesOf([0x30, 255, INNER.length >> 8, INNER.length & 0xff, 0, 0, 0, 7], INNER);
		const packet = ipv4(udp(bytesOf(padded, 'tail'), { destinationPort: 2152 }));
		const { messages, oddities } = await tracedRecords([inFrame(packet)]);
		expect([messages.map(told), oddities]).toEqual([['REGISTER 1'], []]);
	});

	it.each([
		['is of no length', [0, 0, 0, 0x85, 0, 0, 0, 0], 'gtp-bad-field'],
		['is longer than the packet', [0, 0, 0, 0x85, 255, 0, 0, 0], 'gtp-too-short'],
	])('is not guessed where an extension header of GTP-U %s', async (_how, optional, oddity) => {
		const { messages, oddities } = await tracedRecords([inFrame(ipv4(gtp(INNER, 0x34, optional)))]);
		expect([messages, oddities]).toEqual([[], [oddity]]);
	});

	it('is cut where the frame is, and that is said once', async () => {
		const { bytes } = inFrame(ipv4(INNER, { ...OUTER, protocol: 4 }));
		const record = { bytes: bytes.subarray(0, 300), originalLength: bytes.length };
		const { messages, oddities } = await tracedRecords([record]);
		expect([messages.map(told), oddities]).toEqual([
			['REGISTER 1 cut'],
			['frame-cut-by-snaplen', 'sip-message-cut'],
		]);
	});

	it.each(TUNNELS)(
		'in %s with any bytes changed never makes the reader throw',
		async (_name, packet) => {
			const changes = fc.array(fc.tuple(fc.nat(packet.length - 1), fc.nat(255)), { maxLength: 4 });
			await fc.assert(
				fc.asyncProperty(changes, fc.nat(packet.length), async (list, length) => {
					const changed = Buffer.from(packet.subarray(0, length));
					for (const [at, value] of list) if (at < length) changed[at] = value;
					const { facts } = await tracedRecords([inFrame(changed)]);
					expect(facts.packets).toBe(1);
				}),
				{ numRuns: 40 },
			);
		},
	);
});
