/* With any password: what was done to it is found, another one never is, and no result holds it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Hashed, planted, search } from './planted.js';

/** At least 8 characters, so that it is in no word of ours by chance. */
const password = fc
	.string({ unit: 'grapheme-ascii', minLength: 8, maxLength: 24 })
	.filter((text) => text.trim() === text);

const alteration = fc.constantFrom<(given: string) => Hashed>(
	(given) => ({ password: `${given} ` }),
	(given) => ({ password: `${given}\r\n` }),
	(given) => ({ password: given.toUpperCase() }),
	(given) => ({ password: given.slice(0, -1) }),
	(given) => ({ password: `"${given}"` }),
	(given) => ({ password: given, realm: 'asterisk' }),
	(given) => ({ password: given, uri: 'sip:sip.example.com:5060' }),
	(given) => ({ password: given, qop: undefined }),
	(given) => ({ password: given, method: 'INVITE' }),
	(given) => ({ password: `${given} `, realm: 'asterisk' }),
);

describe('the search with any password', () => {
	it('finds what was done, and the result holds nothing of the password', () => {
		fc.assert(
			fc.property(password, alteration, (given, alter) => {
				const result = search(planted(alter(given)), given);
				expect(['found', 'verifies']).toContain(result.kind);
				const told = JSON.stringify(result);
				expect(told).not.toContain(JSON.stringify(given).slice(1, -1));
				expect(told).not.toContain(given.slice(0, 8));
			}),
			{ numRuns: 150 },
		);
	});

	it('finds nothing where the password is another one', () => {
		// Of letters that the other has not, and two lengths apart: no alteration leads from one to the other.
		const other = fc.stringMatching(/^[g-m]{9,20}$/);
		const given = fc.stringMatching(/^[N-Z2-9]{8,30}$/);
		fc.assert(
			fc.property(given, other, (one, another) => {
				const result = search(planted({ password: another }), one);
				expect(result).toMatchObject({ kind: 'not-found', stoppedBy: undefined });
			}),
			{ numRuns: 25 },
		);
	});

	it('never throws on credentials of any kind', () => {
		const text = fc.string({ unit: 'binary', maxLength: 20 });
		fc.assert(
			fc.property(text, text, text, text, text, (username, realm, uri, nonce, given) => {
				const request = planted({ password: 'x y z' }, { username, realm, uri, nonce });
				search(request, given);
			}),
			{ numRuns: 25 },
		);
	});
});
