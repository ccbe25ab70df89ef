/*
 * One computation of a response, cut so that the search repeats little of it: HA1 in hex on one side, all behind it as
 * bytes on the other, and one hash for each pair.
 */
import type { Identity, Remainder } from './alteration.js';
import { type SearchHash, searchHex, searchHexOfText } from './search-hash.js';

/** HA1 in lower-case hex. */
export function identityHa1({ secret, username, realm }: Identity, hash: SearchHash): string {
	if (secret.kind === 'ha1') return secret.ha1;
	const before = Buffer.from(`${username}:${realm}:`, 'latin1');
	const ha1 = searchHex(hash, Buffer.concat([before, secret.bytes]));
	if (secret.kind === 'bytes') return ha1;
	return searchHex(hash, Buffer.concat([before, Buffer.from(ha1, 'latin1')]));
}

/** All of a response but HA1, ready to be hashed with one. */
export interface PreparedRemainder {
	readonly hash: SearchHash;
	/** The first bytes are HA1's, the rest `:nonce…:HA2`. */
	readonly bytes: Buffer;
	/** The same for the step of -sess. */
	readonly session: Buffer | undefined;
	readonly upperCase: boolean;
}

export function prepareRemainder(
	remainder: Remainder,
	body: Uint8Array,
	hash: SearchHash,
): PreparedRemainder {
	const { nonce, nc, cnonce, qop, session, upperCase } = remainder;
	const middle = qop === undefined ? nonce : `${nonce}:${nc}:${cnonce}:${qop}`;
	const lower = remainderHa2(remainder, body, hash);
	const ha2 = upperCase === 'both' ? lower.toUpperCase() : lower;
	const room = '0'.repeat(hash.hexLength);
	return {
		hash,
		bytes: Buffer.from(`${room}:${middle}:${ha2}`, 'latin1'),
		session: session ? Buffer.from(`${room}:${nonce}:${cnonce}`, 'latin1') : undefined,
		upperCase: upperCase !== 'none',
	};
}

function remainderHa2(
	{ method, uri, entity }: Remainder,
	body: Uint8Array,
	hash: SearchHash,
): string {
	const hashed = entity === 'body' ? body : new Uint8Array();
	const end = entity === 'none' ? '' : `:${searchHex(hash, hashed)}`;
	return searchHexOfText(hash, `${method}:${uri}${end}`);
}

/** The response in lower-case hex. */
export function trialResponse(ha1: string, prepared: PreparedRemainder): string {
	const { hash, bytes, session, upperCase } = prepared;
	let key = upperCase ? ha1.toUpperCase() : ha1;
	if (session !== undefined) {
		session.write(key, 0, hash.hexLength, 'latin1');
		key = searchHex(hash, session);
	}
	bytes.write(key, 0, hash.hexLength, 'latin1');
	return searchHex(hash, bytes);
}
