/* A phone that hammers is told by its failures in a row, however many of them were let go. */
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/analyse.js';
import { AttemptLog } from '../../src/registration/attempt-log.js';
import { answered, request, sent } from '../support/exchange.js';
import { readTranscript } from '../support/transcript.js';

/** A phone that is refused again and again; of what was let go as in a large capture. */
function stormOf(count: number, everySeconds: number, callOf = (_: number) => 'call-1') {
	const text = Array.from({ length: count }, (_, index) => {
		const register = request({ cseq: index + 1, callId: callOf(index) });
		const at = index * everySeconds;
		return sent(register, at) + answered(register, at + 0.03, { status: 503 });
	}).join('');
	const input = readTranscript(`# until ${count * everySeconds + 60}\n${text}`);
	const log = new AttemptLog(() => '');
	for (const transaction of input.source.transactions) log.add(transaction);
	const source = { ...input.source, transactions: log.transactions() };
	const [registration] = analyse({ ...input, source }).registrations;
	const all = [registration?.cause, ...(registration?.findings ?? [])];
	return all.find((finding) => finding?.id === 'retry-storm')?.summary;
}

describe('a retry storm', () => {
	it('is told of a phone that went on for long, those included that were let go', () => {
		expect(stormOf(400, 2)).toBe(
			'400 failed attempts followed one another within 2 s each, over 798 s.',
		);
	});

	it('is told of six', () => {
		expect(stormOf(6, 2)).toBe(
			'6 failed attempts followed one another within 2 s each, over 10 s.',
		);
	});

	it('is told of a phone that takes a new Call-ID each time', () => {
		expect(stormOf(400, 2, (index) => `call-${index}`)).toBe(
			'9 failed attempts followed one another within 2 s each, over 16 s; 391 like them came before.',
		);
	});

	it('is none where a minute lies between them', () => {
		expect(stormOf(400, 60)).toBeUndefined();
	});
});
