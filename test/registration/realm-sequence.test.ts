/* One realm, two that both want an answer, or one that varies. */
import { describe, expect, it } from 'vitest';
import { authenticationSteps } from '../../src/registration/authentication.js';
import {
	isRegistrarsOnly,
	realmChanges,
	realmSteps,
} from '../../src/registration/realm-sequence.js';
import { answered, request, sent } from '../support/exchange.js';
import { theRegistration } from './reading.js';

/** A REGISTER for each challenge line. */
function stepsFor(...challenges: readonly string[]) {
	const text = challenges.map((line, index) => {
		const register = request({ cseq: index + 1 });
		const status = line.startsWith('Proxy') ? 407 : 401;
		return sent(register, index) + answered(register, index + 0.1, { status, headers: [line] });
	});
	return theRegistration(text.join(''), 60).attempts.flatMap(authenticationSteps);
}

const www = (realm: string) => `WWW-Authenticate: Digest realm="${realm}", nonce="n"`;
const proxy = (realm: string) => `Proxy-Authenticate: Digest realm="${realm}", nonce="n"`;

describe('the realms of the challenges', () => {
	it('change as often as one differs from the one before', () => {
		expect(realmChanges(realmSteps(stepsFor(www('a'), www('a'))))).toBe(0);
		expect(realmChanges(realmSteps(stepsFor(www('a'), www('b'), www('a'))))).toBe(2);
	});

	it('may be those of registrars alone', () => {
		expect(isRegistrarsOnly(realmSteps(stepsFor(www('a'), www('b'))))).toBe(true);
		expect(isRegistrarsOnly(realmSteps(stepsFor(proxy('a'), www('b'))))).toBe(false);
	});

	it('are not told where one response asks for two', () => {
		expect(realmSteps(stepsFor(`${www('a')}\nWWW-Authenticate: Digest realm="b"`))).toEqual([]);
	});
});
