import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/diagnosis/finding.js';
import { accepted, challenged, credentials, request, sent } from '../../support/exchange.js';
import { analyseTranscript } from '../../support/transcript.js';

const bare = request();
const answer = request({ cseq: 2, headers: [credentials('n1')] });
const begun = sent(bare, 0) + challenged(bare, 0.03, 'n1') + sent(answer, 0.05);
/** Copies of a REGISTER a minute later, to which nothing comes. */
const silence = [60, 60.5, 61.5, 63.5, 67.5, 71.5]
	.map((at) => sent(request({ cseq: 3 }), at))
	.join('');

function causeOf(text: string): Finding | undefined {
	return analyseTranscript(`${text}# until 100\n`).registrations[0]?.cause;
}

describe('server-went-silent', () => {
	it('says that the credentials were refused before, and asks the phone for others', () => {
		const cause = causeOf(begun + challenged(answer, 0.08, 'n2') + silence);
		expect(cause).toMatchObject({ id: 'server-went-silent', confidence: 'strong' });
		expect(cause?.summary).toMatch(/last refused the credentials with 401 .* sent 6 times/);
		expect(cause?.fix.map(({ who }) => who)).toEqual(['phone', 'provider', 'site-network']);
	});

	it('asks nothing of the phone whose credentials were accepted', () => {
		const cause = causeOf(begun + accepted(answer, 0.08) + silence);
		expect(cause).toMatchObject({ id: 'server-went-silent' });
		expect(cause?.summary).toContain('last answered 200');
		expect(cause?.fix.map(({ who }) => who)).toEqual(['provider', 'site-network']);
	});
});
