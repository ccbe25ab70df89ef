import { describe, expect, it } from 'vitest';
import { toJsonDocument } from '../../src/report/json.js';
import { accepted, challenged, credentials, request, sent } from '../support/exchange.js';
import { analyseTranscript } from '../support/transcript.js';

const register = request();
const verified = request({ cseq: 2, headers: [credentials('n')] });
const CHALLENGED = sent(register, 0) + challenged(register, 0.02, 'n');
const TOOL = { name: 'sipdoctor', version: '0.1.0' };

/** Of the one registration of a capture that lasts so many seconds. */
function openBecause(text: string, until = 60) {
	const document = toJsonDocument(analyseTranscript(`# until ${until}\n\n${text}`), TOOL);
	const [only] = [...document.registrations];
	return [only?.outcome, only?.openBecause?.kind];
}

/** With nothing behind its start-line. */
function cut(text: string): string {
	const [place, startLine] = text.split('\n');
	return `${place} [cut]\n${startLine}\n\n`;
}

describe('why an outcome is not known', () => {
	it('is that the source ended', () => {
		expect(openBecause(sent(register, 0), 1)).toEqual(['open', 'source-ended']);
	});

	it('is the REGISTER that an answer shows', () => {
		const text = CHALLENGED + accepted(verified, 0.1);
		expect(openBecause(text)).toEqual(['open', 'request-not-captured']);
	});

	it('is the answer that a phone had which does not ask again', () => {
		expect(openBecause(CHALLENGED + sent(verified, 0.05))).toEqual(['open', 'answer-not-captured']);
	});

	it('is every answer, where the phone answers a challenge that is not there', () => {
		const text = sent(register, 0) + sent(verified, 0.05);
		expect(openBecause(text)).toEqual(['open', 'server-not-captured']);
	});

	it('is what the capture misses of a connection', () => {
		const tcp = request({ transport: 'TCP' });
		const missed = `+0.1 NOT-CAPTURED ${tcp.server} > ${tcp.client} [bytes=480]\n`;
		expect(openBecause(sent(tcp, 0) + missed)).toEqual(['open', 'bytes-not-captured']);
	});

	it('is what the snaplen cut', () => {
		const text = sent(register, 0) + cut(accepted(register, 0.1));
		expect(openBecause(text)).toEqual(['open', 'cut-by-snaplen']);
	});

	it('is what a filter on ports left of a response', () => {
		const [place = '', ...lines] = accepted(register, 0.1).split('\n');
		const [at] = place.split(' ');
		const first = `${at} FRAGMENTS 203.0.113.5 > 192.168.1.10 [ports=5060>5060]\n${lines[0]}\n\n`;
		expect(openBecause(sent(register, 0) + first)).toEqual(['open', 'fragments-not-captured']);
	});

	it('is nothing where it is known', () => {
		expect(openBecause(sent(register, 0) + accepted(register, 0.1))).toEqual([
			'registered',
			undefined,
		]);
	});
});
