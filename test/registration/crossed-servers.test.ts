/* Who challenged and who refused. */
import { describe, expect, it } from 'vitest';
import { authenticationSteps } from '../../src/registration/authentication.js';
import { crossedRounds, foreignNonceSteps } from '../../src/registration/crossed-servers.js';
import { accepted, answered, credentials, request, sent } from '../support/exchange.js';
import { theRegistration } from './reading.js';

interface Turn {
	readonly at: number;
	readonly server?: string;
	/** Nonce of the credentials. */
	readonly uses?: string;
	/** Nonce of the 401; a 200 without. */
	readonly offers?: string;
	readonly name?: string;
}

const A = '203.0.113.5:5060';
const B = '203.0.113.6:5060';

function told(turns: readonly Turn[]) {
	const text = turns.map(({ at, server = A, uses, offers, name }, index) => {
		const headers = uses === undefined ? [] : [credentials(uses)];
		const register = request({ cseq: index + 1, server, headers });
		const answer =
			offers === undefined
				? accepted(register, at + 0.03)
				: answered(register, at + 0.03, {
						status: 401,
						headers: [
							`WWW-Authenticate: Digest realm="example.com", nonce="${offers}"`,
							...(name === undefined ? [] : [`Server: ${name}`]),
						],
					});
		return sent(register, at) + answer;
	});
	const registration = theRegistration(text.join(''), 5000);
	const attempt = registration.attempts.at(-1);
	if (attempt === undefined) throw new Error('no attempt');
	return [attempt, authenticationSteps(attempt), registration] as const;
}

describe('an answer to another server', () => {
	it('is seen by the address that it went to', () => {
		const [crossing] = crossedRounds(
			...told([
				{ at: 0, offers: 'a1' },
				{ at: 1, server: B, uses: 'a1', offers: 'b1' },
			]),
		);
		expect(crossing?.differs).toEqual([
			{ kind: 'address', challenger: '203.0.113.5', refuser: '203.0.113.6' },
		]);
	});

	it('is seen by what the servers call themselves', () => {
		const [crossing] = crossedRounds(
			...told([
				{ at: 0, offers: 'a1', name: 'edge-a' },
				{ at: 1, uses: 'a1', offers: 'b1', name: 'edge-b' },
			]),
		);
		expect(crossing?.differs).toEqual([
			{ kind: 'name', challenger: '"edge-a"', refuser: '"edge-b"' },
		]);
	});

	it('is none where the server that challenged refused as well', () => {
		const turns = told([
			{ at: 0, offers: 'a1' },
			{ at: 1, uses: 'a1', offers: 'a2' },
			{ at: 2, server: B, uses: 'a2', offers: 'b1' },
		]);
		expect(crossedRounds(...turns)).toEqual([]);
	});

	it('is no matter where the two take the nonces of each other', () => {
		const turns = told([
			{ at: 0, offers: 'a1' },
			{ at: 1, server: B, uses: 'a1' },
			{ at: 1000, offers: 'a2' },
			{ at: 1001, server: B, uses: 'a2', offers: 'b1' },
		]);
		expect(crossedRounds(...turns)).toEqual([]);
	});
});

describe('a nonce that nobody here gave', () => {
	it('is told of where there are two of them', () => {
		const turns = told([
			{ at: 0, uses: 'x1x1x1x1', offers: 'a1a1a1a1' },
			{ at: 1, uses: 'y2y2y2y2', offers: 'b2b2b2b2' },
		]);
		expect(foreignNonceSteps(...turns)).toHaveLength(2);
	});

	it('is not told of where it is one and the same', () => {
		const turns = told([
			{ at: 0, uses: 'x1x1x1x1', offers: 'a1a1a1a1' },
			{ at: 1, uses: 'x1x1x1x1', offers: 'b2b2b2b2' },
		]);
		expect(foreignNonceSteps(...turns)).toEqual([]);
	});

	it('is none where it is one of those here, cut or in other letters', () => {
		const turns = told([
			{ at: 0, offers: 'a1B2c3D4e5' },
			{ at: 1, uses: 'A1B2C3D4E5', offers: 'f6A7b8C9d0' },
			{ at: 2, uses: 'f6A7b8', offers: 'c2a1f0e83b' },
		]);
		expect(foreignNonceSteps(...turns)).toEqual([]);
	});
});
