import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { NetworkEvent } from '../../src/trace/observed.js';
import { traceCapture } from '../../src/trace/trace-capture.js';
import { inChunks } from '../support/capture-bytes.js';
import { told } from '../support/traced.js';

const FOLDER = 'fixtures/captures/events';

/** What a capture says, besides who is a neighbour. */
async function recorded(name: string) {
	const messages: string[] = [];
	const events: NetworkEvent[] = [];
	const file = readFileSync(`${FOLDER}/${name}.pcap`);
	await traceCapture(name, inChunks(file, 4096), {
		message: (observed) => messages.push(told(observed)),
		event: (event) => events.push(event),
	});
	return { messages, events: events.filter(({ kind }) => kind !== 'neighbour') };
}

const PHONE = '2001:db8:1::10';
const SERVER = '2001:db8:2::5';
const ROUTER = '2001:db8:1::1';

describe('a recorded ICMPv6 error', () => {
	it.each([
		['icmpv6-port', 'port', SERVER, SERVER],
		['icmpv6-address', 'host', ROUTER, '2001:db8:2::99'],
		['icmpv6-admin-prohibited', 'admin-prohibited', ROUTER, SERVER],
		['icmpv6-too-big', 'fragmentation-needed', ROUTER, SERVER],
	])('%s tells reason, sender and the REGISTER it quotes', async (name, reason, reporter, dst) => {
		const { events } = await recorded(name);
		expect(events).toMatchObject([
			{
				kind: 'unreachable',
				reason,
				reporter,
				icmp: { version: 6 },
				quoted: {
					src: { address: PHONE },
					dst: { address: dst, port: 5060 },
					text: expect.stringMatching(/^REGISTER sip:example\.com SIP/),
				},
			},
		]);
	});
});

describe('a recording behind a filter on ports', () => {
	it('has of the long REGISTER the first fragment, and its answer', async () => {
		const { messages, events } = await recorded('first-fragments');
		expect(messages).toEqual(['REGISTER 1', '401 2', '200 4', 'REGISTER 3 cut']);
		expect(events).toEqual([]);
	});

	it('has the first fragment of each copy where nothing is answered', async () => {
		const { messages, events } = await recorded('first-fragments-unanswered');
		expect(messages.slice(0, 4)).toEqual([
			'REGISTER 1',
			'401 2',
			'REGISTER 3 cut',
			'REGISTER 4 cut',
		]);
		const lost = events.filter(({ kind }) => kind === 'fragments-lost');
		expect([messages.length, lost.length]).toEqual([13, 10]);
	});
});

describe('recorded IPv6', () => {
	it('tells of the packet whose second fragment never came', async () => {
		const { messages, events } = await recorded('fragments-lost-ipv6');
		expect(messages.slice(0, 3)).toEqual(['REGISTER 1', '401 2', 'REGISTER 3 cut']);
		expect(events).toMatchObject([
			{
				kind: 'fragments-lost',
				src: PHONE,
				dst: SERVER,
				frames: [3],
				first: { dstPort: 5060, text: expect.stringContaining('CSeq: 2 REGISTER') },
			},
		]);
	});

	it('tells of the router that answers no neighbour solicitation', async () => {
		const { messages, events } = await recorded('nd-unanswered');
		expect(messages).toEqual([]);
		expect(events).toMatchObject([
			{ kind: 'neighbour-unanswered', address: '2001:db8:1::9', asker: PHONE, copies: 3 },
		]);
	});
});

describe('a recorded search for a SIP server', () => {
	it('over UDP shows every kind of record', async () => {
		const { events } = await recorded('dns');
		const answers = events.map((event) =>
			event.kind === 'dns'
				? [event.type, event.outcome, ...event.answers.map(({ data }) => data)]
				: event.kind,
		);
		expect(answers).toEqual([
			['NAPTR', 'answered', '10 50 s SIP+D2U _sip._udp.example.com'],
			['SRV', 'answered', '10 60 5060 sip.example.com', '198.51.100.5', SERVER],
			['A', 'answered', '198.51.100.5'],
			['AAAA', 'answered', SERVER],
			['CNAME', 'answered', 'sip.example.com'],
			['A', 'answered', 'sip.example.com', '198.51.100.5'],
			['A', 'nxdomain'],
		]);
	});

	it('over TCP gives the records that did not fit into UDP', async () => {
		const { events } = await recorded('dns-tcp');
		const counts = events.map((event) => event.kind === 'dns' && event.answers.length);
		expect(counts).toEqual([12, 50]);
	});
});

describe('a recorded phone that learns its surroundings', () => {
	it('by STUN sees the address that the NAT gave it', async () => {
		const { events } = await recorded('stun');
		expect(events).toMatchObject([
			{ kind: 'stun', message: 'request', src: { address: '192.0.2.10', port: 5070 } },
			{
				kind: 'stun',
				message: 'success',
				mapped: { address: '198.51.100.1', port: expect.any(Number) },
			},
		]);
	});

	it('by DHCP is told its provisioning and its SIP server', async () => {
		const { events } = await recorded('dhcp');
		const facts = {
			kind: 'dhcp',
			server: '192.0.2.1',
			provisioningServer: 'https://prov.example.com/',
			sipServers: ['sip.example.com'],
			vendorOptions: [
				{ enterprise: 3561, text: expect.stringContaining('https://acs.example.com/') },
			],
		};
		expect(events).toMatchObject([
			{ ...facts, message: 'offer' },
			{ ...facts, message: 'ack' },
		]);
	});
});

it('every capture of the folder has its test', () => {
	const files = readdirSync(FOLDER).filter((name) => name.endsWith('.pcap'));
	const text = readFileSync(import.meta.filename, 'utf8');
	expect(files.filter((name) => !text.includes(`'${name.slice(0, -5)}'`))).toEqual([]);
});
