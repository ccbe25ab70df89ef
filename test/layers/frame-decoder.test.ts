import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OddityCounter } from '../../src/bytes/oddity.js';
import type { Frame } from '../../src/capture/frame.js';
import { FrameDecoder, type PacketPlace } from '../../src/layers/frame-decoder.js';
import type { IcmpError } from '../../src/layers/icmp.js';
import type { Neighbour } from '../../src/layers/neighbour.js';
import type { TcpSegment } from '../../src/layers/tcp.js';
import { type UdpHeader, udpChecksumState } from '../../src/layers/udp.js';
import { formatMac } from '../../src/net/mac-address.js';
import {
	addressBytes,
	bytesOf,
	checksumOf,
	ethernet,
	ipv4,
	ipv6,
	PHONE,
	PHONE6,
	SERVER,
	SERVER6,
	udp,
} from '../support/packet-bytes.js';

function frameOf(bytes: Uint8Array, fields: Partial<Frame> = {}): Frame {
	return {
		number: 1,
		at: 0,
		linkType: 1,
		bytes,
		originalLength: bytes.length,
		interfaceId: 0,
		direction: undefined,
		comments: [],
		...fields,
	};
}

function decode(...frames: readonly Frame[]) {
	const oddities = new OddityCounter();
	const udps: { datagram: UdpHeader; place: PacketPlace }[] = [];
	const beginnings: { datagram: UdpHeader; place: PacketPlace }[] = [];
	const order: number[] = [];
	const tcps: { segment: TcpSegment; place: PacketPlace }[] = [];
	const icmps: IcmpError[] = [];
	const neighbours: Neighbour[] = [];
	const decoder = new FrameDecoder(
		{
			udp: (datagram, place) => {
				udps.push({ datagram, place });
				order.push(place.frame.number);
			},
			udpBeginning: (datagram, place) => {
				beginnings.push({ datagram, place });
				order.push(place.frame.number);
			},
			tcp: (segment, place) => tcps.push({ segment, place }),
			icmp: (error) => icmps.push(error),
			neighbour: (neighbour) => neighbours.push(neighbour),
			neighbourAsked: () => undefined,
			fragmentsLost: () => undefined,
			exportedPdu: () => undefined,
			hep: () => undefined,
		},
		oddities,
	);
	for (const frame of frames) decoder.decode(frame);
	decoder.end();
	const kinds = oddities.list().map(({ kind }) => kind);
	return { udps, beginnings, order, tcps, icmps, neighbours, oddities: kinds };
}

const ip = ipv4(udp('hello'));
const carriers = [
	['Ethernet', 1, ethernet(ip)],
	['two VLAN tags', 1, ethernet(ip, { tags: [10, 20] })],
	['LLC and SNAP', 1, ethernet(bytesOf([0xaa, 0xaa, 3, 0, 0, 0, 8, 0], ip), { etherType: 33 })],
	['Linux cooked', 113, bytesOf([0, 0, 0, 1, 0, 6], Buffer.alloc(8), [8, 0], ip)],
	['Linux cooked v2', 276, bytesOf([8, 0], Buffer.alloc(18), ip)],
	['BSD loopback', 0, bytesOf([2, 0, 0, 0], ip)],
	['OpenBSD loopback', 108, bytesOf([0, 0, 0, 2], ip)],
	['raw IP', 101, ip],
	['raw IP, 12', 12, ip],
	['raw IP, 14', 14, ip],
	['raw IPv4', 228, ip],
] as const;

describe('a datagram', () => {
	it.each(carriers)('is found under %s', (_name, linkType, bytes) => {
		const { udps, oddities } = decode(frameOf(bytes, { linkType }));
		expect(udps[0]?.datagram).toMatchObject({
			sourcePort: 5060,
			destinationPort: 5060,
			payload: Buffer.from('hello'),
		});
		expect(oddities).toEqual([]);
	});

	it('is found over IPv6', () => {
		const segment = udp('hello', { source: PHONE6, destination: SERVER6 });
		const { udps } = decode(frameOf(ethernet(ipv6(segment), { etherType: 0x86dd })));
		expect(udps[0]?.datagram.payload).toEqual(Buffer.from('hello'));
	});

	it.each([1, 113, 276, 0, 101, 252, 999])(
		'cut anywhere under link type %i throws nothing',
		(linkType) => {
			const bytes = carriers.find(([, type]) => type === linkType)?.[2] ?? ethernet(ip);
			for (let length = 0; length < bytes.length; length += 1) {
				const cut = frameOf(bytes.subarray(0, length), { linkType, originalLength: bytes.length });
				const { udps, oddities } = decode(cut);
				expect(udps.every(({ place }) => place.missing > 0)).toBe(true);
				expect(udps.length + oddities.length).toBeGreaterThan(0);
			}
		},
	);

	it('is not cut where the snaplen only took the padding', () => {
		const bytes = ethernet(ip);
		const { udps, oddities } = decode(frameOf(bytes, { originalLength: bytes.length + 20 }));
		expect([udps[0]?.place.missing, oddities]).toEqual([0, []]);
	});

	it('with a length beyond its packet is a lie and no cut frame', () => {
		const { udps, oddities } = decode(frameOf(ethernet(ipv4(udp('hello', { length: 100 })))));
		expect([udps[0]?.place.missing, oddities]).toEqual([87, ['udp-truncated']]);
	});

	it('in fragments is found in the last one, with the numbers of all', () => {
		const segment = udp('x'.repeat(40));
		const first = ethernet(ipv4(segment.subarray(0, 24), { more: true }));
		const last = ethernet(ipv4(segment.subarray(24), { offset: 24 }));
		const { udps } = decode(frameOf(first, { number: 3 }), frameOf(last, { number: 5 }));
		expect(udps[0]?.place).toMatchObject({ frames: [3, 5], missing: 0 });
		expect(udps[0]?.place.frame.number).toBe(5);
		expect(udps[0]?.datagram.payload.length).toBe(40);
	});

	it('in IPv6 fragments is found behind the extension headers of the first', () => {
		const segment = udp('x'.repeat(32), { source: PHONE6, destination: SERVER6 });
		const whole = bytesOf([17, 0, 0, 0, 0, 0, 0, 0], segment);
		const frames = [0, 24].map((offset, index) => {
			const more = index === 0 ? 1 : 0;
			const header = [60, 0, 0, offset | more, 0, 0, 0, 7];
			const end = more === 1 ? 24 : whole.length;
			const payload = bytesOf(header, whole.subarray(offset, end));
			const packet = ipv6(payload, { nextHeader: 44 });
			return frameOf(ethernet(packet, { etherType: 0x86dd }), { number: index + 1 });
		});
		const { udps, oddities } = decode(...frames);
		expect([udps[0]?.datagram.payload.length, oddities]).toEqual([32, []]);
	});
});

describe('a datagram whose first fragment alone was captured', () => {
	const segment = udp('x'.repeat(40));
	const first = (fields: Partial<Frame>) =>
		frameOf(ethernet(ipv4(segment.subarray(0, 24), { more: true })), fields);
	const whole = (fields: Partial<Frame>, reversed = false) => {
		const [source, destination] = reversed ? [SERVER, PHONE] : [PHONE, SERVER];
		const datagram = udp('answer', { source, destination });
		return frameOf(ethernet(ipv4(datagram, { source, destination })), fields);
	};

	it('is told as far as it goes, with the frame and the time of that fragment', () => {
		const { beginnings, udps } = decode(first({ number: 3, at: 70 }));
		expect(udps).toEqual([]);
		expect(beginnings).toMatchObject([
			{
				datagram: { sourcePort: 5060, destinationPort: 5060, missing: 24 },
				place: { frame: { number: 3, at: 70 }, frames: [3], missing: 24 },
			},
		]);
		expect(beginnings[0]?.datagram.payload).toEqual(new Uint8Array(Buffer.alloc(16, 'x')));
	});

	it.each([
		['the next', false],
		['the answer', true],
	])('is told before %s of its flow', (_name, reversed) => {
		const { order } = decode(
			first({ number: 1, at: 0 }),
			whole({ number: 2, at: 5_000 }, reversed),
		);
		expect(order).toEqual([1, 2]);
	});

	it('is told a second later, whoever speaks then', () => {
		const other = ethernet(ipv4(udp('other', { sourcePort: 9 })));
		const at = (number: number, time: number) => frameOf(other, { number, at: time });
		const { order } = decode(first({ number: 1, at: 0 }), at(2, 900_000), at(3, 1_100_000));
		expect(order).toEqual([2, 1, 3]);
	});

	it('is told as whole where the rest comes after it was told', () => {
		const last = ethernet(ipv4(segment.subarray(24), { offset: 24 }));
		const { order, beginnings, udps } = decode(
			first({ number: 1, at: 0 }),
			frameOf(last, { number: 2, at: 2_000_000 }),
		);
		expect([order, beginnings.length, udps.length]).toEqual([[1, 2], 1, 1]);
	});

	it('is not told where it carries a tunnel, or TCP', () => {
		const vxlan = udp(bytesOf([8, 0, 0, 0, 0, 0, 0, 0], ethernet(ip)), { destinationPort: 4789 });
		const fragments = [
			ipv4(vxlan.subarray(0, 24), { more: true }),
			ipv4(segment.subarray(0, 24), { more: true, protocol: 6 }),
		].map((packet) => frameOf(ethernet(packet)));
		for (const fragment of fragments) expect(decode(fragment).beginnings).toEqual([]);
	});

	it('is told over IPv6 behind the extension headers', () => {
		const over6 = udp('x'.repeat(32), { source: PHONE6, destination: SERVER6 });
		const payload = bytesOf([60, 0, 0, 1, 0, 0, 0, 7], [17, 0, 0, 0, 0, 0, 0, 0], over6);
		const packet = ipv6(payload.subarray(0, 32), { nextHeader: 44 });
		const { beginnings } = decode(frameOf(ethernet(packet, { etherType: 0x86dd })));
		expect(beginnings.map(({ datagram }) => datagram.payload.length)).toEqual([8]);
	});
});

describe('a UDP checksum', () => {
	it('is good, bad or absent', () => {
		const segment = udp('odd');
		const broken = Buffer.from(segment);
		broken[8] = 0x21;
		const absent = Buffer.from(segment);
		absent.fill(0, 6, 8);
		expect([segment, broken, absent].map(checksumOf)).toEqual(['good', 'bad', 'absent']);
	});

	it('covers the addresses of IPv6', () => {
		const segment = udp('even', { source: PHONE6, destination: SERVER6 });
		const [source, destination] = [addressBytes(PHONE6), addressBytes(SERVER6)];
		expect(udpChecksumState(segment, source, destination)).toBe('good');
		expect(udpChecksumState(segment, source, addressBytes('2001:db8::9'))).toBe('bad');
	});
});

describe('an ICMP error', () => {
	const quoted = ipv4(udp('REGISTER sip:example.com SIP/2.0\r\n'));
	const icmp = (type: number, code: number) =>
		frameOf(
			ethernet(
				ipv4(bytesOf([type, code, 0, 0, 0, 0, 0, 0], quoted), {
					protocol: 1,
					source: SERVER,
					destination: PHONE,
				}),
			),
		);
	it.each([
		[3, 0, 'network'],
		[3, 1, 'host'],
		[3, 2, 'protocol'],
		[3, 3, 'port'],
		[3, 4, 'fragmentation-needed'],
		[3, 9, 'admin-prohibited'],
		[3, 10, 'admin-prohibited'],
		[3, 13, 'admin-prohibited'],
		[11, 1, 'time-exceeded'],
		[12, 0, 'other'],
	] as const)('of type %i code %i means %s', (type, code, reason) => {
		expect(decode(icmp(type, code)).icmps).toMatchObject([
			{ reason, quoted: { transport: 'udp' } },
		]);
	});

	it('is none for an echo', () => {
		expect(decode(icmp(8, 0))).toMatchObject({ icmps: [], oddities: [] });
	});

	it('quotes the start of the payload as far as it is there', () => {
		const text = decode(icmp(3, 3)).icmps[0]?.quoted.payload;
		expect(Buffer.from(text ?? []).toString()).toBe('REGISTER sip:example.com SIP/2.0\r\n');
	});

	it.each([
		[1, 0, 'network'],
		[1, 1, 'admin-prohibited'],
		[1, 3, 'host'],
		[1, 4, 'port'],
		[1, 5, 'admin-prohibited'],
		[2, 0, 'fragmentation-needed'],
		[3, 0, 'time-exceeded'],
	] as const)('of ICMPv6 type %i code %i means %s', (type, code, reason) => {
		const packet = ipv6(udp('x', { source: PHONE6, destination: SERVER6 }));
		const error = bytesOf([type, code, 0, 0, 0, 0, 0, 0], packet);
		const bytes = ethernet(ipv6(error, { nextHeader: 58 }), { etherType: 0x86dd });
		expect(decode(frameOf(bytes)).icmps).toMatchObject([{ version: 6, reason }]);
	});
});

describe('a neighbour', () => {
	const mac = [0x00, 0x00, 0x5e, 0x00, 0x53, 0x07];
	const arp = (address: string) =>
		ethernet(bytesOf([0, 1, 8, 0, 6, 4, 0, 2], mac, addressBytes(address), Buffer.alloc(10)), {
			etherType: 0x0806,
		});

	it('is the sender of an ARP packet', () => {
		const [found] = decode(frameOf(arp(PHONE))).neighbours;
		expect([found?.address, formatMac(found?.mac ?? Buffer.alloc(0))]).toEqual([
			Buffer.from(addressBytes(PHONE)),
			'00:00:5e:00:53:07',
		]);
	});

	it('is nobody in an ARP probe', () => {
		expect(decode(frameOf(arp('0.0.0.0')))).toMatchObject({ neighbours: [], oddities: [] });
	});

	const advertisement = bytesOf([136, 0, 0, 0, 0, 0, 0, 0], addressBytes(PHONE6), [2, 1], mac);
	it.each([
		[255, 1],
		[64, 0],
	])('advertised with hop limit %i is believed %i times', (hopLimit, times) => {
		const packet = ipv6(advertisement, { nextHeader: 58, hopLimit });
		const { neighbours } = decode(frameOf(ethernet(packet, { etherType: 0x86dd })));
		expect(neighbours.length).toBe(times);
	});
});

describe('FrameDecoder', () => {
	it('counts frames of a link type that nobody reads', () => {
		expect(decode(frameOf(Buffer.alloc(60), { linkType: 147 })).oddities).toEqual([
			'unknown-link-type',
		]);
	});

	it('never throws on any bytes of any link type', () => {
		const linkType = fc.constantFrom(0, 1, 12, 101, 108, 113, 228, 229, 252, 276);
		fc.assert(
			fc.property(linkType, fc.uint8Array({ maxLength: 200 }), (type, bytes) => {
				decode(frameOf(bytes, { linkType: type }));
			}),
		);
	});

	it('never throws on a good frame with any one byte changed', () => {
		const segment = udp('x'.repeat(32), { source: PHONE6, destination: SERVER6 });
		const good = ethernet(ipv6(segment), { etherType: 0x86dd, tags: [1] });
		fc.assert(
			fc.property(fc.nat(good.length - 1), fc.nat(255), (at, value) => {
				const bytes = Buffer.from(good);
				bytes[at] = value;
				decode(frameOf(bytes));
			}),
		);
	});
});
