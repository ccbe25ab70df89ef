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

/** The challenged one so many seconds behind the one that answers its challenge. */
function late(seconds: number, bare: Request = first): string {
	const answer = sent(second, 0) + accepted(second, 0.01);
	return answer + sent(bare, seconds) + challenged(bare, seconds + 0.005, 'n');
}

describe('REGISTERs whose times are the wrong way round', () => {
	it('stand in the order of their CSeq', () => {
		expect(outcomesOf(late(0.05))).toEqual(['registered']);
	});

	it('are two attempts where they are further apart than packets get into disorder', () => {
		expect(outcomesOf(late(0.2))).toEqual(['registered', 'challenged']);
	});

	it('stand as they came where they have different Call-IDs', () => {
		expect(outcomesOf(late(0.05, request({ callId: 'call-2' })))).toContain('challenged');
	});
});
