/* Design §1: which account is searched with, on which attempts, and what a search may cost. */
import { describe, expect, it } from 'vitest';
import { answerChallenge } from '../../src/digest/answer.js';
import { AcceptedCredentials } from '../../src/registration/accepted-credentials.js';
import type { Account } from '../../src/registration/account.js';
import { authenticationSteps } from '../../src/registration/authentication.js';
import { type DigestSearch, DigestSearcher } from '../../src/registration/digest-search.js';
import type { Registration } from '../../src/registration/registration.js';
import { challenge } from '../digest/credentials.js';
import { accepted, answered, challenged, request, sent } from '../support/exchange.js';
import { theRegistration } from './reading.js';

const account = (password: string, username = '1001'): Account => ({
	...{ username, realm: undefined, aor: undefined },
	secret: { kind: 'password', password },
});

/** The Authorization of a phone that has this password. */
function authorization(nonce: string, password: string): string {
	const answer = answerChallenge({
		challenge: challenge({ realm: 'example.com', nonce }),
		secret: { kind: 'password', password },
		...{ username: '1001', method: 'REGISTER', uri: 'sip:example.com', nc: 1 },
		...{ body: new Uint8Array(), cnonce: 'c1' },
	});
	if (answer.kind !== 'answered') throw new Error(answer.because);
	return `Authorization: ${answer.value}`;
}

/** A phone that answers challenge after challenge with one password, each refused; ten seconds between the attempts. */
function refused(password: string, attempts = 1, status = 401): Registration {
	const text = Array.from({ length: attempts }, (_, index) => {
		const at = index * 40;
		const first = request({ cseq: 2 * index + 1 });
		const nonce = `n${index}`;
		const headers = [authorization(nonce, password)];
		const second = request({ cseq: 2 * index + 2, headers });
		const end =
			status === 401
				? challenged(second, at + 0.3, `m${index}`)
				: answered(second, at + 0.3, { status });
		return [sent(first, at), challenged(first, at + 0.1, nonce), sent(second, at + 0.2), end].join(
			'',
		);
	}).join('');
	return theRegistration(text, attempts * 40);
}

function searchAll(
	registration: Registration,
	accounts: readonly Account[],
	searcher = new DigestSearcher(),
): readonly DigestSearch[] {
	return registration.attempts.map((attempt) =>
		searcher.search({
			...{ registration, attempt, accounts },
			steps: authenticationSteps(attempt),
			accepted: () => new AcceptedCredentials(attempt.transactions),
		}),
	);
}

describe('the digest search of an attempt', () => {
	it('says what was altered, and in which REGISTER', () => {
		const [search] = searchAll(refused('s3cret '), [account('s3cret')]);
		expect(search).toMatchObject({
			kind: 'found',
			words: 'with a blank behind the password',
			agrees: true,
		});
		expect(search?.kind === 'found' && search.requests.map(({ frame }) => frame)).toEqual([3]);
	});

	it('says that everything was tried in vain', () => {
		const [search] = searchAll(refused('tigerlily'), [account('s3cret')]);
		expect(search).toMatchObject({ kind: 'not-found', complete: true });
	});

	it('is not made where the response verifies', () => {
		const [search] = searchAll(refused('s3cret'), [account('s3cret')]);
		expect(search).toEqual({ kind: 'not-searched', because: 'the response verifies' });
	});

	it('is not made without an account', () => {
		expect(searchAll(refused('s3cret'), [])).toEqual([
			{ kind: 'not-searched', because: 'no account was given' },
		]);
	});

	it('is not made on an attempt that registered', () => {
		const first = request();
		const second = request({ cseq: 2, headers: [authorization('n', 'S3CRET')] });
		const text = [sent(first, 0), challenged(first, 0.1, 'n'), sent(second, 0.2)].join('');
		const registration = theRegistration(text + accepted(second, 0.3), 10);
		expect(searchAll(registration, [account('s3cret')])).toEqual([
			{ kind: 'not-searched', because: 'no credentials were refused' },
		]);
	});

	it('takes a match with an account of another name, where it is the only one', () => {
		const [search] = searchAll(refused('s3cret '), [account('s3cret', 'somebody')]);
		expect(search?.kind).toBe('found');
	});

	it('takes no miss with an account of another name', () => {
		const [search] = searchAll(refused('tigerlily'), [account('s3cret', 'somebody')]);
		expect(search).toEqual({ kind: 'not-searched', because: 'no account fits this user' });
	});

	it('tries every account that fits', () => {
		const [search] = searchAll(refused('s3cret '), [account('old'), account('s3cret')]);
		expect(search).toMatchObject({ kind: 'found', account: account('s3cret') });
	});
});

describe('the limits of the searches of one analysis', () => {
	it('leave out attempts that fail as those before them did', () => {
		const kinds = searchAll(refused('s3cret ', 6), [account('s3cret')]).map(({ kind }) => kind);
		expect(kinds).toEqual(['found', 'found', 'found', 'found-before', 'found-before', 'found']);
	});

	it('say of such an attempt that the search was not complete where nothing was found', () => {
		const searches = searchAll(refused('tigerlily', 5), [account('s3cret')]);
		expect(searches[3]).toEqual({ kind: 'not-found', complete: false, trials: 0 });
		expect(searches[4]).toMatchObject({ kind: 'not-found', complete: true });
	});

	it('make a second look at the same attempt free', () => {
		const searcher = new DigestSearcher();
		const registration = refused('tigerlily');
		const [first] = searchAll(registration, [account('s3cret')], searcher);
		const [second] = searchAll(registration, [account('s3cret')], searcher);
		expect(second).toBe(first);
	});

	it('leave only single changes once they are reached, and say so', () => {
		const searcher = new DigestSearcher(undefined, 1000);
		const accounts = [account('correct;horse "battery" st&ple')];
		const [first] = searchAll(refused('tigerlily'), accounts, searcher);
		expect(first).toMatchObject({ kind: 'not-found', complete: true });
		const [second] = searchAll(refused('sunflower'), accounts, searcher);
		expect(second).toMatchObject({ kind: 'not-found', complete: false });
		expect(second?.kind === 'not-found' && second.trials).toBeLessThan(500);
		const [third] = searchAll(refused('correct'), accounts, searcher);
		expect(third).toMatchObject({ kind: 'found', words: 'with the password cut at ";"' });
	});

	it('hold for the time of all searches as well', () => {
		let clock = 0;
		const searcher = new DigestSearcher(() => {
			clock += 400;
			return clock;
		});
		const searches = Array.from(
			{ length: 8 },
			(_, index) => searchAll(refused(`tigerlily${index}`), [account('s3cret')], searcher)[0],
		);
		expect(searches.at(-1)).toMatchObject({ kind: 'not-found', complete: false });
	});
});
