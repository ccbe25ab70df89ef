import { describe, expect, it } from 'vitest';
import { outcomeWords } from '../../src/report/plain-words.js';
import { accepted, answered, challenged, credentials, request, sent } from '../support/exchange.js';
import { analyseTranscript } from '../support/transcript.js';

const register = request();
const verified = request({ cseq: 2, headers: [credentials('n')] });
const CHALLENGED = sent(register, 0) + challenged(register, 0.02, 'n');

function analysed(text: string, until = 60) {
	const [registration] = analyseTranscript(`# until ${until}\n\n${text}`).registrations;
	if (registration === undefined) throw new Error('no registration');
	return registration;
}

function outcomeOf(text: string, until = 60): string {
	return analysed(text, until).outcome;
}

describe('a REGISTER that was sent once and never again', () => {
	it('may have been answered: what became of it is open, and has no cause', () => {
		const registration = analysed(CHALLENGED + sent(verified, 0.05));
		expect([registration.outcome, registration.cause]).toEqual(['open', undefined]);
		expect(outcomeWords(registration)).toBe(
			'not known: no final answer was captured, and the phone did not ask again',
		);
		expect(outcomeOf(sent(register, 0))).toBe('open');
	});

	it('may have been answered where all that was captured is that it was being tried', () => {
		const trying = answered(register, 0.02, { status: 100 });
		expect(outcomeOf(sent(register, 0) + trying)).toBe('open');
		expect(outcomeOf(sent(register, 0) + trying + sent(register, 4))).toBe('unanswered');
	});

	it('may have been answered by a server that was asked once another was silent', () => {
		const silent = [0.05, 0.55, 1.55, 3.55].map((at) => sent(verified, at)).join('');
		const next = { ...verified, branch: 'z9hG4bKn', server: '203.0.113.6:5060' };
		expect(outcomeOf(CHALLENGED + silent + sent(next, 32), 90)).toBe('open');
		expect(outcomeOf(CHALLENGED + silent + sent({ ...next, cseq: 3 }, 32), 90)).toBe('unanswered');
	});

	it('does not end a registration that was there', () => {
		const refresh = request({ cseq: 3, headers: [credentials('n')] });
		const text =
			CHALLENGED + sent(verified, 0.05) + accepted(verified, 0.07) + sent(refresh, 1_800);
		expect(outcomeOf(text, 1_900)).toBe('registered');
	});

	it('is unanswered where the phone asks again', () => {
		expect(outcomeOf(CHALLENGED + sent(verified, 0.05) + sent(verified, 0.55))).toBe('unanswered');
	});

	it('is unanswered where the phone begins anew in place of that', () => {
		const next = request({ cseq: 3 });
		expect(outcomeOf(sent(register, 0) + sent(next, 8))).toBe('unanswered');
		expect(outcomeOf(sent(register, 0) + sent(next, 60), 120)).toBe('unanswered');
	});

	it('is unanswered where the phone came again and was told to wait', () => {
		const next = request({ cseq: 3 });
		const trying = answered(next, 8.02, { status: 100 });
		expect(outcomeOf(sent(register, 0) + sent(next, 8) + trying)).toBe('unanswered');
	});

	it('is unanswered over TCP, where nothing is sent again', () => {
		const overTcp = request({ transport: 'TCP' });
		expect(outcomeOf(sent(overTcp, 0))).toBe('unanswered');
	});

	it('is unanswered where both sides of a NAT show no answer', () => {
		const outside = { ...register, client: '198.51.100.7:41022' };
		expect(outcomeOf(sent(register, 0) + sent(outside, 0.001))).toBe('unanswered');
	});

	it('is open where the outer side of a NAT shows the answer, unless the phone asks again', () => {
		const outside = { ...register, client: '198.51.100.7:41022' };
		const text = sent(register, 0) + sent(outside, 0.001) + accepted(outside, 0.02);
		expect(outcomeOf(text)).toBe('open');
		expect(outcomeOf(text + sent(register, 0.5))).toBe('unanswered');
	});

	it('is open where another capture shows that it did not get there: one packet is lost now and then', () => {
		const OK = { status: 200, headers: [`Contact: ${register.contact};expires=3600`] };
		const outside = { client: '198.51.100.7:41022' };
		const both = (own: ReturnType<typeof request>, at: number) =>
			sent(own, at, '[in=phone.pcap]') +
			sent({ ...own, ...outside }, at + 0.001, '[in=server.pcap]') +
			answered({ ...own, ...outside }, at + 0.02, { ...OK, marks: '[in=server.pcap]' }) +
			answered(own, at + 0.021, { ...OK, marks: '[in=phone.pcap]' });
		const text = both(register, 0) + sent(request({ cseq: 2 }), 40, '[in=phone.pcap]');
		const registration = analysed(text, 90);
		expect(registration.attempts.map(({ outcome }) => outcome)).toEqual(['registered', 'open']);
		expect([registration.outcome, registration.cause]).toEqual(['registered', undefined]);
	});

	it('is unreachable where the network says so', () => {
		const refused = `+0.0100 ICMP port from ${register.server.split(':')[0] ?? ''} quoting UDP ${register.client} > ${register.server}\n`;
		expect(outcomeOf(sent(register, 0) + refused)).toBe('unreachable');
	});
});
