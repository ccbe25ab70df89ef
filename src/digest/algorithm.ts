import { hash } from 'node:crypto';

type HashName = 'MD5' | 'SHA-256' | 'SHA-512-256';

/** A digest algorithm (RFC 7616 §3.3, RFC 8760 §2.2). */
export interface DigestAlgorithm {
	/** As registered: `MD5`, `SHA-256-sess`. */
	readonly name: string;
	readonly hash: HashName;
	/** The -sess variant: A1 takes in the nonce and cnonce of the session's first request. */
	readonly session: boolean;
	/** Hex digits of a response. */
	readonly hexLength: number;
}

const HASHES: readonly { readonly hash: HashName; readonly hexLength: number }[] = [
	{ hash: 'MD5', hexLength: 32 },
	{ hash: 'SHA-256', hexLength: 64 },
	{ hash: 'SHA-512-256', hexLength: 64 },
];

/** By name in upper case. */
const ALGORITHMS: ReadonlyMap<string, DigestAlgorithm> = new Map(
	HASHES.flatMap((known) => [
		{ ...known, session: false, name: known.hash },
		{ ...known, session: true, name: `${known.hash}-sess` },
	]).map((algorithm) => [algorithm.name.toUpperCase(), algorithm]),
);

/** The algorithm of that name, in any case; absent means MD5 (RFC 7616 §3.3). Undefined where we do not know it. */
export function findAlgorithm(name: string | undefined): DigestAlgorithm | undefined {
	return ALGORITHMS.get((name ?? 'MD5').toUpperCase());
}

/** OpenSSL's names. `sha512-256` is SHA-512/256 with its own initial values, not SHA-512 cut short (FIPS 180-4 §5.3.6). */
const OPENSSL_NAMES: Readonly<Record<HashName, string>> = {
	MD5: 'md5',
	'SHA-256': 'sha256',
	'SHA-512-256': 'sha512-256',
};

/** The hash in lower-case hex. Text is hashed as Latin-1: one character is one byte of the wire. */
export function hashHex(algorithm: DigestAlgorithm, data: string | Uint8Array): string {
	// Node hashes a text as UTF-8, which of ASCII alone is the same.
	const isText = typeof data === 'string' && !isAscii(data);
	return hash(OPENSSL_NAMES[algorithm.hash], isText ? Buffer.from(data, 'latin1') : data, 'hex');
}

/** Whether Latin-1 and UTF-8 have the same bytes for it. */
export function isAscii(text: string): boolean {
	return !BEYOND_ASCII.test(text);
}

const BEYOND_ASCII = /[\u0080-\uffff]/;
