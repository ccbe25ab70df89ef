import { describe, expect, it } from 'vitest';
import type { RecordFields } from '../support/capture-bytes.js';
import {
	addressBytes,
	bytesOf,
	ethernet,
	ipv4,
	ipv6,
	PHONE,
	PHONE6,
	REGISTER,
	SERVER,
	SERVER6,
	TRYING,
	udp,
} from '../support/packet-bytes.js';
import { tracedRecords } from '../support/traced.js';

/** One record a second. */
async function eventsOf(...frames: readonly Uint8Array[]) {
	const records: RecordFields[] = frames.map((bytes, index) => ({
		seconds: 1_700_000_000 + index,
		bytes,
	}));
	const { events } = await tracedRecords(records);
	return events.filter(({ kind }) => kind !== 'neighbour');
}

const GATEWAY = '192.0.2.1';

function arp(operation: 1 | 2, sender: string, target: string): Buffer {
	return ethernet(
		bytesOf(
			[0, 1, 8, 0, 6, 4, 0, operation],
			[0, 0, 0x5e, 0, 0x53, 1],
			addressBytes(sender),
			[0, 0, 0, 0, 0, 0],
			addressBytes(target),
		),
		{ etherType: 0x0806 },
	);
}

const solicit = (source: string, target: string) =>
	ethernet(
		ipv6(bytesOf([135, 0, 0, 0, 0, 0, 0, 0], addressBytes(target)), {
			source,
			destination: 'ff02::1:ff00:5',
			nextHeader: 58,
			hopLimit: 255,
		}),
		{ etherType: 0x86dd },
	);

describe('a neighbour that was asked for', () => {
	it('twice and never answered is told, with who asked', async () => {
		const events = await eventsOf(arp(1, PHONE, GATEWAY), arp(1, PHONE, GATEWAY));
		expect(events).toEqual([
			{
				kind: 'neighbour-unanswered',
				at: 1_700_000_000_000_000,
				source: 'a.pcap',
				frame: 1,
				address: GATEWAY,
				asker: PHONE,
				copies: 2,
			},
		]);
	});

	it('once is not, as the answer may yet come', async () => {
		expect(await eventsOf(arp(1, PHONE, GATEWAY))).toEqual([]);
	});

	it('and answered is not', async () => {
		const events = await eventsOf(
			arp(1, PHONE, GATEWAY),
			arp(1, PHONE, GATEWAY),
			arp(2, GATEWAY, PHONE),
		);
		expect(events).toEqual([]);
	});

	it('is told where it fell silent later', async () => {
		const events = await eventsOf(
			arp(1, PHONE, GATEWAY),
			arp(2, GATEWAY, PHONE),
			arp(1, PHONE, GATEWAY),
			arp(1, PHONE, GATEWAY),
		);
		expect(events).toMatchObject([{ frame: 3, copies: 2 }]);
	});

	it('is none where a host asks whether its own address is free', async () => {
		const announce = arp(1, PHONE, PHONE);
		const probe = arp(1, '0.0.0.0', PHONE);
		expect(await eventsOf(announce, announce, probe, probe)).toEqual([]);
	});

	it('over IPv6 is told as well', async () => {
		const asked = solicit(PHONE6, SERVER6);
		expect(await eventsOf(asked, asked)).toMatchObject([
			{ kind: 'neighbour-unanswered', address: SERVER6, asker: PHONE6, copies: 2 },
		]);
	});

	it('is none where a host has no IPv6 address yet', async () => {
		const detection = solicit('::', PHONE6);
		expect(await eventsOf(detection, detection)).toEqual([]);
	});
});

describe('a packet in fragments', () => {
	const segment = udp(REGISTER);
	const first = ethernet(ipv4(segment.subarray(0, 160), { more: true }));
	const last = ethernet(ipv4(segment.subarray(160), { offset: 160 }));
	const other = ethernet(ipv4(udp('later', { destinationPort: 9 })));

	it('whose rest never came is told with what came', async () => {
		expect(await eventsOf(first, other, other)).toEqual([
			{
				kind: 'fragments-lost',
				at: 1_700_000_000_000_000,
				source: 'a.pcap',
				frame: 1,
				src: PHONE,
				dst: SERVER,
				first: { srcPort: 5060, dstPort: 5060, text: REGISTER.slice(0, 152) },
				receivedBytes: 160,
				frames: [1],
			},
		]);
	});

	it('whose first fragment is lost tells no ports', async () => {
		expect(await eventsOf(last, other, other)).toMatchObject([{ first: undefined, frames: [1] }]);
	});

	it('is not lost where the capture ends right behind it', async () => {
		expect(await eventsOf(first)).toEqual([]);
	});

	it('that became whole is not', async () => {
		expect(await eventsOf(first, last, other, other)).toEqual([]);
	});
});

describe('an answer over UDP that is no SIP', () => {
	const say = (payload: string | Uint8Array) => ethernet(ipv4(udp(payload)));
	const reply = (payload: string | Uint8Array) => {
		const hop = { source: SERVER, destination: PHONE };
		return ethernet(ipv4(udp(payload, hop), hop));
	};
	const stun = (type: number) => bytesOf([type, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42], Buffer.alloc(12));

	it('is told with its first bytes', async () => {
		expect(await eventsOf(say(REGISTER), reply('HTTP/1.1 400 Bad'))).toEqual([
			{
				kind: 'foreign-answer',
				at: 1_700_000_001_000_000,
				source: 'a.pcap',
				frame: 2,
				transport: 'udp',
				src: { address: SERVER, port: 5060 },
				dst: { address: PHONE, port: 5060 },
				text: 'HTTP/1.1 400 Bad',
				looksLike: 'http',
			},
		]);
	});

	it('is none where SIP comes back as well', async () => {
		expect(await eventsOf(say(REGISTER), reply('HTTP/1.1 400 Bad'), reply(TRYING))).toEqual([]);
	});

	it('is told where it is no text, from any port that was asked', async () => {
		const asked = ethernet(ipv4(udp(REGISTER, { destinationPort: 15_060 })));
		const hop = { source: SERVER, destination: PHONE };
		const segment = udp(bytesOf([0, 1, 0, 0x63, 0xff], 'SNMP'), { ...hop, sourcePort: 15_060 });
		expect(await eventsOf(asked, ethernet(ipv4(segment, hop)))).toMatchObject([
			{ kind: 'foreign-answer', text: '\0\x01\0c\xffSNMP', looksLike: undefined },
		]);
	});

	it.each([
		['a keep-alive', '\r\n\r\n'],
		['a keep-alive of four other bytes', 'jaK\0'],
		['RTP', bytesOf([0x80, 8, 0, 1], Buffer.alloc(12))],
		['RTCP', bytesOf([0x81, 200, 0, 6], Buffer.alloc(24))],
		['a STUN response', stun(1)],
	])('is none where it is %s', async (_name, payload) => {
		const kinds = (await eventsOf(say(REGISTER), reply(payload))).map(({ kind }) => kind);
		expect(kinds).not.toContain('foreign-answer');
	});

	it('is none where the phone said other things on the same flow', async () => {
		expect(await eventsOf(say(REGISTER), say('something else'), reply('its answer'))).toEqual([]);
	});

	it('is none from an endpoint that was not asked', async () => {
		expect(await eventsOf(reply('HTTP/1.1 400 Bad'), say('some RTP'))).toEqual([]);
	});
});
