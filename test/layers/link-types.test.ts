import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkTypeName, parseLink } from '../../src/layers/link-type.js';
import {
	aggregate,
	avs,
	be16,
	llc,
	nflog,
	PHONE_MAC,
	pflog,
	pktap,
	ppi,
	pppoe,
	prism,
	radiotap,
	SERVER_MAC,
	wifi,
} from '../support/link-bytes.js';
import { bytesOf, ethernet, ipv4, ipv6, REGISTER, TRYING, udp } from '../support/packet-bytes.js';
import { told, tracedRecords } from '../support/traced.js';

const PACKET = ipv4(udp(REGISTER));
const PACKET6 = ipv6(udp(REGISTER));
const ANSWER = ipv4(udp(TRYING));

const enc = (family: readonly number[], packet: Buffer) => bytesOf(family, Buffer.alloc(8), packet);

/** Link type, and a frame of it with a REGISTER. */
const FRAMES: readonly (readonly [string, number, Buffer])[] = [
	['PPP', 9, bytesOf([0xff, 3, 0, 0x21], PACKET)],
	['PPP without address and control', 9, bytesOf([0, 0x57], PACKET6)],
	['PPP in the framing of HDLC', 50, bytesOf([0xff, 3, 0, 0x21], PACKET)],
	['Cisco HDLC under the link type of PPP', 50, bytesOf([0x8f, 0, 8, 0], PACKET)],
	['PPPoE', 51, pppoe(PACKET)],
	['Cisco HDLC', 104, bytesOf([0x0f, 0, 0x86, 0xdd], PACKET6)],
	['Frame Relay', 107, bytesOf([0x18, 0x41, 3, 0xcc], PACKET)],
	['Frame Relay with IPv6', 107, bytesOf([0x18, 0x41, 3, 0x8e], PACKET6)],
	['Frame Relay with an address of four bytes', 107, bytesOf([0x18, 0x40, 0, 1, 3, 0xcc], PACKET)],
	['Frame Relay with SNAP', 107, bytesOf([0x18, 0x41, 3, 0, 0x80, 0, 0, 0, 8, 0], PACKET)],
	[
		'Frame Relay with Ethernet',
		107,
		bytesOf([0x18, 0x41, 3, 0, 0x80, 0, 0x80, 0xc2, 0, 7], ethernet(PACKET)),
	],
	["Frame Relay in Cisco's encapsulation", 107, bytesOf([0x18, 0x41, 8, 0], PACKET)],
	['enc0 of a little-endian host', 109, enc([2, 0, 0, 0], PACKET)],
	['enc0 of a big-endian host', 109, enc([0, 0, 0, 24], PACKET6)],
	['enc0 of FreeBSD with IPv6', 109, enc([28, 0, 0, 0], PACKET6)],
	['the log of pf', 117, pflog(PACKET)],
	['the log of pf with IPv6', 117, pflog(PACKET6, 24)],
	['the log of Netfilter', 239, nflog('little', PACKET)],
	['the log of Netfilter on a big-endian host', 239, nflog('big', PACKET)],
	['the log of Netfilter with IPv6', 239, nflog('little', PACKET6, 10)],
	['PKTAP', 258, pktap(1, 2, ethernet(PACKET))],
	['PKTAP without a link layer', 258, pktap(12, 2, PACKET)],
	['PKTAP under its old number', 149, pktap(1, 2, ethernet(PACKET))],
	['Wi-Fi', 105, wifi(llc(PACKET))],
	['Wi-Fi with IPv6', 105, wifi(llc(PACKET6, 0x86dd))],
	['Wi-Fi with a VLAN', 105, wifi(llc(bytesOf([0, 7, 8, 0], PACKET), 0x8100))],
	['Wi-Fi from the access point', 105, wifi(llc(PACKET), { way: 'from' })],
	['Wi-Fi with QoS', 105, wifi(llc(PACKET), { qos: true })],
	['Wi-Fi with HT control', 105, wifi(llc(PACKET), { htControl: true })],
	['Wi-Fi from access point to access point', 105, wifi(llc(PACKET), { way: 'between' })],
	[
		'Wi-Fi with QoS from access point to access point',
		105,
		wifi(llc(PACKET), { way: 'between', qos: true, htControl: true }),
	],
	['Wi-Fi with an A-MSDU of one', 105, wifi(aggregate(PACKET), { isAggregate: true })],
	['radiotap', 127, radiotap(wifi(llc(PACKET)))],
	[
		'radiotap with a padded header',
		127,
		radiotap(wifi(llc(PACKET), { qos: true, isPadded: true }), 0x20),
	],
	['radiotap with a checksum', 127, radiotap(bytesOf(wifi(llc(PACKET)), [1, 2, 3, 4]), 0x10)],
	[
		'radiotap of two antennas',
		127,
		bytesOf(
			[0, 0, 28, 0, 3, 0, 0, 0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x20, 0, 0, 0],
			wifi(llc(PACKET), { qos: true, isPadded: true }),
		),
	],
	['a Prism header', 119, prism(wifi(llc(PACKET)))],
	['a Prism header of a big-endian host', 119, prism(wifi(llc(PACKET)), 'big')],
	['an AVS header', 163, avs(wifi(llc(PACKET)))],
	['an AVS header under the link type of Prism', 119, avs(wifi(llc(PACKET)))],
	['PPI', 192, ppi(105, wifi(llc(PACKET)))],
	['PPI before Ethernet', 192, ppi(1, ethernet(PACKET))],
];

describe('a message on another link than Ethernet', () => {
	it.each(FRAMES)('is read from %s', async (_name, linkType, bytes) => {
		const { messages, oddities, facts } = await tracedRecords([{ bytes }], linkType);
		expect([messages.map(told), oddities]).toEqual([['REGISTER 1'], []]);
		expect(facts.linkTypes).toEqual([linkTypeName(linkType)]);
		expect(facts.linkTypes).not.toEqual([`link-type-${linkType}`]);
	});

	it.each(FRAMES)(
		'in %s with any bytes changed never makes the reader throw',
		async (_name, linkType, whole) => {
			const start = fc.oneof(fc.nat(Math.min(160, whole.length) - 1), fc.nat(whole.length - 1));
			const changes = fc.array(fc.tuple(start, fc.nat(255)), { maxLength: 4 });
			const length = fc.oneof(fc.nat(Math.min(160, whole.length)), fc.nat(whole.length));
			await fc.assert(
				fc.asyncProperty(changes, length, async (list, kept) => {
					const bytes = Buffer.from(whole.subarray(0, kept));
					for (const [at, value] of list) if (at < kept) bytes[at] = value;
					const { facts } = await tracedRecords([{ bytes }], linkType);
					expect(facts.packets).toBe(1);
				}),
				{ numRuns: 60 },
			);
		},
	);

	it('is read up to where the snaplen cut it, which is said', async () => {
		const bytes = nflog('little', PACKET);
		const record = { bytes: bytes.subarray(0, 250), originalLength: bytes.length };
		const { messages, oddities } = await tracedRecords([record], 239);
		expect([messages.map(told), oddities]).toEqual([
			['REGISTER 1 cut'],
			['frame-cut-by-snaplen', 'sip-message-cut'],
		]);
	});
});

describe('a frame whose header lies', () => {
	const lies: readonly (readonly [string, number, Buffer, string])[] = [
		['a log of pf shorter than any', 117, bytesOf(8, pflog(PACKET).subarray(1)), 'pflog-bad-field'],
		['a log of pf longer than itself', 117, pflog(PACKET).subarray(0, 60), 'pflog-too-short'],
		['another version of nflog', 239, bytesOf([2, 1], Buffer.alloc(20)), 'nflog-bad-field'],
		['an attribute of no length', 239, bytesOf([2, 0], Buffer.alloc(20)), 'nflog-bad-field'],
		['no packet', 239, bytesOf([2, 0, 0, 0, 5, 0, 10, 0, 0]), 'nflog-too-short'],
		['PKTAP in PKTAP', 258, pktap(258, 2, pktap(1, 2, ethernet(PACKET))), 'pktap-bad-field'],
		['PPI in PKTAP', 258, pktap(192, 2, ppi(1, ethernet(PACKET))), 'pktap-bad-field'],
		['PKTAP before what is not read', 258, pktap(220, 2, PACKET), 'pktap-bad-field'],
		[
			'PKTAP with nothing behind it',
			258,
			bytesOf([108, 0, 0, 0], Buffer.alloc(104)),
			'pktap-bad-field',
		],
		['PKTAP that is too small', 258, bytesOf([8, 0, 0, 0], Buffer.alloc(104)), 'pktap-bad-field'],
		['PKTAP beyond its end', 258, bytesOf([200, 0, 0, 0], Buffer.alloc(104)), 'pktap-too-short'],
		['PPI in PPI', 192, ppi(192, ppi(1, ethernet(PACKET))), 'ppi-bad-field'],
		['another version of PPI', 192, bytesOf([1, 0, 8, 0, 1, 0, 0, 0]), 'ppi-bad-field'],
		['PPI that is too small', 192, bytesOf([0, 0, 7, 0, 1, 0, 0, 0]), 'ppi-bad-field'],
		['PPI beyond its end', 192, bytesOf([0, 0, 9, 0, 1, 0, 0, 0]), 'ppi-too-short'],
		['another version of radiotap', 127, bytesOf([1, 0, 8, 0, 0, 0, 0, 0]), 'radiotap-bad-field'],
		['radiotap that is too small', 127, bytesOf([0, 0, 7, 0, 0, 0, 0, 0]), 'radiotap-bad-field'],
		['radiotap beyond its end', 127, bytesOf([0, 0, 9, 0, 0, 0, 0, 0]), 'radiotap-too-short'],
		['no Prism header', 119, Buffer.alloc(160), 'prism-bad-field'],
		['a Prism header beyond its end', 119, prism(PACKET).subarray(0, 143), 'prism-too-short'],
		['a Prism header of no length', 119, bytesOf(0x44, Buffer.alloc(159)), 'prism-bad-field'],
		['no AVS header', 163, Buffer.alloc(160), 'avs-bad-field'],
		['an AVS header beyond its end', 163, avs(PACKET).subarray(0, 63), 'avs-too-short'],
	];
	it.each(lies)(
		'such as %s is an oddity and gives nothing',
		async (_name, linkType, bytes, kind) => {
			const { messages, oddities } = await tracedRecords([{ bytes }], linkType);
			expect([messages, oddities]).toEqual([[], [kind]]);
		},
	);
});

describe('what is no IP', () => {
	it.each([
		['PPPoE discovery', 51, [0x11, 9, 0, 0, 0, 0, 0, 0]],
		['LCP of PPP', 9, [0xff, 3, 0xc0, 0x21, 1, 1, 0, 4]],
		['keep-alives of Cisco HDLC', 104, [0x8f, 0, 0x80, 0x35, 0, 0, 0, 2]],
		['LMI of Frame Relay', 107, [0, 1, 3, 8, 0, 0x75]],
		['a log of bridged frames', 239, [...nflog('little', ethernet(PACKET), 7)]],
		['a beacon of Wi-Fi', 105, [0x80, 0, ...Buffer.alloc(40)]],
		['an acknowledgment of Wi-Fi', 105, [0xd4, 0, 0, 0, ...PHONE_MAC]],
		['Wi-Fi data without data', 105, [0x48, 1, ...Buffer.alloc(22)]],
		['a key handshake of Wi-Fi', 105, [...wifi(llc(Buffer.alloc(95), 0x888e))]],
	] as const)('is passed over without a word: %s', async (_name, linkType, bytes) => {
		const { messages, oddities } = await tracedRecords([{ bytes: Buffer.from(bytes) }], linkType);
		expect([messages, oddities]).toEqual([[], []]);
	});
});

describe('hardware addresses', () => {
	it.each([
		['to the access point', { way: 'to' }],
		['from access point to access point', { way: 'between' }],
		['to the access point, in an A-MSDU', { way: 'to', isAggregate: true }],
	] as const)('of a Wi-Fi frame %s are those of phone and server', (_name, fields) => {
		const isAggregate = 'isAggregate' in fields;
		const frame = wifi(isAggregate ? aggregate(PACKET) : llc(PACKET), fields);
		const macs = { sourceMac: Buffer.from(PHONE_MAC), destinationMac: Buffer.from(SERVER_MAC) };
		expect(parseLink(105, frame)).toMatchObject({ ok: true, value: macs });
	});

	it('of a Wi-Fi frame from the access point are those of server and phone', () => {
		const macs = { sourceMac: Buffer.from(SERVER_MAC), destinationMac: Buffer.from(PHONE_MAC) };
		const frame = wifi(llc(ANSWER), { way: 'from' });
		expect(parseLink(105, frame)).toMatchObject({ ok: true, value: macs });
	});

	it('are told of the sender in the log of Netfilter', () => {
		const sourceMac = Buffer.from(PHONE_MAC);
		expect(parseLink(239, nflog('little', PACKET))).toMatchObject({ value: { sourceMac } });
	});

	it('of Ethernet are told behind PKTAP and in a tunnel', async () => {
		const tunnel = bytesOf([0, 0, 0x65, 0x58], ethernet(PACKET));
		const frames = [
			[258, pktap(1, 2, ethernet(PACKET))],
			[101, ipv4(tunnel, { protocol: 47 })],
		] as const;
		for (const [linkType, bytes] of frames) {
			const { messages } = await tracedRecords([{ bytes }], linkType);
			expect(messages[0]?.packet).toMatchObject({
				sourceMac: '00:00:5e:00:53:01',
				destinationMac: '00:00:5e:00:53:02',
			});
		}
	});
});

describe('a frame behind PKTAP', () => {
	it.each([
		[1, 'inbound'],
		[2, 'outbound'],
		[0, undefined],
		[3, undefined],
		[0x2002, 'outbound'],
	] as const)('with flags %i is %s', (flags, direction) => {
		const parsed = parseLink(258, pktap(1, flags, ethernet(PACKET)));
		expect(parsed).toMatchObject({ ok: true, value: { direction } });
	});

	it('keeps the direction that its own link layer has where PKTAP has none', () => {
		const cooked = bytesOf([0, 4, 0, 1, 0, 6], PHONE_MAC, [0, 0, 8, 0], PACKET);
		expect(parseLink(258, pktap(113, 0, cooked))).toMatchObject({
			value: { direction: 'outbound' },
		});
	});
});

describe('Wi-Fi frames', () => {
	it('that carry several packets give all of them, in their order', async () => {
		const bytes = wifi(aggregate(PACKET, ANSWER, PACKET), { isAggregate: true });
		const { messages, oddities } = await tracedRecords([{ bytes }], 105);
		expect([messages.map(told), oddities]).toEqual([['REGISTER 1', '100 1', 'REGISTER 1'], []]);
	});

	it('that carry several packets may have a checksum behind them', async () => {
		const frame = bytesOf(wifi(aggregate(PACKET, ANSWER), { isAggregate: true }), [1, 2, 3, 4]);
		const { messages, oddities } = await tracedRecords([{ bytes: radiotap(frame, 0x10) }], 127);
		expect([messages.map(told), oddities]).toEqual([['REGISTER 1', '100 1'], []]);
	});

	it('that carry several packets are read though one of them is odd', async () => {
		const odd = bytesOf(SERVER_MAC, PHONE_MAC, be16(10), llc(Buffer.alloc(2), 0x8100));
		const room = Buffer.alloc((4 - ((22 + PACKET.length) % 4)) % 4);
		const bytes = wifi(bytesOf(aggregate(PACKET), room, odd), { isAggregate: true });
		const { messages } = await tracedRecords([{ bytes }], 105);
		expect(messages.map(told)).toEqual(['REGISTER 1']);
	});

	it('that are encrypted are counted, and the report says what to do', async () => {
		const bytes = wifi(Buffer.alloc(200, 0xa5), { qos: true, isProtected: true });
		const { messages, facts } = await tracedRecords([{ bytes }, { bytes }], 105);
		expect(messages).toEqual([]);
		expect(facts.oddities).toEqual([
			{
				kind: 'wifi-encrypted',
				layer: 'ieee-802.11',
				count: 2,
				firstFrame: 1,
				text: expect.stringMatching(/802\.11 frames are encrypted .*: capture on the wire/),
			},
		]);
	});

	it('that are encrypted are counted behind every header before them', async () => {
		const frame = wifi(Buffer.alloc(200, 0xa5), { isProtected: true });
		const frames = [
			[119, prism(frame)],
			[127, radiotap(frame)],
			[163, avs(frame)],
			[192, ppi(105, frame)],
			[258, pktap(127, 1, radiotap(frame))],
		] as const;
		for (const [linkType, bytes] of frames) {
			expect((await tracedRecords([{ bytes }], linkType)).oddities).toEqual(['wifi-encrypted']);
		}
	});

	it('that were damaged on their way are not read', async () => {
		const bytes = radiotap(wifi(llc(PACKET)), 0x50);
		const { messages, oddities } = await tracedRecords([{ bytes }], 127);
		expect([messages, oddities]).toEqual([[], ['radiotap-bad-field']]);
	});

	it('that are a later fragment are not taken for a packet', async () => {
		const bytes = wifi(llc(PACKET), { fragment: 1 });
		const { messages, oddities } = await tracedRecords([{ bytes }], 105);
		expect([messages, oddities]).toEqual([[], ['ieee-802.11-bad-field']]);
	});
});
