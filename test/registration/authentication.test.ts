/* The 401 and 407 rounds of an attempt: who asked for which credentials, and what came back. */
import { describe, expect, it } from 'vitest';
import {
	type AuthenticationStep,
	answeringCredentials,
	authenticationRounds,
	authenticationSteps,
} from '../../src/registration/authentication.js';
import { roundsWithOldNonce, usesCurrentNonce } from '../../src/registration/nonce.js';
import { refusedCredentials } from '../../src/registration/refusal.js';
import { answered, challenged, credentials, request, sent } from '../support/exchange.js';
import { theRegistration } from './reading.js';

/** Each REGISTER with the nonce it answers and the nonces of the 401s it gets. */
function stepsOf(
	...turns: readonly (readonly [nonce: string | undefined, ...challenges: readonly string[]])[]
): readonly AuthenticationStep[] {
	const text = turns.map(([nonce, ...nonces], index) => {
		const headers = nonce === undefined ? [] : [credentials(nonce)];
		const register = request({ cseq: index + 1, headers });
		const answers = nonces.map((one, nth) => challenged(register, index + 0.1 * (nth + 1), one));
		return sent(register, index) + answers.join('');
	});
	return theRegistration(text.join(''), 60).attempts.flatMap(authenticationSteps);
}

const currentOf = (steps: readonly AuthenticationStep[]): readonly boolean[] =>
	authenticationRounds(steps).map(usesCurrentNonce);

describe('a round', () => {
	it('is a challenge and the credentials that come next', () => {
		expect(authenticationRounds(stepsOf([undefined, 'a'], ['a', 'b'], ['b']))).toHaveLength(2);
	});

	it('is not made by cached credentials that come first', () => {
		expect(authenticationRounds(stepsOf(['cached', 'a']))).toEqual([]);
	});

	it('is not made by a REGISTER that comes back without credentials', () => {
		expect(authenticationRounds(stepsOf([undefined, 'a'], [undefined, 'b']))).toEqual([]);
	});

	it('is answered by the credentials for the realm that was offered', () => {
		const first = request();
		const both = [credentials('x', 'sbc.example.net'), credentials('a')];
		const answer = request({ cseq: 2, headers: both });
		const text = sent(first, 0) + challenged(first, 0.1, 'a') + sent(answer, 1);
		const [round] = authenticationRounds(
			theRegistration(text, 60).attempts.flatMap(authenticationSteps),
		);
		expect(round === undefined ? undefined : answeringCredentials(round)?.nonce).toBe('a');
	});
});

describe('credentials', () => {
	it('with an empty response are none: an initial REGISTER of IMS', () => {
		const headers = [credentials('').replace(/response="\w+"/, 'response=""')];
		const { attempts } = theRegistration(sent(request({ headers }), 0), 60);
		expect(attempts.flatMap(authenticationSteps)[0]?.credentials).toEqual([]);
	});

	it('of another scheme are none', () => {
		const headers = ['Authorization: Basic MTAwMTpzZWNyZXQ='];
		const { attempts } = theRegistration(sent(request({ headers }), 0), 60);
		expect(attempts.flatMap(authenticationSteps)[0]?.credentials).toEqual([]);
	});
});

describe('the current nonce', () => {
	it('is that of the challenge right before', () => {
		expect(currentOf(stepsOf([undefined, 'a'], ['a', 'b'], ['a']))).toEqual([true, false]);
	});

	it('is any one of those that a stateless server gave to the copies', () => {
		expect(currentOf(stepsOf([undefined, 'a', 'b', 'c'], ['a']))).toEqual([true]);
		expect(currentOf(stepsOf([undefined, 'a', 'b', 'c'], ['c']))).toEqual([true]);
	});
});

describe('an old nonce', () => {
	it('is one that was issued or used before', () => {
		expect(roundsWithOldNonce(stepsOf([undefined, 'a'], ['a', 'b'], ['a', 'c']))).toHaveLength(1);
		expect(roundsWithOldNonce(stepsOf(['x', 'a'], ['x', 'b'], ['x', 'c']))).toHaveLength(2);
	});

	it('is not one that was never seen: another phone or server may have got it', () => {
		expect(roundsWithOldNonce(stepsOf([undefined, 'a'], ['unseen', 'b']))).toEqual([]);
	});
});

describe('credentials that were refused', () => {
	const refusalOf = (text: string): string | undefined => {
		const { decisive } = theRegistration(text, 60);
		if (decisive === undefined) throw new Error('no attempt');
		const refusal = refusedCredentials(decisive, authenticationSteps(decisive));
		return refusal === undefined ? undefined : `stale=${refusal.stale}`;
	};
	const first = request();
	const answer = request({ cseq: 2, headers: [credentials('a')] });
	const asked = sent(first, 0) + challenged(first, 0.1, 'a') + sent(answer, 0.2);

	it('got a 401, 403 or 407', () => {
		expect(refusalOf(asked + challenged(answer, 0.3, 'b'))).toBe('stale=false');
		expect(refusalOf(asked + answered(answer, 0.3, { status: 403 }))).toBe('stale=false');
	});

	it('were not doubted where stale=true came back', () => {
		expect(refusalOf(asked + challenged(answer, 0.3, 'b', ', stale=true'))).toBe('stale=true');
	});

	it('were not refused by another status', () => {
		expect(refusalOf(asked + answered(answer, 0.3, { status: 500 }))).toBeUndefined();
	});

	it('were not refused by the challenge of another realm', () => {
		const header = 'WWW-Authenticate: Digest realm="registrar.example.net", nonce="b"';
		const text = asked + answered(answer, 0.3, { status: 401, headers: [header] });
		expect(refusalOf(text)).toBeUndefined();
	});

	it('are not judged where the nonce was not the current one', () => {
		const old = request({ cseq: 2, headers: [credentials('z')] });
		const text = sent(first, 0) + challenged(first, 0.1, 'a') + sent(old, 0.2);
		expect(refusalOf(text + challenged(old, 0.3, 'b'))).toBeUndefined();
	});
});
