import { describe, expect, it } from 'vitest';
import { Nonces } from '../../src/reflector/nonces.js';

const NOW = 1_795_000_000_000_000;
const SECOND = 1_000_000;

describe('a nonce of the reflector', () => {
	const nonces = new Nonces(Buffer.alloc(32, 7), 60);
	const nonce = nonces.issue('192.0.2.1', NOW);

	it('is known again, without being kept', () => {
		expect(nonces.read(nonce, '192.0.2.1', NOW + 59 * SECOND)).toBe('current');
		expect(nonces.read(nonce, '192.0.2.1', NOW + 62 * SECOND)).toBe('expired');
	});

	it('belongs to the address it was given to', () => {
		expect(nonces.read(nonce, '192.0.2.2', NOW)).toBe('foreign');
	});

	it('cannot be made without the key', () => {
		const other = new Nonces(Buffer.alloc(32, 8), 60);
		expect(nonces.read(other.issue('192.0.2.1', NOW), '192.0.2.1', NOW)).toBe('foreign');
		for (const made of ['', 'x', '0'.repeat(17), nonce.slice(0, -1)]) {
			expect(nonces.read(made, '192.0.2.1', NOW)).toBe('foreign');
		}
	});
});
