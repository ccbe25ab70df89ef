/* What is kept of a phone that is seen for long. */
import { describe, expect, it } from 'vitest';
import { AttemptLog } from '../../src/registration/attempt-log.js';
import type { RegisterTransaction } from '../../src/registration/registration.js';
import { accepted, answered, type Request, request, sent } from '../support/exchange.js';
import { readTranscript } from '../support/transcript.js';

const PERIOD = 600;

/** One REGISTER with its answer a period after the one before. */
function round(index: number, parts: Partial<Request> = {}, status = 200): string {
	const register = request({ cseq: index + 1, ...parts });
	const at = index * PERIOD;
	const answer =
		status === 200 ? accepted(register, at + 0.03) : answered(register, at + 0.03, { status });
	return sent(register, at) + answer;
}

function keptOf(
	rounds: readonly string[],
	checked: (transaction: RegisterTransaction) => string = () => '',
): readonly RegisterTransaction[] {
	const log = new AttemptLog(checked);
	for (const transaction of readTranscript(rounds.join('')).source.transactions)
		log.add(transaction);
	return log.transactions();
}

const summary = (kept: readonly RegisterTransaction[]) =>
	kept.map(({ phone, repeated }) => [phone.cseq, phone.final?.message.statusCode, repeated]);

function times<T>(count: number, make: (index: number) => T): readonly T[] {
	return Array.from({ length: count }, (_, index) => make(index));
}

describe('of refreshes that are all alike', () => {
	it('the latest is kept, with the number of those before it', () => {
		expect(summary(keptOf(times(50, (index) => round(index))))).toEqual([[50, 200, 49]]);
	});

	it('one that is sent twice is kept as well', () => {
		const lossy = (index: number) => {
			const register = request({ cseq: index + 1 });
			const at = index * PERIOD;
			return sent(register, at) + sent(register, at + 0.5) + accepted(register, at + 0.53);
		};
		const kept = keptOf(times(9, (index) => (index === 4 ? lossy(index) : round(index))));
		expect(summary(kept)).toEqual([
			[5, 200, undefined],
			[9, 200, 7],
		]);
	});

	it.each([
		['another Contact', { contact: '<sip:1001@192.168.1.10:5070>' }],
		['another User-Agent', { userAgent: 'DeskPhone/2.5' }],
		['another source port', { client: '192.168.1.10:5099' }],
		['another expiry', { expires: 60 }],
	] as const)('one with %s is kept as well', (_, parts) => {
		const kept = keptOf(times(9, (index) => round(index, index === 4 ? parts : {})));
		expect(summary(kept).map(([cseq]) => cseq)).toContain(5);
	});

	it('one that comes after its binding has lapsed is kept as well', () => {
		const late = request({ cseq: 6 });
		const kept = keptOf([
			...times(5, (index) => round(index)),
			sent(late, 4 * PERIOD + 7200) + accepted(late, 4 * PERIOD + 7200.03),
		]);
		expect(summary(kept)).toEqual([
			[5, 200, 4],
			[6, 200, undefined],
		]);
	});

	it('one whose digest says something else is kept as well', () => {
		const kept = keptOf(
			times(9, (index) => round(index)),
			({ phone }) => (phone.cseq === 5 ? 'does-not-verify' : 'verifies'),
		);
		expect(summary(kept)).toEqual([
			[5, 200, undefined],
			[9, 200, 7],
		]);
	});
});

describe('a phone that comes and goes', () => {
	it('is kept in the order in which it does', () => {
		const kept = keptOf(times(8, (index) => round(index, {}, index % 2 === 0 ? 200 : 503)));
		expect(summary(kept).map(([, status]) => status)).toEqual([
			200, 503, 200, 503, 200, 503, 200, 503,
		]);
	});

	it('is kept with what came before a failure, however much comes after it', () => {
		const kept = keptOf([
			...times(2, (index) => round(index)),
			round(2, {}, 503),
			...times(40, (index) => round(3 + index, { expires: 100 + index })),
		]);
		expect(
			summary(kept)
				.slice(0, 3)
				.map(([, status]) => status),
		).toEqual([200, 503, 200]);
		expect(kept.length).toBeLessThan(20);
	});

	it('is counted in full where it does so for ever', () => {
		const kept = keptOf(times(400, (index) => round(index, {}, index % 2 === 0 ? 200 : 503)));
		expect(kept.length).toBeLessThan(40);
		expect(kept.reduce((sum, { repeated }) => sum + 1 + (repeated ?? 0), 0)).toBe(400);
	});
});

describe('a phone that is refused every two seconds', () => {
	it('is kept with so many refusals in a row as show it, and with the number of those before', () => {
		const refused = times(100, (index) => {
			const register = request({ cseq: index + 1 });
			return sent(register, index * 2) + answered(register, index * 2 + 0.03, { status: 503 });
		});
		expect(summary(keptOf(refused))).toEqual([
			[1, 503, undefined],
			[95, 503, 93],
			...[96, 97, 98, 99, 100].map((cseq) => [cseq, 503, undefined]),
		]);
	});

	it('is not where a minute lies between them', () => {
		const kept = keptOf(times(100, (index) => round(index, {}, 503)));
		expect(kept.length).toBeLessThan(4);
	});
});

describe('a phone with a new Call-ID for each refresh', () => {
	it('takes no more room than any other', () => {
		const kept = keptOf(times(300, (index) => round(index, { callId: `call-${index}` })));
		expect(kept.length).toBeLessThan(40);
		expect(kept.reduce((sum, { repeated }) => sum + 1 + (repeated ?? 0), 0)).toBe(300);
	});
});
