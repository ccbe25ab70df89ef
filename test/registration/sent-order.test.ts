import { describe, expect, it } from 'vitest';
import {
	accepted,
	challenged,
	credentials,
	type Request,
	request,
	sent,
} from '../support/exchange.js';
import { analyseTranscript } from '../support/transcript.js';

const first = request();
const second = request({ cseq: 2, headers: [credentials('n')] });

/** The outcome of each attempt. */
function outcomesOf(text: string): readonly string[] {
	const { registrations } = analyseTranscript(`# until 60\n\n${text}`);
	return registrations.flatMap(({ attempts }) => attempts.map(({ outcome }) => outcome));
}

/** The one that answers a challenge, and its answer; the challenged one, and the challenge. */
const ANSWERING = sent(second, 0) + accepted(second, 0.01);
const asking = (at: number, bare: Request = first) =>
	sent(bare, at) + challenged(bare, at + 0.005, 'n');

describe('REGISTERs whose times are the wrong way round', () => {
	it('stand as they were captured where that is the order of their CSeq', () => {
		expect(outcomesOf(asking(0.05) + ANSWERING)).toEqual(['registered']);
	});

	it('are two attempts where they are further apart than packets get into disorder', () => {
		expect(outcomesOf(asking(0.2) + ANSWERING)).toEqual(['registered', 'challenged']);
	});

	it('stand as they came where they have different Call-IDs', () => {
		const other = request({ callId: 'call-2' });
		expect(outcomesOf(asking(0.05, other) + ANSWERING)).toContain('challenged');
	});

	it('stand in order of time where the capture has them in that order, too', () => {
		expect(outcomesOf(ANSWERING + asking(0.05))).toEqual(['registered', 'challenged']);
	});
});
