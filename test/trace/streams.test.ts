import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { NetworkEvent, Observed } from '../../src/trace/observed.js';
import { traceCapture } from '../../src/trace/trace-capture.js';
import { TransactionTracker } from '../../src/transaction/transaction-tracker.js';
import { inChunks } from '../support/capture-bytes.js';
import { told } from '../support/traced.js';

const FILE_HEADER = 24;
const RECORD_HEADER = 16;

/** A recorded capture, of which as many packets as are named are left out at the beginning. */
function capture(name: string, without: number): Buffer {
	const file = readFileSync(`fixtures/captures/streams/${name}.pcap`);
	let at = FILE_HEADER;
	for (let packet = 0; packet < without; packet += 1)
		at += RECORD_HEADER + file.readUInt32LE(at + 8);
	return Buffer.concat([file.subarray(0, FILE_HEADER), file.subarray(at)]);
}

async function traced(name: string, without = 0) {
	const file = capture(name, without);
	const messages: Observed[] = [];
	const events: NetworkEvent[] = [];
	const { oddities } = await traceCapture(name, inChunks(file, 4096), {
		message: (observed) => messages.push(observed),
		event: (event) => events.push(event),
	});
	return { messages, told: messages.map(told), events, oddities };
}

const PHONE = expect.objectContaining({ address: '192.0.2.10' });
const server = (port: number) => ({ address: '198.51.100.5', port });
const CERTIFICATE = {
	subject: 'O=Example, CN=pbx.example.com',
	issuer: 'O=Example, CN=pbx.example.com',
	names: ['pbx.example.com', 'sip:example.com'],
};

describe('a recorded TLS handshake', () => {
	it('of TLS 1.2 shows the certificate that the client does not trust', async () => {
		const { events, messages } = await traced('tls12-untrusted');
		expect(messages).toEqual([]);
		expect(events).toEqual([
			{
				kind: 'tls',
				at: expect.any(Number),
				source: 'tls12-untrusted',
				frame: 8,
				src: PHONE,
				dst: server(5061),
				reached: 'certificate',
				serverName: 'pbx.example.com',
				offeredVersion: 'TLS 1.2',
				chosenVersion: 'TLS 1.2',
				certificates: [
					{ ...CERTIFICATE, notBefore: expect.any(Number), notAfter: expect.any(Number) },
				],
				certificateRequested: false,
				alert: { by: 'client', level: 2, description: 48 },
				closedBy: 'client',
				foreignAnswer: undefined,
			},
		]);
	});

	it('gives the days between which a certificate is valid', async () => {
		const [event] = (await traced('tls12-untrusted')).events;
		const [certificate] = event?.kind === 'tls' ? event.certificates : [];
		const days = ((certificate?.notAfter ?? 0) - (certificate?.notBefore ?? 0)) / 86_400_000_000;
		expect(days).toBe(3650);
	});

	it('of TLS 1.3 shows versions and the alert, but no certificate', async () => {
		const { events } = await traced('tls13-untrusted');
		expect(events).toMatchObject([
			{
				reached: 'server-hello',
				offeredVersion: 'TLS 1.3',
				chosenVersion: 'TLS 1.3',
				certificates: [],
				alert: { by: 'client', level: 2, description: 48 },
			},
		]);
	});

	it.each(['tls12-up', 'tls13-up'])('of %s comes as far as data', async (name) => {
		const { events } = await traced(name);
		expect(events).toMatchObject([{ kind: 'tls', reached: 'application-data', alert: undefined }]);
	});

	it('tells that the versions do not meet', async () => {
		const { events } = await traced('tls-version');
		expect(events).toMatchObject([
			{
				reached: 'client-hello',
				offeredVersion: 'TLS 1.2',
				chosenVersion: undefined,
				alert: { by: 'server', level: 2, description: 70 },
				closedBy: 'server',
			},
		]);
	});

	it('tells that the server asked for a certificate of the client', async () => {
		const { events } = await traced('tls12-client-certificate');
		expect(events).toMatchObject([
			{ certificateRequested: true, alert: { by: 'server', description: 40 }, closedBy: 'server' },
		]);
	});

	it('may be answered in plain SIP', async () => {
		const { events, messages } = await traced('tls-on-plain-port');
		expect(messages).toEqual([]);
		expect(events).toMatchObject([
			{ kind: 'tls', frame: 6, foreignAnswer: expect.stringMatching(/^SIP\/2\.0 400 /) },
		]);
	});
});

describe('a recorded TCP connection', () => {
	it('to a web server gives the REGISTER and the foreign answer', async () => {
		const { told: list, events } = await traced('http-on-sip-port');
		expect(list).toEqual(['REGISTER 4', 'REGISTER 9']);
		expect(events).toMatchObject([
			{ kind: 'foreign-answer', looksLike: 'http', src: server(5060), frame: 6 },
			{ kind: 'connection', outcome: 'closed', by: 'server' },
		]);
	});

	it('that is reset in place of an answer tells by whom', async () => {
		const { told: list, events } = await traced('tcp-reset');
		expect(list).toEqual(['REGISTER 4']);
		expect(events).toMatchObject([
			{ outcome: 'reset', by: 'server', established: true, src: PHONE, dst: server(5060) },
		]);
	});

	it('through which large packets vanish tells the length that did', async () => {
		const { told: list, events } = await traced('mtu-blackhole');
		expect(list).toEqual(['REGISTER 4', '401 6', 'REGISTER 8']);
		expect(events).toMatchObject([
			{ outcome: 'timed-out', established: true, copies: 7, unacknowledgedLength: 1096, frame: 8 },
		]);
	});
});

describe('recorded SIP over WebSocket', () => {
	it.each([
		['websocket-plain', ['REGISTER 8', '401 10', 'REGISTER 13+17', '200 19']],
		['websocket-deflate', ['REGISTER 8', '401 11', 'REGISTER 12+16', '200 19']],
	])('is read in %s', async (name, expected) => {
		const { messages, told: list, oddities } = await traced(name);
		expect([list, oddities]).toEqual([expected, []]);
		expect(messages[0]).toMatchObject({ transport: 'ws', src: PHONE, dst: server(5080) });
	});

	it('is read from whatever packet the capture begins with', async () => {
		const frames = [8, 10, 13, 19];
		for (let without = 1; without < 20; without += 1) {
			const { messages, oddities } = await traced('websocket-plain', without);
			const found = messages.map(({ frames: [first = 0] }) => first + without);
			expect([without, found, oddities]).toEqual([
				without,
				frames.filter((frame) => frame > without),
				[],
			]);
		}
	});

	it('has an event for the upgrade and one for the close', async () => {
		const { events } = await traced('websocket-plain');
		expect(events.filter(({ kind }) => kind === 'websocket')).toMatchObject([
			{ outcome: 'established', status: 101, path: '/ws', protocol: 'sip', transport: 'ws' },
			{ outcome: 'closed', closeCode: 1000 },
		]);
	});

	it('has one event where the upgrade is refused', async () => {
		const { events, messages, oddities } = await traced('websocket-refuse');
		expect([messages, oddities]).toEqual([[], []]);
		expect(events).toMatchObject([
			{ kind: 'websocket', outcome: 'refused', status: 403, path: '/ws', frame: 6 },
		]);
	});
});

describe('a tunnel recorded on the any interface', () => {
	const registrations = async (name: string) => {
		const tracker = new TransactionTracker();
		const { messages } = await traced(name);
		for (const observed of messages) tracker.message(observed);
		return tracker.transactions().map(({ sends, responses }) => ({
			sends: sends.map(({ frames }) => frames),
			responses: responses.map(({ frames }) => frames),
		}));
	};

	it('shows each message over UDP once, with its frames inside and outside', async () => {
		expect(await registrations('vxlan-any-udp')).toEqual([
			{ sends: [[3, 4]], responses: [[5, 6]] },
			{ sends: [[7, 8]], responses: [[9, 10]] },
		]);
	});

	it('shows each message over TCP once, with its frames inside and outside', async () => {
		expect(await registrations('vxlan-any-tcp')).toEqual([
			{ sends: [[7, 8]], responses: [[11, 12]] },
			{ sends: [[15, 16]], responses: [[17, 18]] },
		]);
	});
});
