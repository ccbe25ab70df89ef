import { describe, expect, it } from 'vitest';
import { findAlgorithm, hashHex } from '../../src/digest/algorithm.js';

describe('a digest algorithm', () => {
	it('is MD5 where none is named', () => {
		expect(findAlgorithm(undefined)?.name).toBe('MD5');
	});

	it.each([
		['md5', 'MD5', 32],
		['SHA-256', 'SHA-256', 64],
		['sha-512-256', 'SHA-512-256', 64],
		['MD5-SESS', 'MD5-sess', 32],
		['SHA-256-SESS', 'SHA-256-sess', 64],
		['SHA-512-256-sess', 'SHA-512-256-sess', 64],
	])('is found by the name %s in any case', (written, name, hexLength) => {
		expect(findAlgorithm(written)).toMatchObject({ name, hexLength });
	});

	it.each(['', 'SHA-512', 'token', 'AKAv1-MD5', 'MD5-sess-sess', '-sess'])(
		'is not found by the name "%s"',
		(name) => {
			expect(findAlgorithm(name)).toBeUndefined();
		},
	);

	it('SHA-512-256 is the true SHA-512/256 and not SHA-512 cut short', () => {
		const algorithm = findAlgorithm('SHA-512-256');
		if (algorithm === undefined) throw new Error('not found');
		const expected = '53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23';
		expect(hashHex(algorithm, 'abc')).toBe(expected);
	});

	it('hashes the bytes of the wire', () => {
		const algorithm = findAlgorithm('MD5');
		if (algorithm === undefined) throw new Error('not found');
		expect(hashHex(algorithm, '\xe4')).toBe(hashHex(algorithm, Uint8Array.of(0xe4)));
	});
});
