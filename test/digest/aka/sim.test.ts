/* A SIM of TS 35.208 set 1; AUTS and responses as in aka.test.ts. */
import { describe, expect, it } from 'vitest';
import { askSim, isAka } from '../../../src/digest/aka/sim.js';
import { answerWithKey } from '../../../src/digest/answer.js';
import { challenge } from '../credentials.js';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const KEY = {
	k: bytes('465b5ce8b199b49faa5f0a2ee238a6bc'),
	opc: bytes('cd63cb71954a9f4e48a5994e37a02baf'),
};
const REALM = 'ims.mnc001.mcc001.3gppnetwork.org';
const USERNAME = `001010123456789@${REALM}`;
const OFFER = challenge({
	realm: REALM,
	nonce: 'I1U8vpY3qJ0hiuZNrke/NVXzKLQ1d7m5Sp/6w1Tfr7M=',
	algorithm: 'AKAv1-MD5',
	qop: [],
});

function responseTo(sqn: string | undefined, algorithm = 'AKAv1-MD5'): string {
	const offer = { ...OFFER, algorithm };
	const highest = sqn === undefined ? undefined : bytes(sqn);
	const key = askSim({ key: KEY, sqn: highest }, offer, USERNAME);
	if (key?.kind !== 'answered') throw new Error(`not answered: ${key?.kind}`);
	const answer = answerWithKey(
		{
			...{ challenge: offer, username: USERNAME, method: 'REGISTER', uri: `sip:${REALM}` },
			...{ body: new Uint8Array(0), cnonce: '0a4f113b', nc: 1 },
		},
		key,
	);
	return answer.kind === 'answered' ? answer.value : answer.because;
}

describe('a SIM', () => {
	it.each([
		['AKAv1-MD5', '486f3ee163ac4a424493c7ee626d3794'],
		['AKAv2-MD5', '8975deb6a8bfc100292443870426e9f8'],
	])('answers %s', (algorithm, response) => {
		const value = responseTo(undefined, algorithm);
		expect(value).toContain(`response="${response}"`);
		expect(value).toContain(`algorithm=${algorithm}`);
		expect(value).not.toContain('auts');
	});

	it('answers an SQN above its own', () => {
		expect(responseTo('ff9bb4d0b606')).toContain('response="486f3ee163ac4a424493c7ee626d3794"');
	});

	it.each(['ff9bb4d0b607', 'ff9bb4d0b609'])(
		'says its own SQN %s to an older one, with an empty password',
		(sqn) => {
			const value = responseTo(sqn);
			expect(value).toContain('response="180933893eb8c4519e87ae2c9d5a1955"');
			expect(value).toMatch(/auts="[A-Za-z0-9+/]{19}="/);
			if (sqn === 'ff9bb4d0b609') expect(value).toContain('auts="uoU/PBIy0uNWPTJRKfY="');
		},
	);

	it('says nothing to a network that has another key', () => {
		const key = { ...KEY, k: bytes('00'.repeat(16)) };
		expect(askSim({ key, sqn: undefined }, OFFER, USERNAME)).toMatchObject({ kind: 'wrong-mac' });
	});

	it('does not take any nonce for RAND and AUTN', () => {
		const offer = { ...OFFER, nonce: 'abc' };
		expect(askSim({ key: KEY, sqn: undefined }, offer, USERNAME)).toEqual({ kind: 'no-aka-nonce' });
	});

	it('is not asked by a challenge of MD5', () => {
		expect(askSim({ key: KEY, sqn: undefined }, challenge(), USERNAME)).toBeUndefined();
		expect([isAka('AKAv1-MD5'), isAka('AKAv9-X'), isAka('MD5'), isAka(undefined)]).toEqual([
			...[true, true, false, false],
		]);
	});
});
