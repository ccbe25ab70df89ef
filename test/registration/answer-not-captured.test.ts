import { describe, expect, it } from 'vitest';
import { outcomeWords } from '../../src/report/plain-words.js';
import { challenged, credentials, request, sent } from '../support/exchange.js';
import { analyseTranscript } from '../support/transcript.js';

const register = request({ transport: 'TCP' });
const verified = request({ transport: 'TCP', cseq: 2, headers: [credentials('n')] });
const EXCHANGE = sent(register, 0) + challenged(register, 0.02, 'n') + sent(verified, 0.05);

function notCaptured(
	at: number,
	src = register.server,
	dst = register.client,
	bytes = 480,
): string {
	return `+${at} NOT-CAPTURED ${src} > ${dst} [bytes=${bytes}]\n`;
}

function analysed(text: string) {
	const [registration] = analyseTranscript(`# until 90\n\n${text}`).registrations;
	if (registration === undefined) throw new Error('no registration');
	return registration;
}

function outcomeOf(text: string): string {
	return analysed(text).outcome;
}

describe('a REGISTER over TCP without an answer in the capture', () => {
	it('is open where the capture misses bytes of the server, and the report says so', () => {
		const registration = analysed(EXCHANGE + notCaptured(0.08));
		expect([registration.outcome, registration.cause]).toEqual(['open', undefined]);
		expect(outcomeWords(registration)).toBe(
			'not known: the capture misses 480 bytes that the server sent meanwhile, as #4 shows',
		);
	});

	it('is unanswered where the capture misses nothing', () => {
		expect(outcomeOf(EXCHANGE)).toBe('unanswered');
	});

	it('is unanswered where what is missed went another way, before it, or long after it', () => {
		expect(outcomeOf(EXCHANGE + notCaptured(0.08, register.client, register.server))).toBe(
			'unanswered',
		);
		expect(outcomeOf(EXCHANGE + notCaptured(0.08, register.server, '192.168.1.99:5060'))).toBe(
			'unanswered',
		);
		expect(outcomeOf(sent(register, 0.1) + notCaptured(0.05))).toBe('unanswered');
		expect(outcomeOf(EXCHANGE + notCaptured(60))).toBe('unanswered');
	});

	it('is unanswered where what is missed is no more than a keep-alive', () => {
		expect(outcomeOf(EXCHANGE + notCaptured(0.08, register.server, register.client, 4))).toBe(
			'unanswered',
		);
	});

	it('is what its answer says where that was captured', () => {
		const text = EXCHANGE + notCaptured(0.06) + challenged(verified, 0.08, 'n2');
		expect(outcomeOf(text)).toBe('rejected');
	});
});

describe('a challenge over TCP without a next REGISTER in the capture', () => {
	const CHALLENGED = sent(register, 0) + challenged(register, 0.02, 'n');

	it('is open where the capture misses bytes of the phone, and the report says so', () => {
		const registration = analysed(CHALLENGED + notCaptured(0.05, register.client, register.server));
		expect([registration.outcome, registration.cause]).toEqual(['open', undefined]);
		expect(outcomeWords(registration)).toBe(
			'not known: the capture misses 480 bytes that the phone sent after that, as #3 shows',
		);
	});

	it('is unanswered where the capture misses nothing, or a keep-alive, or what the server sent', () => {
		expect(outcomeOf(CHALLENGED)).toBe('challenged');
		expect(outcomeOf(CHALLENGED + notCaptured(0.05, register.client, register.server, 4))).toBe(
			'challenged',
		);
		expect(outcomeOf(CHALLENGED + notCaptured(0.05))).toBe('challenged');
	});
});
