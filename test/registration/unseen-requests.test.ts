import { describe, expect, it } from 'vitest';
import { outcomeWords } from '../../src/report/plain-words.js';
import { accepted, answered, challenged, request, sent } from '../support/exchange.js';
import { analyseTranscript } from '../support/transcript.js';

const register = request();
/** The REGISTER with credentials, which the capture does not show. */
const unseen = request({ cseq: 2 });
const CHALLENGED = sent(register, 0) + challenged(register, 0.02, 'n');

function outcomeOf(text: string): string | undefined {
	return analyseTranscript(`# until 60\n# vantage client\n\n${text}`).registrations[0]?.outcome;
}

describe('a REGISTER that the capture misses', () => {
	it('leaves open what became of the phone, and nothing is made of the silence', () => {
		const { registrations } = analyseTranscript(
			`# until 60\n\n${CHALLENGED}${accepted(unseen, 0.1)}`,
		);
		expect(registrations.map(({ outcome, cause }) => [outcome, cause])).toEqual([
			['open', undefined],
		]);
		expect(registrations.map((one) => outcomeWords(one))).toEqual([
			'not known: the capture misses the REGISTER that was answered 200 Text',
		]);
	});

	it('leaves it open, whatever it was answered', () => {
		expect(outcomeOf(CHALLENGED + answered(unseen, 0.1, { status: 403 }))).toBe('open');
	});

	it('is known by its phone where it has another Call-ID', () => {
		const other = { ...unseen, callId: 'call-2', cseq: 1 };
		expect(outcomeOf(CHALLENGED + accepted(other, 0.1))).toBe('open');
		expect(outcomeOf(CHALLENGED + accepted({ ...other, client: '192.168.1.10:5062' }, 0.1))).toBe(
			'challenged',
		);
	});

	it('is known where the phone asked the next server the same', () => {
		const silent = [0.05, 0.55, 1.55].map((at) => sent(unseen, at)).join('');
		const next = { ...unseen, server: '203.0.113.6:5060' };
		expect(outcomeOf(CHALLENGED + silent + accepted({ ...next, branch: 'z9hG4bKn' }, 32))).toBe(
			'open',
		);
		const same = { ...unseen, branch: 'z9hG4bKn' };
		expect(outcomeOf(CHALLENGED + silent + accepted(same, 32))).toBe('unanswered');
	});

	it('is none of another phone, or of another account of the same one', () => {
		const neighbour = { ...unseen, client: '192.168.1.11:5060' };
		expect(outcomeOf(CHALLENGED + accepted(neighbour, 0.1))).toBe('challenged');
		const account = { ...unseen, aor: 'sip:1002@example.com', callId: 'call-2' };
		expect(outcomeOf(CHALLENGED + accepted(account, 0.1))).toBe('challenged');
	});

	it('is none where the answer is to what came before', () => {
		const seventh = request({ cseq: 7 });
		const text = sent(seventh, 0) + challenged(seventh, 0.02, 'n');
		expect(outcomeOf(text + accepted(unseen, 0.1))).toBe('challenged');
		expect(
			outcomeOf(accepted(unseen, 0) + sent(register, 1) + challenged(register, 1.02, 'n')),
		).toBe('challenged');
	});

	it('counts for the attempt that it belongs to', () => {
		const next = request({ cseq: 5 });
		const text = `${CHALLENGED}${sent(next, 45)}${challenged(next, 45.02, 'n')}${accepted(request({ cseq: 6 }), 45.1)}`;
		const [registration] = analyseTranscript(`# until 90\n\n${text}`).registrations;
		expect(registration?.attempts.map(({ outcome }) => outcome)).toEqual(['challenged', 'open']);
	});
});
