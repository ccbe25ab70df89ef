import { expect, it } from 'vitest';
import { answered, request, sent } from '../../support/exchange.js';
import { analyseTranscript } from '../../support/transcript.js';

const register = request();
const refused = answered(register, 0.1, { status: 503 });

function causeOf(answer: string) {
	return analyseTranscript(`# until 60\n\n${sent(register, 0)}${answer}`).registrations[0]?.cause;
}

it('a 503 that the snaplen cut is not said to be without Retry-After, nor to be all there is', () => {
	expect(causeOf(refused)).toMatchObject({
		confidence: 'strong',
		summary: expect.stringContaining('without Retry-After'),
	});
	const [place, ...lines] = refused.trimEnd().split('\n');
	expect(causeOf(`${place} [cut]\n${lines.join('\n')}\n\n`)).toMatchObject({
		confidence: 'likely',
		summary: expect.stringContaining('the snaplen cut it'),
	});
});
