import { describe, expect, it } from 'vitest';
import { outcomeWords } from '../../src/report/plain-words.js';
import { challenged, credentials, request, sent } from '../support/exchange.js';
import { analyseTranscript } from '../support/transcript.js';

const register = request();
const verified = request({ cseq: 2, headers: [credentials('n1')] });
const refresh = request({ cseq: 3, headers: [credentials('n1')] });

function analysed(text: string) {
	const [registration] = analyseTranscript(`# until 4000\n\n${text}`).registrations;
	if (registration === undefined) throw new Error('no registration');
	return registration;
}

function outcomesOf(text: string): readonly string[] {
	return analysed(text).attempts.map(({ outcome }) => outcome);
}

/** Sent again and again, as where nobody answers. */
function inVain(own: ReturnType<typeof request>, at: number): string {
	return [0, 0.5, 1.5, 3.5, 7.5, 11.5].map((after) => sent(own, at + after)).join('');
}

describe('a capture of what the phone sends alone', () => {
	it('tells nothing of the server where the phone answers its challenge, and says so', () => {
		const registration = analysed(sent(register, 0) + sent(verified, 0.05) + sent(refresh, 1_800));
		expect(registration.attempts.map(({ outcome }) => outcome)).toEqual(['open', 'open']);
		expect([registration.outcome, registration.cause]).toEqual(['open', undefined]);
		expect(outcomeWords(registration)).toBe(
			'not known: the capture has no message of the server, yet the phone answers its challenge (#2)',
		);
	});

	it('says so also where it ends too soon for an answer', () => {
		const text = `# until 0.1\n\n${sent(register, 0)}${sent(verified, 0.05)}`;
		const [registration] = analyseTranscript(text).registrations;
		expect(registration && outcomeWords(registration)).toContain('answers its challenge (#2)');
	});

	it('is known by a new nonce behind an old one, and by another Call-ID of the same phone', () => {
		const renewed = request({ cseq: 3, headers: [credentials('n2')] });
		expect(outcomesOf(sent(verified, 0) + sent(renewed, 0.05))).toEqual(['open']);
		const other = request({ callId: 'call-2', headers: [credentials('n1')] });
		expect(outcomesOf(sent(register, 0) + sent(other, 0.05))).not.toContain('unanswered');
	});

	it('is not what it is where the server is heard once', () => {
		const text = sent(register, 0) + challenged(register, 0.02, 'n1') + inVain(verified, 0.05);
		expect(outcomesOf(text)).toEqual(['unanswered']);
	});

	it('is not what it is where the phone asks in vain, and takes an old nonce much later', () => {
		expect(outcomesOf(inVain(register, 0))).toEqual(['unanswered']);
		expect(outcomesOf(inVain(register, 0) + inVain(verified, 60))).not.toContain('open');
		expect(outcomesOf(inVain(verified, 0) + inVain(refresh, 14))).not.toContain('open');
	});

	it('is not what it is where the network refuses', () => {
		const [host] = register.server.split(':');
		const refused = `+0.0600 ICMP port from ${host} quoting UDP ${register.client} > ${register.server}\n`;
		expect(outcomesOf(sent(register, 0) + sent(verified, 0.05) + refused)).toEqual(['unreachable']);
	});
});
