/* What is found in the bytes of a frame before anything is made of it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OddityCounter } from '../../src/bytes/oddity.js';
import { FrameDecoder } from '../../src/layers/frame-decoder.js';
import { Recogniser, Said } from '../../src/trace/recogniser.js';
import { bytesOf, ethernet, ipv4, ipv6, udp } from '../support/packet-bytes.js';

const SIP = 'REGISTER sip:example.com SIP/2.0\r\n\r\n';
const ANSWER = 'SIP/2.0 200 OK\r\n\r\n';
const MAX_FLOWS = 12_000;

function recogniser(): Recogniser {
	return new Recogniser(() => true);
}

/** What a recogniser says of the bytes from `start` to `end`. */
function said(
	by: Recogniser,
	bytes: Uint8Array,
	{ linkType = 1, start = 0, end = bytes.length } = {},
): number {
	return by.take({ ...{ number: 1, at: 0, linkType, interfaceId: 0, bytes }, start, end });
}

interface Datagram {
	readonly source: Uint8Array;
	readonly destination: Uint8Array;
	readonly sourcePort: number;
	readonly destinationPort: number;
	readonly payload: string;
}

/** Whether the REGISTER that is found is this datagram; undefined where none is found. */
function located(bytes: Uint8Array, linkType = 1): ((one: Datagram) => boolean) | undefined {
	const before = bytesOf('before', bytes, 'behind');
	const by = recogniser();
	const place = { linkType, start: 6, end: before.length - 6 };
	if (said(by, before, place) === Said.notOurs) return undefined;
	const { payload, end } = by.place();
	by.code.begin();
	return (one) => {
		const ports = [one.destinationPort, one.sourcePort] as const;
		const answer = packet(ANSWER, [...one.destination], [...one.source], ports);
		return one.payload === before.toString('latin1', payload, end) && flowOf(by, answer) === 0;
	};
}

function decoded(bytes: Uint8Array, linkType = 1) {
	const found: Datagram[] = [];
	const oddities = new OddityCounter();
	const nothing = (): void => undefined;
	const decoder = new FrameDecoder(
		{
			udp: ({ sourcePort, destinationPort, payload }, { ip: { source, destination } }) => {
				const text = Buffer.from(payload).toString('latin1');
				found.push({ source, destination, sourcePort, destinationPort, payload: text });
			},
			tcp: nothing,
			icmp: nothing,
			neighbour: nothing,
			neighbourAsked: nothing,
			fragmentsLost: nothing,
			udpBeginning: nothing,
			exportedPdu: nothing,
			hep: nothing,
		},
		oddities,
	);
	decoder.decode({
		...{ number: 1, at: 0, linkType, bytes, originalLength: bytes.length },
		...{ interfaceId: 0, direction: undefined, comments: [] },
	});
	return { found, oddities: oddities.list() };
}

const COOKED = bytesOf([0, 0, 0, 1, 0, 6], [0, 0, 0x5e, 0, 0x53, 1, 0, 0], [8, 0], ipv4(udp(SIP)));
const COOKED_V2 = bytesOf(
	[8, 0],
	[0, 0],
	[0, 0, 0, 2],
	[0, 1],
	[0, 6],
	[0, 0, 0x5e, 0, 0x53, 1, 0, 0],
	ipv4(udp(SIP)),
);

const PLAIN: readonly (readonly [string, Uint8Array, number])[] = [
	['Ethernet and IPv4', ethernet(ipv4(udp(SIP))), 1],
	['a VLAN', ethernet(ipv4(udp(SIP)), { tags: [7] }), 1],
	['IPv6', ethernet(ipv6(udp(SIP)), { etherType: 0x86dd }), 1],
	['Ethernet padding', bytesOf(ethernet(ipv4(udp(SIP))), [0, 0, 0, 0, 0, 0]), 1],
	['raw IP', ipv4(udp(SIP)), 101],
	['a cooked capture', COOKED, 113],
	['a cooked capture of version 2', COOKED_V2, 276],
	['what follows a keep-alive', ethernet(ipv4(udp(`\r\n\r\n${SIP}`))), 1],
];

describe('a REGISTER in the bytes of its frame', () => {
	it.each(PLAIN)('is found in %s', (_, bytes, linkType) => {
		const { found, oddities } = decoded(bytes, linkType);
		expect(oddities).toEqual([]);
		expect(found.map((one) => located(bytes, linkType)?.(one))).toEqual([true]);
	});

	it.each([
		['a fragment', ethernet(ipv4(udp(SIP), { more: true }))],
		['a later fragment', ethernet(ipv4(udp(SIP), { offset: 1480 }))],
		['IPv4 with options', ethernet(ipv4(udp(SIP), { options: new Uint8Array(4) }))],
		['what the snaplen cut', ethernet(ipv4(udp(SIP))).subarray(0, 60)],
		['TCP', ethernet(ipv4(udp(SIP), { protocol: 6 }))],
		['ICMP', ethernet(ipv4(udp(SIP), { protocol: 1 }))],
		['ARP', ethernet(ipv4(udp(SIP)), { etherType: 0x0806 })],
		['two VLANs', ethernet(ipv4(udp(SIP)), { tags: [7, 8] })],
		['a UDP length that is not that of the packet', ethernet(ipv4(udp(SIP, { length: 12 })))],
		['another request', ethernet(ipv4(udp('OPTIONS sip:example.com SIP/2.0\r\n\r\n')))],
		['an answer to nothing', ethernet(ipv4(udp(ANSWER)))],
		['a keep-alive', ethernet(ipv4(udp('\r\n\r\n')))],
		['the first letters of one', ethernet(ipv4(udp('REGISTE')))],
	])('is left to the decoder in %s', (_, bytes) => {
		expect(located(bytes)).toBeUndefined();
	});

	it('is the one that the decoder finds, whatever the bytes are', () => {
		const changes = fc.array(fc.tuple(fc.nat(70), fc.nat(255)), { maxLength: 3 });
		fc.assert(
			fc.property(
				fc.constantFrom(...PLAIN),
				changes,
				fc.nat(90),
				([, plain, linkType], mutations, length) => {
					const bytes = Uint8Array.from(plain.subarray(0, Math.max(length, 30)));
					for (const [at, value] of mutations) if (at < bytes.length) bytes[at] = value;
					const isThat = located(bytes, linkType);
					if (isThat !== undefined) expect(decoded(bytes, linkType).found.some(isThat)).toBe(true);
				},
			),
			{ numRuns: 5_000 },
		);
	});
});

interface Way {
	readonly client: readonly number[];
	readonly server: readonly number[];
	readonly clientPort: number;
	readonly serverPort: number;
}

/** From one address and port to another, as raw IP; the checksums are nobody's business here. */
function packet(
	text: string,
	source: readonly number[],
	destination: readonly number[],
	[sourcePort, destinationPort]: readonly [number, number],
): Uint8Array {
	const datagram = udp(text, { sourcePort, destinationPort });
	const isLong = source.length === 16;
	const bytes = Uint8Array.from(isLong ? ipv6(datagram) : ipv4(datagram));
	bytes.set([...source, ...destination], isLong ? 8 : 12);
	return bytes;
}

const RAW_IP = { linkType: 101 };

function request({ client, server, clientPort, serverPort }: Way): Uint8Array {
	return packet(SIP, client, server, [clientPort, serverPort]);
}

function response({ client, server, clientPort, serverPort }: Way): Uint8Array {
	return packet(ANSWER, server, client, [serverPort, clientPort]);
}

/** The number of the flow; -1 where none is known. */
function flowOf(by: Recogniser, bytes: Uint8Array): number {
	said(by, bytes, RAW_IP);
	return by.code.flowOf();
}

function begun(by: Recogniser, way: Way): number {
	expect(said(by, request(way), RAW_IP)).toBe(Said.request);
	return by.code.begin() === 0 ? -1 : by.code.flowOf();
}

const address = (bytes: number) =>
	fc.array(fc.nat({ max: 255 }), { minLength: bytes, maxLength: bytes });
const port = fc.nat({ max: 0xffff });
const way = (bytes: number) =>
	fc.record({
		client: address(bytes),
		server: address(bytes),
		clientPort: port,
		serverPort: port,
	});

describe('the flow of a message', () => {
	it.each([4, 16])(
		'is that of each request and of its response, and no other (%i bytes)',
		(bytes) => {
			fc.assert(
				fc.property(
					fc.uniqueArray(way(bytes), { selector: (one) => JSON.stringify(one) }),
					(ways) => {
						const by = recogniser();
						for (const [number, one] of ways.entries()) {
							expect(flowOf(by, request(one))).toBe(-1);
							expect(begun(by, one)).toBe(number);
						}
						for (const [number, one] of ways.entries()) {
							expect(flowOf(by, request(one))).toBe(number);
							expect(flowOf(by, response(one))).toBe(number);
						}
					},
				),
			);
		},
	);

	it('is kept of as many phones of one server as are kept of a source, and of no more', () => {
		const ways = Array.from({ length: MAX_FLOWS + 1 }, (_, phone): Way => {
			const client = [10, phone >> 16, (phone >> 8) & 0xff, phone & 0xff];
			return { client, server: [198, 51, 100, 5], clientPort: 5060, serverPort: 5060 };
		});
		const by = recogniser();
		const kept = ways.filter((one) => begun(by, one) >= 0);
		expect(kept).toHaveLength(MAX_FLOWS);
		expect(kept.filter((one, number) => flowOf(by, response(one)) !== number)).toEqual([]);
	});

	it('is another for each phone behind one NAT, told by their ports', () => {
		const by = recogniser();
		const wayOf = (clientPort: number): Way => ({
			...{ client: [192, 0, 2, 1], server: [198, 51, 100, 5] },
			...{ clientPort, serverPort: 5060 },
		});
		for (let from = 1024; from < 11_024; from += 1)
			expect(begun(by, wayOf(from))).toBe(from - 1024);
		expect(flowOf(by, response(wayOf(9_999)))).toBe(9_999 - 1024);
	});
});

const LONGEST = 50;

/** Whether the bytes at two places of a memory are the same value. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
	const by = recogniser();
	const exchange = by.code.newExchange(a.length + b.length + 3, 1, 2);
	const copy = by.code.newRun(a.length + b.length + 3);
	by.bytes.set(bytesOf([1], a, [2], b, [3]), copy);
	by.code.setValue(exchange, 0, copy + 1, copy + 1 + a.length);
	by.code.setValue(exchange, 1, copy + 2 + a.length, copy + 2 + a.length + b.length);
	return by.code.isSameValue(exchange, 0, exchange, 1) !== 0;
}

describe('bytes in two places', () => {
	const counting = (length: number): Uint8Array =>
		Uint8Array.from({ length }, (_, index) => index + 1);

	it('are the same, however many there are', () => {
		for (let length = 0; length <= LONGEST; length += 1)
			expect(isSame(counting(length), counting(length)), `${length}`).toBe(true);
	});

	it('are others where any one of them differs, or is missing', () => {
		for (let length = 1; length <= LONGEST; length += 1) {
			for (let at = 0; at < length; at += 1) {
				const other = counting(length);
				other[at] = 0xff;
				expect(isSame(counting(length), other), `${at} of ${length}`).toBe(false);
			}
			expect(isSame(counting(length), counting(length - 1)), `${length}`).toBe(false);
		}
	});
});
