/* 3GPP TS 35.208 test sets 1 and 3, and REGISTERs derived from set 1. */
import { describe, expect, it } from 'vitest';
import {
	akaPassword,
	answerAka,
	decodeAkaNonce,
	decodeAuts,
	findAkaAlgorithm,
} from '../../../src/digest/aka/aka.js';
import { deriveOpc, milenage } from '../../../src/digest/aka/milenage.js';
import { computeHa1, computeResponse } from '../../../src/digest/compute.js';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex');

const SETS = [
	{
		name: 'set 1',
		k: '465b5ce8b199b49faa5f0a2ee238a6bc',
		rand: '23553cbe9637a89d218ae64dae47bf35',
		sqn: 'ff9bb4d0b607',
		amf: 'b9b9',
		op: 'cdc202d5123e20f62b6d676ac72cb318',
		opc: 'cd63cb71954a9f4e48a5994e37a02baf',
		out: {
			macA: '4a9ffac354dfafb3',
			macS: '01cfaf9ec4e871e9',
			res: 'a54211d5e3ba50bf',
			ck: 'b40ba9a3c58b2a05bbf0d987b21bf8cb',
			ik: 'f769bcd751044604127672711c6d3441',
			ak: 'aa689c648370',
			akResync: '451e8beca43b',
		},
	},
	{
		name: 'set 3',
		k: 'fec86ba6eb707ed08905757b1bb44b8f',
		rand: '9f7c8d021accf4db213ccff0c7f71a6a',
		sqn: '9d0277595ffc',
		amf: '725c',
		op: 'dbc59adcb6f9a0ef735477b7fadf8374',
		opc: '1006020f0a478bf6b699f15c062e42b3',
		out: {
			macA: '9cabc3e99baf7281',
			macS: '95814ba2b3044324',
			res: '8011c48c0c214ed2',
			ck: '5dbdbb2954e8f3cde665b046179a5098',
			ik: '59a92d3b476a0443487055cf88b2307b',
			ak: '33484dc2136b',
			akResync: 'deacdd848cc6',
		},
	},
] as const;

describe.each(SETS)('Milenage, TS 35.208 $name', ({ k, op, opc, rand, sqn, amf, out }) => {
	it('derives OPc from OP', () => {
		expect(hex(deriveOpc(bytes(k), bytes(op)))).toBe(opc);
	});

	it('gives f1 to f5*', () => {
		const key = { k: bytes(k), opc: bytes(opc) };
		const output = milenage(key, bytes(rand), bytes(sqn), bytes(amf));
		expect(Object.fromEntries(Object.entries(output).map(([name, it]) => [name, hex(it)]))).toEqual(
			out,
		);
	});
});

const KEY = { k: bytes(SETS[0].k), opc: bytes(SETS[0].opc) };
const NONCE = 'I1U8vpY3qJ0hiuZNrke/NVXzKLQ1d7m5Sp/6w1Tfr7M=';
const REALM = 'ims.mnc001.mcc001.3gppnetwork.org';
const USERNAME = `001010123456789@${REALM}`;

function responseOf(name: string, password?: Uint8Array, qop?: string): string {
	const algorithm = findAkaAlgorithm(name);
	const challenge = decodeAkaNonce(NONCE);
	if (algorithm === undefined || challenge === undefined) throw new Error('not decoded');
	const secret = password ?? akaPassword(algorithm, answerAka(KEY, challenge));
	const { digest } = algorithm;
	return computeResponse({
		algorithm: digest,
		ha1: computeHa1({ algorithm: digest, username: USERNAME, realm: REALM, password: secret }),
		...{ method: 'REGISTER', uri: `sip:${REALM}`, nonce: NONCE, body: new Uint8Array() },
		...{ qop, nc: '00000001', cnonce: '0a4f113b' },
	});
}

describe('AKA in digest', () => {
	it('decodes RAND, AUTN and server data of a nonce', () => {
		const challenge = decodeAkaNonce('I1U8vpY3qJ0hiuZNrke/NVXzKLQ1d7m5Sp/6w1Tfr7MBAgME');
		if (challenge === undefined) throw new Error('not decoded');
		expect(hex(challenge.rand)).toBe(SETS[0].rand);
		expect(hex(challenge.hiddenSqn)).toBe('55f328b43577');
		expect(hex(challenge.amf)).toBe('b9b9');
		expect(hex(challenge.mac)).toBe(SETS[0].out.macA);
		expect(hex(challenge.serverData)).toBe('01020304');
	});

	it('finds the SQN, and that the network knows K', () => {
		const challenge = decodeAkaNonce(NONCE);
		if (challenge === undefined) throw new Error('not decoded');
		const answer = answerAka(KEY, challenge);
		expect(hex(answer.sqn)).toBe(SETS[0].sqn);
		expect(answer.macMatches).toBe(true);
		const foreign = { k: bytes(SETS[1].k), opc: KEY.opc };
		expect(answerAka(foreign, challenge).macMatches).toBe(false);
	});

	it('gives the responses of AKAv1-MD5 with RES as the password', () => {
		expect(responseOf('AKAv1-MD5')).toBe('486f3ee163ac4a424493c7ee626d3794');
		expect(responseOf('AKAv1-MD5', undefined, 'auth')).toBe('cbefdcc54c81aa658d67da2fba29638c');
	});

	it('gives the responses of AKAv2-MD5 with a hash of RES, IK and CK', () => {
		expect(responseOf('AKAv2-MD5')).toBe('8975deb6a8bfc100292443870426e9f8');
		expect(responseOf('AKAv2-MD5', undefined, 'auth')).toBe('8bcf53b701e7803582f4167efb760cd0');
	});

	it('decodes AUTS, whose response has an empty password', () => {
		const challenge = { rand: bytes(SETS[0].rand) };
		const auts = decodeAuts('uoU/PBIy0uNWPTJRKfY=', KEY, challenge);
		expect(auts && hex(auts.sqn)).toBe('ff9bb4d0b609');
		expect(auts?.macMatches).toBe(true);
		expect(responseOf('AKAv1-MD5', new Uint8Array())).toBe('180933893eb8c4519e87ae2c9d5a1955');
	});

	it.each(['', 'abc', 'not base64!', 'YWJj'])('does not take "%s" for a nonce of AKA', (nonce) => {
		expect(decodeAkaNonce(nonce)).toBeUndefined();
	});

	it.each(['MD5', 'AKAv3-MD5', 'AKAv1-', undefined])(
		'does not take %s for an algorithm',
		(name) => {
			expect(findAkaAlgorithm(name)).toBeUndefined();
		},
	);

	it('refuses parts of another length', () => {
		const six = new Uint8Array(6);
		expect(() => milenage(KEY, six, six, new Uint8Array(2))).toThrow(RangeError);
	});
});
