/* TCP connections to a reflector: what they may hold, and for how many there is room. */
import { connect, type Socket } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { topVia } from '../../src/sip/headers/via.js';
import type { SipResponse } from '../../src/sip/message.js';
import { serializeRequest } from '../../src/sip/serialize-message.js';
import { StreamFramer } from '../../src/sip/stream-framer.js';
import { request, started } from './reflector-harness.js';

const cleanups: (() => unknown)[] = [];
afterAll(() => Promise.all(cleanups.map((cleanup) => cleanup())));

async function connected(port: number, host = '127.0.0.1'): Promise<Socket> {
	const socket = connect(port, host);
	socket.on('error', () => undefined);
	cleanups.push(() => socket.destroy());
	await new Promise((done) => socket.once('connect', done));
	return socket;
}

async function running(address?: string) {
	const reflector = await started({}, address);
	cleanups.push(() => reflector.stop());
	return reflector;
}

function isClosed(socket: Socket): Promise<boolean> {
	return new Promise((resolve) => {
		const limit = setTimeout(() => resolve(socket.destroyed), 20_000);
		socket.once('close', () => {
			clearTimeout(limit);
			resolve(true);
		});
		socket.resume();
	});
}

function firstAnswer(socket: Socket): Promise<SipResponse | undefined> {
	return new Promise((resolve) => {
		const framer = new StreamFramer();
		const limit = setTimeout(() => resolve(undefined), 20_000);
		socket.on('data', (chunk) => {
			for (const parsed of framer.push(chunk)) {
				if (!parsed.ok || parsed.value.kind !== 'response') continue;
				clearTimeout(limit);
				resolve(parsed.value);
			}
		});
	});
}

describe('a reflector over TCP', () => {
	it('answers on the connection that the request came on, as often as it is asked', async () => {
		const socket = await connected((await running()).tcpPort);
		for (let round = 0; round < 2; round += 1) {
			const bytes = serializeRequest(request('OPTIONS'));
			socket.write(bytes.subarray(0, 50));
			socket.write(bytes.subarray(50));
			expect((await firstAnswer(socket))?.statusCode).toBe(200);
		}
	});

	it('answers a ping with a pong (RFC 5626)', async () => {
		const socket = await connected((await running()).tcpPort);
		const pong = new Promise<string>((resolve) => {
			socket.once('data', (chunk) => resolve(chunk.toString('latin1')));
		});
		socket.write('\r\n\r\n');
		expect(await pong).toBe('\r\n');
	});

	it('gives one source 32 connections and no more', async () => {
		const reflector = await running();
		const sockets: Socket[] = [];
		for (let count = 0; count < 33; count += 1) {
			sockets.push(await connected(reflector.tcpPort));
		}
		const [last] = sockets.slice(-1);
		expect(last && (await isClosed(last))).toBe(true);
		expect(reflector.tally.refused.connections).toBe(1);
	});

	it('closes a connection that goes on with a message without end', async () => {
		const reflector = await running();
		const socket = await connected(reflector.tcpPort);
		socket.write(`OPTIONS sip:a SIP/2.0\r\nContent-Length: 200000\r\n\r\n${'x'.repeat(100_000)}`);
		expect(await isClosed(socket)).toBe(true);
		expect(reflector.tally.refused.closed).toBe(1);
	});

	it('frees its ports although somebody is connected', async () => {
		const reflector = await started();
		const socket = await connected(reflector.tcpPort);
		await reflector.stop();
		expect(await isClosed(socket)).toBe(true);
	});

	it('sees an IPv6 address as one', async () => {
		const socket = await connected((await running('::1')).tcpPort, '::1');
		socket.write(serializeRequest(request('OPTIONS', [], '[2001:db8::7]:5060')));
		const answer = await firstAnswer(socket);
		expect(answer && topVia(answer)).toMatchObject({
			sentBy: { host: '2001:db8::7', port: 5060 },
			received: '::1',
			rport: socket.localPort,
		});
	});
});
