/* The sieve leaves only what nobody reads: with and without it a capture tells the same. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FrameFilter, newSieve } from '../../src/capture/sieve.js';
import type { NetworkEvent, Observed } from '../../src/trace/observed.js';
import { traceCapture } from '../../src/trace/trace-capture.js';
import {
	inChunks,
	pcapFile,
	pcapngInterface,
	pcapngPacket,
	pcapngSection,
} from '../support/capture-bytes.js';
import {
	bytesOf,
	ethernet,
	ipv4,
	ipv6,
	PHONE,
	REGISTER,
	registerFrame,
	SERVER,
	udp,
} from '../support/packet-bytes.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures/captures');

async function trace(file: Uint8Array, isWanted?: FrameFilter) {
	const messages: Observed[] = [];
	const events: NetworkEvent[] = [];
	const sink = {
		message: (observed: Observed) => messages.push(observed),
		event: (event: NetworkEvent) => events.push(event),
	};
	const facts = await traceCapture('a', inChunks(file, 4096), sink, isWanted);
	return { messages, events, facts };
}

const captures = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }).filter(
	(name) => /\.pcap(ng)?$/.test(name) && !/empty|text/.test(name),
);

describe('a capture tells the same with and without the sieve', () => {
	it.each(captures)('%s', async (name) => {
		const file = readFileSync(join(FIXTURES, name));
		expect(await trace(file)).toEqual(await trace(file, () => true));
	});

	const payload = fc.oneof(
		fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
		fc
			.constantFrom(
				REGISTER,
				`\r\n\r\n${REGISTER}`,
				'\r\n\r\n',
				'sip/2.0 200 OK\r\n\r\n',
				'OPTIONS sip:a SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n',
				`${'X'.repeat(128)} sip:a SIP/2.0\r\n\r\n`,
				'\x80\x08\x00\x01 RTP',
			)
			.map((text) => Buffer.from(text, 'latin1')),
	);
	const port = fc.constantFrom(5060, 53, 4789, 20_000, 20_000, 20_000);
	const datagram = fc.record({ payload, sourcePort: port, destinationPort: port });
	const there = { source: PHONE, destination: SERVER };
	const back = { source: SERVER, destination: PHONE };
	const hop = fc.constantFrom(there, back);
	const frame = fc
		.tuple(datagram, hop, fc.constantFrom('ipv4', 'options', 'ipv6', 'vlan', 'fragment', 'padded'))
		.map(([{ payload: bytes, ...ports }, ends, kind]) => {
			const segment = udp(bytes, { ...ports, ...ends });
			if (kind === 'ipv6') return ethernet(ipv6(segment), { etherType: 0x86dd });
			if (kind === 'vlan') return ethernet(ipv4(segment, ends), { tags: [10, 20] });
			if (kind === 'options') return ethernet(ipv4(segment, { ...ends, options: Buffer.alloc(8) }));
			if (kind === 'fragment') return ethernet(ipv4(segment, { ...ends, more: true }));
			return bytesOf(ethernet(ipv4(segment, ends)), kind === 'padded' ? Buffer.alloc(9) : []);
		});
	const damage = fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 2 });
	const frames = fc.array(
		fc.tuple(frame, damage, fc.nat(80)).map(([bytes, changes, cut]) => {
			for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
			const kept = cut < 4 ? bytes.length - cut : bytes.length;
			return { bytes: bytes.subarray(0, kept), originalLength: bytes.length };
		}),
		{ maxLength: 12 },
	);

	it('made of any datagrams, whole, damaged or cut, as pcap', async () => {
		await fc.assert(
			fc.asyncProperty(frames, async (records) => {
				const file = pcapFile({ records });
				expect(await trace(file)).toEqual(await trace(file, () => true));
			}),
		);
	});

	it('made of any datagrams, whole, damaged or cut, as pcapng', async () => {
		await fc.assert(
			fc.asyncProperty(frames, fc.constantFrom('little', 'big'), async (records, order) => {
				const start = [pcapngSection(order), pcapngInterface(order)];
				const file = Buffer.concat([
					...start,
					...records.map((record, n) => pcapngPacket(order, { ...record, low: n })),
				]);
				expect(await trace(file)).toEqual(await trace(file, () => true));
			}),
		);
	});
});

describe('the sieve', () => {
	const wanted = (bytes: Uint8Array, linkType = 1, sieve = newSieve()) =>
		sieve(linkType, bytes, 0, bytes.length);
	const carrying = (payload: string, ports = {}) =>
		ethernet(ipv4(udp(Buffer.from(payload, 'latin1'), { sourcePort: 9000, ...ports })));

	it('leaves RTP', () => {
		expect(wanted(carrying('\x80\x08\x00\x01\x00\x00'))).toBe(false);
	});

	it('passes keep-alives, and leaves what is longer', () => {
		expect(wanted(carrying('\r\n\r\n'))).toBe(true);
		expect(wanted(carrying('\r\n\r\n\r\n'))).toBe(false);
	});

	it('passes SIP on any port, behind empty lines too', () => {
		expect([wanted(registerFrame()), wanted(carrying(`\r\n\r\n${REGISTER}`))]).toEqual([
			true,
			true,
		]);
	});

	it('passes DNS, DHCP and VXLAN whatever they hold', () => {
		const ports = [53, 67, 4789].map((destinationPort) => carrying('\x80', { destinationPort }));
		expect(ports.map((bytes) => wanted(bytes))).toEqual([true, true, true]);
	});

	it('passes a STUN message', () => {
		expect(wanted(carrying('\x00\x01\x00\x00\x21\x12\xa4\x42123456789012'))).toBe(true);
	});

	it('passes TCP, ICMP, fragments, ARP and link types that it does not know', () => {
		const others = [
			ethernet(ipv4(Buffer.alloc(20), { protocol: 6 })),
			ethernet(ipv4(Buffer.alloc(8), { protocol: 1 })),
			ethernet(ipv4(Buffer.alloc(16), { more: true })),
			ethernet(Buffer.alloc(28), { etherType: 0x0806 }),
		];
		expect(others.map((bytes) => wanted(bytes))).toEqual([true, true, true, true]);
		expect(wanted(Buffer.alloc(60), 127)).toBe(true);
	});

	it('passes a frame that the snaplen cut', () => {
		expect(wanted(carrying('\x80 RTP that goes on').subarray(0, 46))).toBe(true);
	});

	describe('where a port was asked in SIP', () => {
		const sieve = newSieve();
		wanted(carrying(REGISTER, { destinationPort: 15_060 }), 1, sieve);
		const binary = '\x01\x02\x03\x04 no SIP';
		const fromAsked = (payload: string) =>
			wanted(carrying(payload, { sourcePort: 15_060, destinationPort: 9000 }), 1, sieve);

		it('passes what comes from it, whatever it is, as that may be the answer', () => {
			expect(fromAsked(binary)).toBe(true);
		});

		it('passes what goes to it, as then an answer may be one to that', () => {
			expect(wanted(carrying(binary, { destinationPort: 15_060 }), 1, sieve)).toBe(true);
		});

		it('still leaves RTP, RTCP and keep-alives', () => {
			const left = ['\x80\x08\x00\x01\x00\x00', '\x81\xc8\x00\x06\x00\x00', '\0\0\0\0', 'jaK\0'];
			expect(left.map(fromAsked)).toEqual([false, false, false, false]);
		});

		it('leaves the same between ports that nobody asked, and in another capture', () => {
			const elsewhere = carrying(binary, { destinationPort: 9000 });
			const before = carrying(binary, { sourcePort: 15_060, destinationPort: 9000 });
			expect([wanted(elsewhere, 1, sieve), wanted(before)]).toEqual([false, false]);
		});

		it('knows it also where the request is in fragments', () => {
			const another = newSieve();
			const request = ipv4(udp(REGISTER, { destinationPort: 15_060 }), { more: true });
			wanted(ethernet(request), 1, another);
			const answer = carrying(binary, { sourcePort: 15_060, destinationPort: 9000 });
			expect(wanted(answer, 1, another)).toBe(true);
		});
	});
});
