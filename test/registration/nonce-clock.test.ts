/* What a nonce tells of its own time; the forms are those of the registrars' sources. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kamailioNonce, nonceClock } from '../../src/registration/nonce-clock.js';

/** 2026-01-01T00:00:00Z. */
const NOW = 1_767_225_600;
const SEEN_AT = NOW * 1_000_000;

function kamailio(issued: number, lifetime: number, length = 24): string {
	const raw = Buffer.alloc(length, 7);
	raw.writeUInt32BE((issued + lifetime) >>> 0, 0);
	raw.writeUInt32BE(issued, 4);
	return raw.toString('base64');
}

describe('the nonce of Kamailio', () => {
	it('says when it was made and how long it lives', () => {
		expect(nonceClock(kamailio(NOW - 10, 300), SEEN_AT)).toMatchObject({
			issuedAt: (NOW - 10) * 1_000_000,
			lifetimeMs: 300_000,
			lifetimeFrom: 'written',
		});
	});

	it('says that it is bound to the request where it holds a second hash', () => {
		expect(kamailioNonce(kamailio(NOW, 300, 24), SEEN_AT)?.isBound).toBe(false);
		expect(kamailioNonce(kamailio(NOW, 300, 29), SEEN_AT)?.isBound).toBe(false);
		expect(kamailioNonce(kamailio(NOW, 300, 40), SEEN_AT)?.isBound).toBe(true);
		expect(kamailioNonce(kamailio(NOW, 300, 45), SEEN_AT)?.isBound).toBe(true);
	});

	it('is none where the times in it are not of these days', () => {
		expect(kamailioNonce(kamailio(NOW - 200_000, 300), SEEN_AT)).toBeUndefined();
		expect(kamailioNonce(kamailio(NOW, -5), SEEN_AT)).toBeUndefined();
		expect(kamailioNonce(kamailio(NOW, 300, 32), SEEN_AT)).toBeUndefined();
	});
});

describe('the nonces of others', () => {
	it('of Asterisk says when it was made; its lifetime is the stock one', () => {
		const clock = nonceClock(`${NOW}/f85de967c1acc254f0d2d47780416160`, SEEN_AT);
		expect(clock).toMatchObject({
			...{ issuedAt: SEEN_AT, lifetimeMs: 32_000, lifetimeFrom: 'default' },
			registrar: 'Asterisk',
		});
	});

	it('of FreeSWITCH and OpenSIPS have only a stock lifetime', () => {
		expect(nonceClock('634df9bc-54d5-431f-8dc7-66cb556fe12e', SEEN_AT)).toMatchObject({
			...{ issuedAt: undefined, lifetimeMs: 60_000, registrar: 'FreeSWITCH' },
		});
		const opensips = Buffer.concat([Buffer.alloc(32, 9), Buffer.from([0])]).toString('base64');
		expect(nonceClock(opensips, SEEN_AT)).toMatchObject({ lifetimeMs: 30_000 });
	});

	it('of unknown form say nothing', () => {
		for (const nonce of ['', 'c2a1f0e83b7d', 'BroadWorksXk1', '====', '"']) {
			expect(nonceClock(nonce, SEEN_AT), nonce).toBeUndefined();
		}
	});

	it('are read without a fault, whatever they are', () => {
		const text = fc.oneof(fc.string(), fc.base64String());
		fc.assert(
			fc.property(text, (nonce) => {
				const clock = nonceClock(nonce, SEEN_AT);
				expect(clock === undefined || clock.lifetimeMs > 0).toBe(true);
			}),
		);
	});
});
