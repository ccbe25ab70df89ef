import { hash } from 'node:crypto';
import { type DigestAlgorithm, findAlgorithm, isAscii } from '../algorithm.js';
import type { HashForm } from './alteration.js';

/** A hash as the search computes it. */
export interface SearchHash {
	/** `MD5`, `SHA-512 cut to 256 bits`. */
	readonly name: string;
	readonly openssl: string;
	readonly hexLength: number;
	/** OpenSSL gives more digits than are used. */
	readonly cut: boolean;
}

const HASHES: readonly SearchHash[] = [
	{ name: 'MD5', openssl: 'md5', hexLength: 32, cut: false },
	{ name: 'SHA-256', openssl: 'sha256', hexLength: 64, cut: false },
	{ name: 'SHA-512-256', openssl: 'sha512-256', hexLength: 64, cut: false },
	// Read into the printed example of RFC 7616 §3.9.2 (erratum 4897): other initial values, so another hash.
	{ name: 'SHA-512 cut to 256 bits', openssl: 'sha512', hexLength: 64, cut: true },
];

/** Lower-case hex of bytes, or of a text in ASCII. */
export function searchHex(
	{ openssl, cut, hexLength }: SearchHash,
	bytes: Uint8Array | string,
): string {
	const hex = hash(openssl, bytes, 'hex');
	return cut ? hex.slice(0, hexLength) : hex;
}

/** Lower-case hex of wire text. */
export function searchHexOfText(search: SearchHash, text: string): string {
	return searchHex(search, isAscii(text) ? text : Buffer.from(text, 'latin1'));
}

/** The hash that an algorithm names. */
export function hashOf({ hash: name }: DigestAlgorithm): SearchHash | undefined {
	return HASHES.find((one) => one.name === name);
}

/** The other hashes whose responses have this many digits. */
export function algorithmForms(written: string | undefined, hexLength: number): HashForm[] {
	const known = findAlgorithm(written);
	return HASHES.filter((one) => one.hexLength === hexLength && one.name !== known?.hash).map(
		(one) => ({
			family: 'algorithm',
			// A response of another length than the algorithm written has shows by itself.
			name:
				written === undefined || known?.hexLength === hexLength ? 'another-hash' : 'another-length',
			words: `with ${one.name} in place of ${written ?? 'MD5'}`,
			hashed: one.name,
			hash: one,
		}),
	);
}
