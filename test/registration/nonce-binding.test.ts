/* What registrars tie a nonce to; the forms are those of nonce-clock. */
import { describe, expect, it } from 'vitest';
import { authenticationSteps } from '../../src/registration/authentication.js';
import { nonceTie } from '../../src/registration/nonce-binding.js';
import { answered, request, sent } from '../support/exchange.js';
import { theRegistration } from './reading.js';

/** 2026-01-01T00:00:00Z, the time of every transcript. */
const NOW = 1_767_225_600;

function ties(nonce: string): readonly string[] {
	const register = request();
	const headers = [`WWW-Authenticate: Digest realm="example.com", nonce="${nonce}"`];
	const text = sent(register, 0) + answered(register, 0.1, { status: 401, headers });
	const steps = theRegistration(text, 10).attempts.flatMap(authenticationSteps);
	return (['source-address', 'call-id'] as const).map((what) =>
		nonceTie(what, nonce, steps, NOW * 1_000_000),
	);
}

function kamailio(length: number): string {
	const raw = Buffer.alloc(length, 7);
	raw.writeUInt32BE(NOW + 300, 0);
	raw.writeUInt32BE(NOW, 4);
	return raw.toString('base64');
}

describe('a nonce', () => {
	it('of Asterisk PJSIP is tied to the source address', () => {
		expect(ties(`${NOW}/f85de967c1acc254f0d2d47780416160`)).toEqual(['tied', 'free']);
	});

	it('of chan_sip is tied to the Call-ID', () => {
		expect(ties('1e0d4a3d')).toEqual(['may', 'tied']);
	});

	it('of Kamailio is tied where it holds a second hash, and else free', () => {
		expect(ties(kamailio(40))).toEqual(['tied', 'tied']);
		expect(ties(kamailio(24))).toEqual(['free', 'free']);
	});

	it('of FreeSWITCH is free', () => {
		expect(ties('634df9bc-54d5-431f-8dc7-66cb556fe12e')).toEqual(['free', 'free']);
	});

	it('of an unknown registrar may be tied to anything', () => {
		expect(ties('c2a1f0e83b7d')).toEqual(['may', 'may']);
	});
});
