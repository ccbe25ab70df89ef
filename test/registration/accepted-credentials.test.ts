/* Who was let in, found by the text of a REGISTER and not by reading all of them: the same as reading all of them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DigestCredentials } from '../../src/digest/digest.js';
import { AcceptedCredentials } from '../../src/registration/accepted-credentials.js';
import { authenticationStep } from '../../src/registration/authentication.js';
import type { RegisterTransaction } from '../../src/registration/registration.js';
import { accepted, answered, request, sent } from '../support/exchange.js';
import { readTranscript } from '../support/transcript.js';

function transactionsOf(text: string): readonly RegisterTransaction[] {
	return readTranscript(`# until 100\n${text}`).source.transactions;
}

/** REGISTERs one second apart, each with these header fields, all accepted. */
function acceptedWith(...headers: readonly string[]): readonly RegisterTransaction[] {
	return transactionsOf(
		headers
			.map((header, index) => {
				const register = request({ cseq: index + 1, headers: [header] });
				return sent(register, index) + accepted(register, index + 0.1);
			})
			.join(''),
	);
}

const RESPONSE = 'nonce="n", uri="sip:example.com", response="0123456789abcdef0123456789abcdef"';
const credentials = (names: string) => `Authorization: Digest ${names}, ${RESPONSE}`;

/** A name that is not written counts as an empty one. */
function namesOf({ usernameExtended, username = '', realm = '' }: DigestCredentials): string {
	return JSON.stringify([usernameExtended ?? username, realm]);
}

describe('the accepted credentials of a source', () => {
	it('are those of the last REGISTER of a user', () => {
		const one = credentials('username="1001", realm="example.com"');
		const found = new AcceptedCredentials(acceptedWith(one, one)).lastOf('1001', 'example.com');
		expect(found?.request.frame).toBe(3);
	});

	it('are told apart by realm', () => {
		const all = new AcceptedCredentials(
			acceptedWith(
				credentials('username="1001", realm="a"'),
				credentials('username="1001", realm="b"'),
			),
		);
		expect(all.lastOf('1001', 'a')?.request.frame).toBe(1);
		expect(all.lastOf('1001', 'c')).toBeUndefined();
		expect(all.realms()).toEqual(['a', 'b']);
	});

	it('are not those of a REGISTER that was refused', () => {
		const register = request({ headers: [credentials('username="1001", realm="a"')] });
		const text = sent(register, 0) + answered(register, 0.1, { status: 403 });
		const all = new AcceptedCredentials(transactionsOf(text));
		expect(all.lastOf('1001', 'a')).toBeUndefined();
		expect(all.realms()).toEqual([]);
	});

	it('are the same as if every REGISTER was read, however it is written', () => {
		const name = fc.constantFrom('1001', '1002', 'a b', '10\\01', '10\\"01', '');
		const names = fc.constantFrom('username', 'Username', 'USERNAME', 'username*', 'x-username');
		const written = fc.oneof(
			fc
				.tuple(names, name, fc.constantFrom('realm', 'Realm'), name)
				.map(([a, user, b, realm]) => credentials(`${a}="${user}", ${b}="${realm}"`)),
			fc
				.tuple(name, name)
				.map(([one, other]) => credentials(`username="${one}", username="${other}", realm="a"`)),
			name.map((user) => `X-Test: a\nProxy-${credentials(`username="${user}", realm="b"`)}`),
			name.map((user) => `X-Name: username="1001"\n${credentials(`realm="a",username="${user}"`)}`),
			fc.constant(credentials('username=1001, realm=a')),
			fc.constant(credentials('username*=UTF-8\'\'1001, realm="a"')),
		);
		fc.assert(
			fc.property(fc.array(written, { minLength: 1, maxLength: 6 }), (headers) => {
				const transactions = acceptedWith(...headers);
				const all = new AcceptedCredentials(transactions);
				const read = transactions.flatMap((transaction) => {
					const { credentials: every, request: from } = authenticationStep(transaction);
					return every.map(({ digest }) => ({ digest, from }));
				});
				for (const { digest } of read) {
					const alike = read.filter((one) => namesOf(one.digest) === namesOf(digest));
					const found = all.lastOf(digest.usernameExtended ?? digest.username, digest.realm);
					expect(found?.request.frame).toBe(alike.at(-1)?.from.frame);
				}
			}),
			{ numRuns: 150 },
		);
	});
});
