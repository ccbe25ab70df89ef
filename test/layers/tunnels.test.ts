import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, ethernet, ipv4, ipv6, REGISTER, TRYING, udp } from '../support/packet-bytes.js';
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
