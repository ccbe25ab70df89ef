/* Design §2, registration and attempt: whose REGISTERs belong together, and where an attempt ends. */
import { describe, expect, it } from 'vitest';
import {
	accepted,
	answered,
	challenged,
	credentials,
	type Request,
	request,
	sent,
} from '../support/exchange.js';
import { registrationsIn, theRegistration } from './reading.js';

/** A REGISTER that is accepted at once. */
function accept(at: number, parts: Partial<Request>): string {
	const register = request({ branch: `z9hG4bKat${at}`, ...parts });
	return sent(register, at) + accepted(register, at + 0.03);
}

const instance = (name: string): Partial<Request> => ({
	contact: `<sip:1001@192.168.1.10:5060>;+sip.instance="<urn:uuid:${name}>"`,
});
const count = (...texts: readonly string[]): number => registrationsIn(texts.join(''), 7200).length;

describe('one registration', () => {
	it('is one instance, whatever its Call-IDs and addresses', () => {
		const later = {
			...instance('a'),
			callId: 'call-2',
			client: '192.168.1.99:5060',
			userAgent: 'New',
		};
		expect(count(accept(0, instance('a')), accept(60, later))).toBe(1);
	});

	it('is one Call-ID', () => {
		expect(count(accept(0, {}), accept(60, { cseq: 2 }), accept(120, { cseq: 3 }))).toBe(1);
	});

	it('is one Call-ID also where a removal names no instance', () => {
		const removal = { contact: '*', expires: 0 };
		expect(
			count(
				accept(0, { cseq: 1, ...removal }),
				accept(1, { cseq: 2, ...instance('a') }),
				accept(60, { cseq: 3, ...removal }),
			),
		).toBe(1);
	});

	it('is one Call-ID whose address changed in between', () => {
		const before = { client: '198.51.100.7:41022' };
		expect(count(accept(0, before), accept(60, { cseq: 2, client: '198.51.100.99:1024' }))).toBe(1);
	});

	it('is an answer to the nonce of a REGISTER with another Call-ID', () => {
		const first = request({ userAgent: 'One' });
		const answer = request({
			...{ cseq: 2, callId: 'call-2', userAgent: 'Two', client: '192.168.1.99:5060' },
			headers: [credentials('n1')],
		});
		const text = [
			sent(first, 0),
			challenged(first, 0.03, 'n1'),
			sent(answer, 0.05),
			accepted(answer, 0.1),
		];
		expect(count(...text)).toBe(1);
	});

	it('is one host and User-Agent that starts anew with another Call-ID', () => {
		expect(count(accept(0, {}), accept(60, { callId: 'call-2' }))).toBe(1);
	});
});

describe('two registrations', () => {
	it('are two addresses-of-record of one phone', () => {
		expect(
			count(accept(0, {}), accept(60, { aor: 'sip:1002@example.com', callId: 'call-2' })),
		).toBe(2);
	});

	it('are two instances, even on one host with one Call-ID', () => {
		expect(count(accept(0, instance('a')), accept(60, { ...instance('b'), cseq: 2 }))).toBe(2);
	});

	it('are two Call-IDs of one host and User-Agent that overlap in time', () => {
		const other = { callId: 'call-2' };
		expect(
			count(
				accept(0, {}),
				accept(30, other),
				accept(60, { cseq: 2 }),
				accept(90, { ...other, cseq: 2 }),
			),
		).toBe(2);
	});

	it('are a phone that was replaced on a shared address while the other went on', () => {
		const old = accept(0, { callId: 'old' });
		const other = [
			accept(1, { callId: 'other', cseq: 1 }),
			accept(500, { callId: 'other', cseq: 2 }),
		];
		const fresh = [
			accept(100, { callId: 'new', cseq: 1 }),
			accept(600, { callId: 'new', cseq: 2 }),
		];
		expect(count(old, ...other, ...fresh)).toBe(2);
	});

	it('are two User-Agents on one host', () => {
		expect(count(accept(0, {}), accept(60, { callId: 'call-2', userAgent: 'Other/1.0' }))).toBe(2);
	});

	it('are two phones that a registrar gave one nonce within the same second', () => {
		const register = (at: number, parts: Partial<Request>): string => {
			const first = request({ branch: `z9hG4bKa${at}`, cseq: 1, ...parts });
			const answer = request({
				...{ branch: `z9hG4bKb${at}`, cseq: 2, headers: [credentials('n1')] },
				...parts,
			});
			return [
				sent(first, at) + challenged(first, at + 0.01, 'n1'),
				sent(answer, at + 0.02) + accepted(answer, at + 0.03),
			].join('');
		};
		const other = { callId: 'call-2', userAgent: 'Other/1.0', client: '192.168.1.10:5062' };
		expect(count(register(0, {}), register(0.4, other))).toBe(2);
	});

	it('are two hosts with one cloned Call-ID at the same time', () => {
		const clone = { client: '192.168.1.99:5060' };
		expect(
			count(
				accept(0, { cseq: 1 }),
				accept(1, { ...clone, cseq: 1 }),
				accept(60, { cseq: 2 }),
				accept(61, { ...clone, cseq: 2 }),
			),
		).toBe(2);
	});
});

describe('the address-of-record', () => {
	const aorOf = (aor: string): string | undefined => theRegistration(accept(0, { aor }), 1).aor;

	it('has no parameters, a lower-case host, an unescaped user and no default port', () => {
		expect(aorOf('sip:%31001@EXAMPLE.com:5060;transport=udp')).toBe('sip:1001@example.com');
	});

	it('keeps a port that is not the default', () => {
		expect(aorOf('sip:1001@example.com:5070')).toBe('sip:1001@example.com:5070');
	});

	it('keeps the case of the user', () => {
		expect(aorOf('sip:Alice@example.com')).toBe('sip:Alice@example.com');
	});
});

describe('an attempt', () => {
	const attempts = (text: string, until = 7200): readonly string[] =>
		theRegistration(text, until).attempts.map(({ outcome }) => outcome);
	const ended = (at: number, cseq: number, status: number): string => {
		const register = request({ cseq });
		return sent(register, at) + answered(register, at + 0.03, { status });
	};

	it('ends with a 2xx', () => {
		expect(attempts(accept(0, {}) + accept(60, { cseq: 2 }))).toEqual(['registered', 'registered']);
	});

	it('ends with a refusal', () => {
		expect(attempts(ended(0, 1, 403) + ended(1, 2, 403))).toEqual(['rejected', 'rejected']);
	});

	it('does not end with a 401, 407, 423, 494 or 3xx', () => {
		for (const status of [401, 407, 423, 494, 302])
			expect(attempts(ended(0, 1, status) + ended(1, 2, 403)), String(status)).toEqual([
				'rejected',
			]);
	});

	it('does not end with a new Call-ID after a challenge', () => {
		const first = request();
		const answer = request({ cseq: 2, callId: 'call-2', headers: [credentials('n1')] });
		const text =
			sent(first, 0) + challenged(first, 0.03, 'n1') + sent(answer, 0.05) + accepted(answer, 0.1);
		expect(attempts(text)).toEqual(['registered']);
	});

	it('ends where the phone takes back what was refused, and what was not answered', () => {
		const removal = (at: number) => {
			const own = request({ cseq: 9, expires: 0 });
			return sent(own, at) + accepted(own, at + 0.03, []);
		};
		const refused = theRegistration(ended(0, 1, 423) + removal(10), 100);
		expect(refused.attempts.map(({ outcome }) => outcome)).toEqual(['rejected', 'unregistered']);
		expect([refused.outcome, refused.finalStatus]).toEqual(['rejected', 423]);
		const copies = [0, 0.5, 1.5, 3.5, 7.5].map((at) => sent(request(), at));
		expect(attempts(copies.join('') + removal(10), 100)).toEqual(['unanswered', 'unregistered']);
		// A phone that is switched off waits no longer for what may be on its way.
		expect(attempts(copies.slice(0, 3).join('') + removal(2), 100)).toEqual([
			'open',
			'unregistered',
		]);
		// Many phones begin with it.
		expect(
			attempts(ended(0, 1, 401).replaceAll('Expires: 3600', 'Expires: 0') + removal(1)),
		).toEqual(['unregistered']);
	});

	it('ends with 32 seconds of silence', () => {
		expect(attempts(ended(0, 1, 401) + ended(33, 2, 403))).toEqual(['challenged', 'rejected']);
	});

	it('goes on with the answer to its challenge, however late', () => {
		const first = request();
		const late = (at: number, nonce: string) => {
			const answer = request({ cseq: 2, headers: [credentials(nonce)] });
			return sent(answer, at) + accepted(answer, at + 0.03);
		};
		const begun = sent(first, 0) + challenged(first, 0.03, 'n1');
		expect(attempts(begun + late(45, 'n1'))).toEqual(['registered']);
		expect(attempts(begun + late(45, 'n2'))).toEqual(['challenged', 'registered']);
	});

	it('does not go on with credentials that are tried again after a refusal', () => {
		const first = request();
		const answer = request({ cseq: 2, headers: [credentials('n1')] });
		const again = request({ cseq: 3, headers: [credentials('n2')] });
		const text =
			sent(first, 0) +
			challenged(first, 0.03, 'n1') +
			sent(answer, 0.05) +
			challenged(answer, 0.08, 'n2') +
			sent(again, 60) +
			challenged(again, 60.03, 'n3');
		expect(attempts(text)).toEqual(['rejected', 'rejected']);
	});

	it('goes on within 32 seconds', () => {
		expect(attempts(sent(request(), 0) + ended(31, 2, 403))).toEqual(['rejected']);
	});

	it('is open where the capture ends before the time is over that an answer took before', () => {
		const late = (seconds: number) => {
			const [first, second] = [request(), request({ cseq: 2 })];
			const copies = [60, 60.5, 61.5, 63.5].map((at) => sent(second, at));
			return [sent(first, 0), answered(first, seconds, { status: 408 }), ...copies].join('');
		};
		expect(attempts(late(29.9), 67.5)).toEqual(['rejected', 'open']);
		expect(attempts(late(29.9), 93)).toEqual(['rejected', 'unanswered']);
		expect(attempts(late(0.03), 67.5)).toEqual(['rejected', 'unanswered']);
	});

	it('is open while a phone asks a dead server anew behind which another one has answered', () => {
		const dead = { server: '203.0.113.6:5060' };
		const copies = (first: number, parts: Partial<Request>) =>
			[0, 0.5, 1.5, 3.5, 7.5, 11.5].map((at) => sent(request(parts), first + at)).join('');
		const alive = request({ branch: 'z9hG4bKalive' });
		const before = copies(0, dead) + sent(alive, 32) + challenged(alive, 32.03, 'n1');
		const again = { ...dead, cseq: 2, headers: [credentials('n1')] };
		expect(attempts(before + copies(32.1, again), 50)).toEqual(['open']);
		expect(attempts(before + copies(32.1, again), 65)).toEqual(['unanswered']);
		// The other one has not answered either.
		const both = copies(0, dead) + copies(32, { branch: 'z9hG4bKalive' });
		expect(attempts(both, 50)).toEqual(['unanswered']);
	});

	it('is unanswered where the phone gave up sooner than an answer took before', () => {
		const [first, second, third] = [request(), request({ cseq: 2 }), request({ cseq: 3 })];
		const copies = [60, 60.5, 61.5].map((at) => sent(second, at));
		const text = [
			...[sent(first, 0), answered(first, 29.9, { status: 408 }), ...copies],
			...[sent(third, 95), answered(third, 95.1, { status: 403 })],
		];
		expect(attempts(text.join(''), 100)).toEqual(['rejected', 'unanswered', 'rejected']);
	});

	it('that failed before and one that registered are numbered in order', () => {
		const { attempts: all, outcome } = theRegistration(
			ended(0, 1, 503) + accept(60, { cseq: 2 }),
			100,
		);
		expect(all.map(({ number }) => number)).toEqual([1, 2]);
		expect(outcome).toBe('registered');
	});
});
