import { describe, expect, it } from 'vitest';
import { challenged, credentials, request, sent } from '../../support/exchange.js';
import { analyseTranscript } from '../../support/transcript.js';

const first = request();
const second = request({ cseq: 2, headers: [credentials('n1')] });
const third = request({ cseq: 3, headers: [credentials('n2')] });
const inVain = (register: typeof first, at: number): string =>
	[0, 0.5, 1.5, 3.5, 7.5].map((wait) => sent(register, at + wait)).join('');

function causeOf(text: string) {
	const cause = analyseTranscript(text).registrations[0]?.cause;
	return { id: cause?.id, summary: cause?.summary, askedOf: cause?.fix.map(({ who }) => who) };
}

describe('credentials-unanswered', () => {
	it('thinks of the length where only the REGISTER without credentials was answered', () => {
		const cause = causeOf(sent(first, 0) + challenged(first, 0.03, 'n1') + inVain(second, 0.05));
		expect(cause).toMatchObject({ id: 'credentials-unanswered', askedOf: ['phone', 'provider'] });
		expect(cause.summary).toContain('The REGISTER without credentials');
	});

	it('does not where credentials of the same length were challenged anew', () => {
		const before = [sent(first, 0), challenged(first, 0.03, 'n1'), sent(second, 0.05)];
		const cause = causeOf([...before, challenged(second, 0.08, 'n2'), inVain(third, 0.1)].join(''));
		expect(cause).toMatchObject({ id: 'credentials-unanswered', askedOf: ['provider'] });
		expect(cause.summary).toContain('A REGISTER with credentials');
	});
});
