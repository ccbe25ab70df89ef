/* Which registrar answered, by the form of its nonce; the nonces marked real were seen on the wire. */
import { describe, expect, it } from 'vitest';
import { authenticationSteps } from '../../src/registration/authentication.js';
import { type RegistrarKind, registrarFingerprint } from '../../src/registration/fingerprint.js';
import { answered, request, sent } from '../support/exchange.js';
import { theRegistration } from './reading.js';

/** 2026-01-01T00:00:00Z, the time of every transcript. */
const NOW = 1_767_225_600;

function kindOf(nonce: string, realm = 'example.com', server?: string): RegistrarKind | undefined {
	const register = request();
	const headers = [
		`WWW-Authenticate: Digest realm="${realm}", nonce="${nonce}"`,
		...(server === undefined ? [] : [`Server: ${server}`]),
	];
	const text = sent(register, 0) + answered(register, 0.1, { status: 401, headers });
	const steps = theRegistration(text, 10).attempts.flatMap(authenticationSteps);
	return registrarFingerprint(steps)?.kind;
}

/** A nonce of Kamailio: expiry and issue as big-endian seconds, then a digest. */
function kamailioNonce(issued: number, lifetime: number, length = 24): string {
	const raw = Buffer.alloc(length, 7);
	raw.writeUInt32BE(issued + lifetime, 0);
	raw.writeUInt32BE(issued, 4);
	return raw.toString('base64');
}

describe('the registrar', () => {
	it('is Asterisk PJSIP where the nonce is an epoch and 32 hex digits', () => {
		expect(kindOf('1700000000/f85de967c1acc254f0d2d47780416160')).toBe('asterisk-pjsip');
	});

	it('is chan_sip where the nonce is 8 hex digits (real)', () => {
		expect(kindOf('1e0d4a3d')).toBe('asterisk-chan-sip');
	});

	it('is FreeSWITCH where the nonce is a UUID (real)', () => {
		expect(kindOf('634df9bc-54d5-431f-8dc7-66cb556fe12e')).toBe('freeswitch');
	});

	it('is a FRITZ!Box where the realm is its own and the nonce 16 hex digits (real)', () => {
		expect(kindOf('00A24F3DE3202F6C', 'fritz.box')).toBe('fritzbox');
	});

	it('is not a FRITZ!Box by the nonce alone', () => {
		expect(kindOf('00A24F3DE3202F6C')).toBeUndefined();
	});

	it('is OpenSIPS where the nonce is 33 bytes that end in zero (real)', () => {
		expect(kindOf('wd19LK9h2ixZleBlNkl0ObkYCx0LROKA+tos/vCEilAA')).toBe('opensips');
		expect(kindOf('Sg0dKZHIwBmsBG7KZQkhyLeU2ZNxk5toPlm6Pnlbz40A')).toBe('opensips');
	});

	it('is Kamailio where the nonce holds the time of issue and a lifetime, in every length', () => {
		for (const length of [24, 29, 40, 45])
			expect(kindOf(kamailioNonce(NOW - 10, 300, length)), String(length)).toBe('kamailio');
	});

	it('is not Kamailio where the time in the nonce is far from the time of the capture', () => {
		expect(kindOf('ZVPyLGVT8QAAAQIDBAUGBwgJCgsMDQ4P')).toBeUndefined();
	});

	it('is not Kamailio where the lifetime is none', () => {
		expect(kindOf(kamailioNonce(NOW, 0))).toBeUndefined();
	});

	it('is not known by 16 random bytes (real)', () => {
		expect(kindOf('PaGS0Fz+BuHFUlp+i6numQ==')).toBeUndefined();
	});

	it('is not OpenSIPS by the 32 bytes of an AKA challenge', () => {
		expect(kindOf('I1U8vpY3qJ0hiuZNrke/NVXzKLQ1d7m5Sp/6w1Tfr7M=')).toBeUndefined();
	});

	it('is read from the Server header field where the nonce says nothing', () => {
		expect(kindOf('random-nonce', 'example.com', 'kamailio (5.8.4 (x86_64/linux))')).toBe(
			'kamailio',
		);
		expect(kindOf('random-nonce', 'example.com', 'FreeSWITCH-mod_sofia/1.10')).toBe('freeswitch');
	});

	it('is read from the nonce first: an SBC writes a Server header field of its own', () => {
		expect(kindOf('1e0d4a3d', 'example.com', 'OpenSIPS (3.4)')).toBe('asterisk-chan-sip');
	});
});
