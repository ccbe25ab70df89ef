import { describe, expect, it } from 'vitest';
import type { Parsed } from '../../src/bytes/malformed.js';
import { startTransaction, type TransactionEnd } from '../../src/probe/register-transaction.js';
import type { SipMessage, SipResponse } from '../../src/sip/message.js';
import { parseDatagram } from '../../src/sip/parse-message.js';
import { TIMER_F_MS } from '../../src/sip/transaction-timers.js';
import { VirtualTimers } from './virtual-timers.js';

function responseOf(status: number): SipResponse {
	const text = `SIP/2.0 ${status} X\r\nContent-Length: 0\r\n\r\n`;
	const parsed: Parsed<SipMessage> = parseDatagram(Buffer.from(text));
	if (!parsed.ok || parsed.value.kind !== 'response') throw new Error('not a response');
	return parsed.value;
}

function start(options: { unreliable?: boolean; timeoutMs?: number; signal?: AbortSignal } = {}) {
	const timers = new VirtualTimers();
	const sentAt: number[] = [];
	const waitedAt: number[] = [];
	const ends: { at: number; end: TransactionEnd }[] = [];
	const transaction = startTransaction({
		send: () => sentAt.push(timers.now),
		unreliable: options.unreliable ?? true,
		timeoutMs: options.timeoutMs ?? TIMER_F_MS,
		timers,
		signal: options.signal,
		onWaiting: () => waitedAt.push(timers.now),
	});
	void transaction.end.then((end) => ends.push({ at: timers.now, end }));
	return { timers, sentAt, waitedAt, ends, transaction };
}

describe('the REGISTER transaction', () => {
	it('is sent over UDP with the spacing of Timer E when nothing answers', async () => {
		const { timers, sentAt } = start();
		await timers.advance(40_000);
		expect(sentAt).toEqual([
			0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500,
		]);
	});

	it('hears the 408 of a proxy that comes just after 64·T1', async () => {
		const { timers, sentAt, ends, transaction } = start();
		await timers.advance(32_050);
		transaction.onResponse(responseOf(408));
		await timers.advance(10_000);
		expect(ends.map(({ end }) => end.kind)).toEqual(['final']);
		expect(sentAt.at(-1)).toBe(31_500);
	});

	it('goes on where a router says that a packet is too big, as the next one goes out in fragments', async () => {
		const { timers, sentAt, ends, transaction } = start();
		transaction.onFailure({
			kind: 'unreachable',
			reason: 'fragmentation-needed',
			errno: 'EMSGSIZE',
		});
		await timers.advance(500);
		expect(sentAt).toEqual([0, 500]);
		transaction.onResponse(responseOf(401));
		await timers.advance(1);
		expect(ends.map(({ end }) => end.kind)).toEqual(['final']);
	});

	it('times out a moment after 64·T1', async () => {
		const { timers, ends } = start();
		await timers.advance(40_000);
		expect(ends).toEqual([{ at: 33_000, end: { kind: 'timed-out' } }]);
	});

	it('is sent once over a reliable transport and times out all the same', async () => {
		const { timers, sentAt, ends } = start({ unreliable: false });
		await timers.advance(40_000);
		expect(sentAt).toEqual([0]);
		expect(ends).toEqual([{ at: 33_000, end: { kind: 'timed-out' } }]);
	});

	it('goes on at T2 after a provisional response', async () => {
		const { timers, sentAt, transaction } = start({ timeoutMs: 13_000 });
		await timers.advance(600);
		transaction.onResponse(responseOf(100));
		await timers.advance(20_000);
		// The 1 s that was armed before the 100 still runs out.
		expect(sentAt).toEqual([0, 500, 1500, 5500, 9500]);
	});

	it('stops sending with the final response', async () => {
		const { timers, sentAt, ends, transaction } = start();
		await timers.advance(700);
		transaction.onResponse(responseOf(403));
		await timers.advance(0);
		await timers.advance(40_000);
		expect(sentAt).toEqual([0, 500]);
		expect(ends.map(({ at, end }) => [at, end.kind])).toEqual([[700, 'final']]);
	});

	it('says once that it waits, after four seconds', async () => {
		const { timers, waitedAt } = start();
		await timers.advance(40_000);
		expect(waitedAt).toEqual([4000]);
	});

	it('ends at a transport failure', async () => {
		const { timers, ends, transaction } = start();
		transaction.onFailure({ kind: 'unreachable', reason: 'port', errno: 'ECONNREFUSED' });
		await timers.advance(1);
		expect(ends[0]?.end.kind).toBe('failed');
	});

	it('sends nothing where it was aborted before', async () => {
		const { timers, sentAt, ends } = start({ signal: AbortSignal.abort() });
		await timers.advance(40_000);
		expect(sentAt).toEqual([]);
		expect(ends[0]?.end.kind).toBe('aborted');
	});

	it('leaves no timer behind', async () => {
		const { timers, transaction } = start();
		transaction.onResponse(responseOf(200));
		await timers.advance(0);
		expect(timers.pending).toBe(0);
	});
});
