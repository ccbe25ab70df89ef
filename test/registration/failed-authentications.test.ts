import { describe, expect, it } from 'vitest';
import { failedAuthenticationsBefore } from '../../src/registration/failed-authentications.js';
import {
	accepted,
	answered,
	challenged,
	credentials,
	type Request,
	request,
	sent,
} from '../support/exchange.js';
import { theRegistration } from './reading.js';

/** Counts what was refused before the last REGISTER of the transcript. */
function failures(...events: readonly string[]): number {
	const registration = theRegistration(events.join(''), 100);
	const attempt = registration.attempts.at(-1);
	if (attempt === undefined) throw new Error('no attempt');
	return failedAuthenticationsBefore(attempt, registration).length;
}

function withCredentials(cseq: number, parts: Partial<Request> = {}): Request {
	return request({ cseq, headers: [credentials(`n${cseq}`)], ...parts });
}

function refused(cseq: number, more = ''): string {
	const register = withCredentials(cseq);
	return sent(register, cseq) + challenged(register, cseq + 0.03, `n${cseq + 1}`, more);
}

const SILENT_ONE = sent(request({ cseq: 9 }), 9);

describe('failed authentications', () => {
	it('are the credentials that were challenged again', () => {
		expect(failures(refused(1), refused(2), refused(3), SILENT_ONE)).toBe(3);
	});

	it('are those that were forbidden', () => {
		const register = withCredentials(1);
		const forbidden = answered(register, 1.03, { status: 403 });
		expect(failures(sent(register, 1), forbidden, SILENT_ONE)).toBe(1);
	});

	it('are not the challenge to a REGISTER without credentials', () => {
		const register = request({ cseq: 1 });
		expect(failures(sent(register, 1), challenged(register, 1.03, 'n2'), SILENT_ONE)).toBe(0);
	});

	it('are not those refused for an old nonce', () => {
		expect(failures(refused(1, ', stale=true'), refused(2), SILENT_ONE)).toBe(1);
	});

	it('begin anew after a success', () => {
		const register = withCredentials(3);
		const success = sent(register, 3) + accepted(register, 3.03);
		expect(failures(refused(1), refused(2), success, refused(4), SILENT_ONE)).toBe(1);
	});

	it('of another server do not count', () => {
		const elsewhere = sent(request({ cseq: 9, server: '203.0.113.9:5060' }), 9);
		expect(failures(refused(1), refused(2), elsewhere)).toBe(0);
	});
});

describe('failed authentications that were let go', () => {
	it('are counted with the one that is kept', () => {
		const registration = theRegistration(refused(1) + SILENT_ONE, 100);
		const attempts = registration.attempts.map((attempt) => ({ ...attempt, repeated: 4 }));
		const last = attempts.at(-1);
		if (last === undefined) throw new Error('no attempt');
		const [failure] = failedAuthenticationsBefore(last, { ...registration, attempts });
		expect(failure?.times).toBe(5);
	});
});
