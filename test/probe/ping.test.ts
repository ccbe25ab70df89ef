import { describe, expect, it } from 'vitest';
import { Ping } from '../../src/probe/ping.js';
import type { SipResponse } from '../../src/sip/message.js';
import { parseDatagram } from '../../src/sip/parse-message.js';
import { VirtualTimers } from './virtual-timers.js';

function ok(): SipResponse {
	const parsed = parseDatagram(Buffer.from('SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n'));
	if (!parsed.ok || parsed.value.kind !== 'response') throw new Error('not a response');
	return parsed.value;
}

/** How long an answer is waited for after the REGISTER was answered in `registerMs`; undefined: over after 5 s. */
async function patience(registerMs: number): Promise<number | undefined> {
	const timers = new VirtualTimers();
	const state = { done: false };
	const waiting = new Ping(new Uint8Array(0), 'b', 0)
		.wait(registerMs, timers, undefined)
		.then(() => {
			state.done = true;
		});
	for (let ms = 0; ms <= 5000; ms += 50) {
		await timers.advance(50);
		await Promise.resolve();
		if (state.done) {
			await waiting;
			return ms + 50;
		}
	}
	return undefined;
}

describe('waiting for the answer to OPTIONS', () => {
	it.each([
		[5, 250],
		[100, 400],
		[3000, 2000],
	])('after a REGISTER that took %i ms lasts %i ms', async (registerMs, expected) => {
		expect(await patience(registerMs)).toBe(expected);
	});

	it('ends with the answer, and tells its time', async () => {
		const timers = new VirtualTimers();
		const ping = new Ping(new Uint8Array(0), 'b', 1000);
		const waiting = ping.wait(100, timers, undefined);
		ping.onResponse(ok(), 13_000);
		expect((await waiting)?.ms).toBe(12);
		expect(timers.pending).toBe(0);
	});

	it('ends at once where the user breaks off, or no REGISTER was answered', async () => {
		const abort = new AbortController();
		const timers = new VirtualTimers();
		const ping = new Ping(new Uint8Array(0), 'b', 0);
		const waiting = ping.wait(100, timers, abort.signal);
		abort.abort();
		expect(await waiting).toBeUndefined();
		expect(await ping.wait(undefined, timers, undefined)).toBeUndefined();
	});
});
