import { createHmac } from 'node:crypto';

/** HMAC-SHA-256 (RFC 2104) of a text, base64url: what a server writes into a nonce to know it again without keeping it. */
export function keyedHash(key: Uint8Array, text: string): string {
	return createHmac('sha256', key).update(text, 'latin1').digest('base64url');
}
