/* What the rules say of every attempt, put together for one registration. */
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/analyse.js';
import type { DiagnosedRegistration } from '../../src/analysis/analysis.js';
import { accepted, answered, challenged, credentials, request, sent } from '../support/exchange.js';
import { analyseTranscript, readTranscript } from '../support/transcript.js';

function diagnosed(text: string): DiagnosedRegistration {
	const [first, ...others] = analyseTranscript(text).registrations;
	if (first === undefined || others.length > 0)
		throw new Error(`${others.length + 1} registrations`);
	return first;
}

/** An attempt that ends with this status, at a time, as REGISTER number `cseq`. */
function refused(at: number, cseq: number, status: number): string {
	const register = request({ cseq });
	return sent(register, at) + answered(register, at + 0.03, { status });
}

function succeeded(at: number, cseq: number): string {
	const register = request({ cseq });
	return sent(register, at) + accepted(register, at + 0.03);
}

function fatal({ findings }: DiagnosedRegistration): DiagnosedRegistration['findings'] {
	return findings.filter(({ severity }) => severity === 'fatal');
}

describe('a failure that a later attempt mended', () => {
	const registration = diagnosed(refused(0, 1, 503) + succeeded(60, 2));

	it('is no cause', () => {
		expect(registration.cause).toBeUndefined();
	});

	it('stays among the findings, marked as mended', () => {
		const [finding] = registration.findings;
		expect(finding?.id).toBe('server-overloaded');
		expect(finding?.mended).toBe(true);
		expect(finding?.attempt).toBe(1);
	});
});

describe('a failure after a success', () => {
	const registration = diagnosed(succeeded(0, 1) + refused(60, 2, 503));

	it('is the cause', () => {
		expect(registration.cause?.id).toBe('server-overloaded');
		expect(registration.cause?.mended).toBe(false);
		expect(registration.cause?.attempt).toBe(2);
	});
});

describe('one fault in many attempts', () => {
	const attempts = Array.from({ length: 20 }, (_, index) => refused(index * 40, index + 1, 503));
	const registration = diagnosed(attempts.join(''));

	it('is one cause, of the last attempt', () => {
		expect(registration.attempts).toHaveLength(20);
		expect(registration.cause?.attempt).toBe(20);
	});

	it('is not repeated among the findings', () => {
		expect(fatal(registration)).toEqual([]);
	});
});

describe('two faults in two attempts', () => {
	it('are the cause of the last one and a finding of the first', () => {
		const registration = diagnosed(refused(0, 1, 503) + refused(60, 2, 403));
		expect(registration.cause?.id).toBe('forbidden-before-challenge');
		expect(fatal(registration).map(({ id, mended }) => [id, mended])).toEqual([
			['server-overloaded', false],
		]);
	});
});

describe('the findings of a registration', () => {
	it('stand with the gravest first', () => {
		const { findings } = diagnosed(refused(0, 1, 404) + refused(60, 2, 503));
		expect(findings.map(({ severity }) => severity)).toEqual(['fatal', 'risk', 'risk', 'info']);
	});
});

describe('a status that is not usual for a REGISTER', () => {
	it.each([
		[402, 'The account is blocked for payment.'],
		[480, 'The user cannot be served for the moment.'],
		[486, 'Belongs to calls; as the answer to a REGISTER it is a fault of the server.'],
		[499, 'No standard says what that means'],
	])('%i is named with its meaning and the words of the server', (status, meaning) => {
		const refusal = answered(request(), 0.02, {
			status,
			headers: ['Reason: SIP;text="line 7 is locked"'],
		});
		const cause = analyseTranscript(sent(request(), 0) + refusal).registrations[0]?.cause;
		expect(cause?.id).toBe('undetermined');
		expect(cause?.summary).toContain(`answers ${status}`);
		expect(cause?.summary).toContain(meaning);
		expect(cause?.summary).toContain('line 7 is locked');
		expect(cause?.fix.map(({ who }) => who)).toContain('provider');
	});
});

describe('a failure that no rule explains', () => {
	it('has the cause undetermined, with the last answer as evidence', () => {
		const { cause } = diagnosed(refused(0, 1, 499));
		expect(cause?.id).toBe('undetermined');
		expect(cause?.severity).toBe('fatal');
		expect(cause?.evidence.map(({ text }) => text).join()).toContain('499');
	});

	it('says what would decide it where a rule cannot tell', () => {
		const first = request();
		const answer = request({ cseq: 2, headers: [credentials('n1')] });
		const text =
			sent(first, 0) +
			challenged(first, 0.03, 'n1') +
			sent(answer, 0.05) +
			answered(answer, 0.08, { status: 403 });
		const { cause, cannotTell } = diagnosed(text);
		expect(cause?.id).toBe('undetermined');
		expect(cannotTell.map(({ id }) => id)).toContain('forbidden-after-authentication');
		expect(cause?.fix[0]?.what).toContain('--accounts');
	});

	it('of a probe that sent nothing has nothing to point at, and is open', () => {
		const { outcome, cause } = diagnosed('# probe sip:1001@example.com\n');
		expect(outcome).toBe('open');
		expect(cause).toBeUndefined();
	});
});

describe('every finding', () => {
	it('names frames that are in the transcript', () => {
		const text = succeeded(0, 1) + refused(60, 2, 503) + refused(120, 3, 403);
		const { cause, findings } = diagnosed(text);
		for (const { evidence } of cause === undefined ? findings : [cause, ...findings])
			for (const { frame } of evidence) expect([1, 2, 3, 4, 5, 6]).toContain(frame);
	});

	it('shows no response= and no password', () => {
		const first = request();
		const answer = request({ cseq: 2, headers: [credentials('n1')] });
		const text =
			sent(first, 0) +
			challenged(first, 0.03, 'n1') +
			sent(answer, 0.05) +
			challenged(answer, 0.08, 'n2') +
			'# account 1001 hunter2\n';
		const { cause, findings, cannotTell } = diagnosed(text);
		const told = JSON.stringify({ cause, findings, cannotTell });
		expect(cause?.id).toBe('wrong-password');
		expect(told).not.toContain('hunter2');
		expect(told).not.toContain('0123456789abcdef');
	});
});

describe('a digest', () => {
	it('is checked for every copy on every leg', () => {
		const first = request();
		const answer = request({ cseq: 2, headers: [credentials('n1')] });
		const outside = { ...answer, client: '198.51.100.7:41022' };
		const text = [
			...[sent(first, 0), challenged(first, 0.03, 'n1')],
			...[sent(answer, 0.05), sent(outside, 0.0505), sent(answer, 0.55), sent(outside, 0.5505)],
			...[challenged(outside, 0.6, 'n2'), challenged(answer, 0.6005, 'n2')],
		];
		const { digestChecks } = diagnosed(`# account 1001 secret\n${text.join('')}`);
		expect([...digestChecks].map(([{ frame }, verdict]) => [frame, verdict])).toEqual([
			[3, 'does-not-verify'],
			[5, 'does-not-verify'],
			[4, 'does-not-verify'],
			[6, 'does-not-verify'],
		]);
	});
});

describe('an analysis', () => {
	it('says whose word the vantage is', () => {
		const input = readTranscript(succeeded(0, 1));
		const [source] = analyse({ ...input, vantage: 'server' }).sources;
		expect(source?.vantage).toBe('server');
		expect(source?.vantageReason).toBe('given by the user');
	});

	it('takes a probe for the client', () => {
		const { sources } = analyseTranscript(`# probe sip:1001@example.com\n${succeeded(0, 1)}`);
		expect(sources[0]?.vantage).toBe('client');
	});

	it('has the response time of every transaction, ascending', () => {
		const slow = request({ cseq: 2 });
		const text = `${sent(slow, 60)}${accepted(slow, 60.5)}`;
		expect(analyseTranscript(succeeded(0, 1) + text).responseTimesMs).toEqual([30, 500]);
	});
});
