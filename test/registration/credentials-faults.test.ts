/* What is wrong with credentials by themselves (RFC 3261 §22.4), told without a word of them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { authenticationSteps } from '../../src/registration/authentication.js';
import { credentialsFaults } from '../../src/registration/credentials-faults.js';
import { answered, challenged, request, sent } from '../support/exchange.js';
import { theRegistration } from './reading.js';

function faultsOf(...headers: readonly string[]): readonly string[] {
	return found(headers).map(({ fault }) => fault);
}

function found(headers: readonly string[], more = '') {
	const first = request();
	const second = request({ cseq: 2, headers });
	const text =
		sent(first, 0) +
		challenged(first, 0.03, 'n1', more) +
		sent(second, 0.05) +
		answered(second, 0.08, { status: 401 });
	const [asked, answer] = theRegistration(text, 40).attempts.flatMap(authenticationSteps);
	if (asked === undefined || answer === undefined) throw new Error('two steps expected');
	return credentialsFaults(asked, answer);
}

const PARTS: Readonly<Record<string, string | undefined>> = {
	username: '"1001"',
	realm: '"example.com"',
	nonce: '"n1"',
	uri: '"sip:example.com"',
	response: '"0123456789abcdef0123456789abcdef"',
};

function digest(parts: Readonly<Record<string, string | undefined>> = {}): string {
	const all = Object.entries({ ...PARTS, ...parts }).filter(([, value]) => value !== undefined);
	return `Authorization: Digest ${all.map(([name, value]) => `${name}=${value}`).join(', ')}`;
}

describe('credentials', () => {
	it('in order have no fault', () => {
		expect(faultsOf(digest())).toEqual([]);
		expect(faultsOf()).toEqual([]);
	});

	it.each(Object.keys(PARTS))('without %s are of no use', (name) => {
		const [fault] = found([digest({ [name]: undefined })]);
		expect(fault?.fault).toBe(`${name} is missing`);
		expect(fault?.isUnusable).toBe(true);
	});

	it('with an empty realm are in order, with an empty username not', () => {
		expect(faultsOf(digest({ realm: '""' }))).toEqual([]);
		expect(faultsOf(digest({ username: '""' }))).toEqual(['username is missing']);
	});

	it('may name the user in the extended form', () => {
		const extended = digest({ username: undefined, 'username*': "UTF-8''J%C3%A4s" });
		expect(faultsOf(extended)).toEqual([]);
	});

	it('have a response in hexadecimal', () => {
		expect(faultsOf(digest({ response: '"MTAwMQ=="' }))[0]).toMatch(/hexadecimal/);
	});

	it('come once for a realm, unless for two algorithms', () => {
		expect(faultsOf(digest(), digest())[0]).toMatch(/^two Authorization/);
		expect(faultsOf(digest(), digest({ algorithm: 'SHA-256' }))).toEqual([]);
		expect(faultsOf(digest(), digest({ realm: '"other"' }))).toEqual([]);
	});

	it('of an IMS phone are empty at first', () => {
		expect(faultsOf(digest({ nonce: '""', response: '""' }))).toEqual([]);
	});

	it('of a SIM may have no response, as it refuses the network', () => {
		const auts = digest({ response: '""', auts: '"c3luYw=="' });
		expect(found([auts], ', algorithm=AKAv1-MD5')).toEqual([]);
	});

	it('are told of without a word that may be a secret', () => {
		const secret = fc.stringMatching(/^[a-zA-Z0-9]{6,20}q7Z$/);
		const shapes = fc.constantFrom(
			(word: string) => `Authorization: ${word}`,
			(word: string) => `Authorization: Basic ${word}`,
			(word: string) => `Authorization: Digest ${word}==`,
			(word: string) => `Authorization: ${word} realm="x"`,
			(word: string) => digest({ response: `"${word}` }),
			(word: string) => `${digest()}, ${word}=1, ${word}=2`,
			(word: string) => `${digest()} ${word}=1`,
			(word: string) => digest({ [word]: undefined, username: `"a" ${word}` }),
		);
		fc.assert(
			fc.property(secret, shapes, (word, shape) => {
				for (const fault of faultsOf(shape(word))) {
					expect(fault.toLowerCase()).not.toContain(word.toLowerCase());
				}
			}),
		);
	});
});
