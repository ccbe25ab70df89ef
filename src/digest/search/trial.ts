/*
 * One computation of a response, cut so that the search repeats little of it: HA1 in hex on one side, all behind it as
 * text on the other, and one hash for each pair.
 */
import { isAscii } from '../algorithm.js';
import type { A2Inputs, Identity, Remainder } from './alteration.js';
import { type SearchHash, searchHex, searchHexOfText } from './search-hash.js';

/** HA1 in lower-case hex. */
export function identityHa1({ secret, username, realm }: Identity, hash: SearchHash): string {
	if (secret.kind === 'ha1') return secret.ha1;
	const before = `${username}:${realm}:`;
	const ha1 = searchHexOfText(hash, before + secret.text);
	return secret.kind === 'text' ? ha1 : searchHexOfText(hash, before + ha1);
}

/** All of a response but HA1, ready to be hashed with one. */
export interface PreparedRemainder {
	readonly hash: SearchHash;
	/** What follows HA1: `:nonce…:HA2`. */
	readonly tail: string;
	/** What follows it in the step of -sess. */
	readonly sessionTail: string | undefined;
	/** Of both; text beyond it has to be turned into bytes for each trial. */
	readonly ascii: boolean;
	readonly upperCase: boolean;
}

/** Prepares remainders of one request; the same A2 is hashed once, however often nonce and formula change. */
export type Prepare = (remainder: Remainder, hash: SearchHash) => PreparedRemainder;

export function prepareFor(body: Uint8Array): Prepare {
	const known = new Map<SearchHash, WeakMap<A2Inputs, string>>();
	return (remainder, hash) => {
		const ofHash = known.get(hash) ?? new WeakMap<A2Inputs, string>();
		known.set(hash, ofHash);
		const ha2 = ofHash.get(remainder.a2) ?? hashA2(remainder.a2, body, hash);
		ofHash.set(remainder.a2, ha2);
		return prepared(remainder, ha2, hash);
	};
}

function prepared(
	{ nonce, nc, cnonce, qop, session, upperCase }: Remainder,
	ha2: string,
	hash: SearchHash,
): PreparedRemainder {
	const middle = qop === undefined ? nonce : `${nonce}:${nc}:${cnonce}:${qop}`;
	return {
		hash,
		tail: `:${middle}:${upperCase === 'both' ? ha2.toUpperCase() : ha2}`,
		sessionTail: session ? `:${nonce}:${cnonce}` : undefined,
		ascii: isAscii(middle) && (!session || isAscii(cnonce)),
		upperCase: upperCase !== 'none',
	};
}

/** HA2 in lower-case hex. */
function hashA2({ method, uri, entity }: A2Inputs, body: Uint8Array, hash: SearchHash): string {
	const hashed = entity === 'body' ? body : new Uint8Array();
	const end = entity === 'none' ? '' : `:${searchHex(hash, hashed)}`;
	return searchHexOfText(hash, `${method}:${uri}${end}`);
}

/** The response in lower-case hex. */
export function trialResponse(ha1: string, prepared: PreparedRemainder): string {
	const { hash, tail, sessionTail, ascii, upperCase } = prepared;
	let key = upperCase ? ha1.toUpperCase() : ha1;
	if (sessionTail !== undefined) key = hexOf(hash, key + sessionTail, ascii);
	return hexOf(hash, key + tail, ascii);
}

function hexOf(hash: SearchHash, text: string, ascii: boolean): string {
	return searchHex(hash, ascii ? text : Buffer.from(text, 'latin1'));
}
