import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type DigestAlgorithm, findAlgorithm } from '../../src/digest/algorithm.js';
import {
	computeHa1,
	computeHa2,
	computeResponse,
	computeSessionHa1,
	computeUserhash,
} from '../../src/digest/compute.js';

interface Vector {
	readonly id?: string;
	readonly source?: string;
	readonly method: string;
	readonly uri: string;
	readonly username: string;
	readonly realm: string;
	readonly password?: string;
	readonly passwordEncoding?: string;
	readonly passwordHex?: string;
	readonly algorithm?: string;
	readonly nonce: string;
	readonly qop?: string;
	readonly nc?: string;
	readonly cnonce?: string;
	readonly body?: string;
	readonly response: string;
	readonly ha1?: string;
	readonly ha2?: string;
	readonly userhash?: string;
	readonly rspauth?: string;
}

const fixture = (name: string): unknown =>
	JSON.parse(readFileSync(new URL(`../../fixtures/vectors/${name}`, import.meta.url), 'utf8'));
// A parse boundary: the files are ours and have this shape.
const published = fixture('digest-vectors.json') as {
	verified: Vector[];
	notComputable: Vector[];
};
const computed = fixture('computed-digest-vectors.json') as Vector[];
const wire = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

/** AKAv1-MD5 is MD5 with RES in place of the password (RFC 3310 §3.3). */
function algorithmOf(vector: Vector): DigestAlgorithm {
	const name = vector.algorithm?.startsWith('AKAv1-') ? 'MD5' : vector.algorithm;
	const algorithm = findAlgorithm(name);
	if (algorithm === undefined) throw new Error(`unknown algorithm ${name}`);
	return algorithm;
}

function passwordOf({ password = '', passwordHex, passwordEncoding }: Vector): string | Uint8Array {
	if (passwordHex !== undefined) return Buffer.from(passwordHex, 'hex');
	return passwordEncoding === 'ISO-8859-1' ? Buffer.from(password, 'latin1') : password;
}

function inputsOf(vector: Vector) {
	const algorithm = algorithmOf(vector);
	const username = wire(vector.username);
	const password = passwordOf(vector);
	const ha1 = computeHa1({ algorithm, username, realm: vector.realm, password });
	const { method, uri, nonce, qop, nc, cnonce } = vector;
	const body = Buffer.from(vector.body ?? '', 'utf8');
	return { algorithm, ha1, method, uri, nonce, qop, nc, cnonce, body };
}

const all = [...published.verified, ...computed].map(
	(vector) => [`${vector.id ?? ''} ${vector.source ?? ''}`.trim(), vector] as const,
);

describe('digest vectors', () => {
	it('are all there', () => {
		expect(published.verified).toHaveLength(27);
		expect(computed).toHaveLength(11);
	});

	it.each(all)('compute to the printed response: %s', (_, vector) => {
		expect(computeResponse(inputsOf(vector))).toBe(vector.response);
	});

	it.each(all.filter(([, { ha1 }]) => ha1 !== undefined))('have the HA1 of %s', (_, vector) => {
		const { algorithm, ha1, nonce, cnonce = '' } = inputsOf(vector);
		const key = algorithm.session ? computeSessionHa1(algorithm, ha1, nonce, cnonce) : ha1;
		expect(key).toBe(vector.ha1);
	});

	it.each(all.filter(([, { ha2 }]) => ha2 !== undefined))('have the HA2 of %s', (_, vector) => {
		expect(computeHa2(inputsOf(vector))).toBe(vector.ha2);
	});

	it('have the userhash of RFC 7616 §3.9.2 with erratum 4897', () => {
		const vector = published.verified.find(({ userhash }) => userhash !== undefined);
		if (vector === undefined) throw new Error('no such vector');
		const username = wire(vector.username);
		const hashed = computeUserhash(algorithmOf(vector), username, vector.realm);
		expect(hashed).toBe(vector.userhash);
	});

	it('have an rspauth, the response with an empty method', () => {
		const vector = computed.find(({ rspauth }) => rspauth !== undefined);
		if (vector === undefined) throw new Error('no such vector');
		expect(computeResponse({ ...inputsOf(vector), method: '' })).toBe(vector.rspauth);
	});

	it('do not count the example of RFC 3310, which is copied from RFC 2617', () => {
		const [rfc3310] = published.notComputable;
		expect(rfc3310?.response).toBe(published.verified[0]?.response);
	});

	it('do not count the example of RFC 3665, whose response has 31 digits', () => {
		expect(published.notComputable[1]?.response).toHaveLength(31);
	});
});
