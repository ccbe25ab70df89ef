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

/** The algorithm of that name, in any case; absent means MD5 (RFC 7616 §3.3). Undefined where we do not know it. */
export function findAlgorithm(name: string | undefined): DigestAlgorithm | undefined {
	const [, base = '', session] = /^(.*?)(-sess)?$/is.exec(name ?? 'MD5') ?? [];
	const known = HASHES.find((candidate) => candidate.hash === base.toUpperCase());
	if (known === undefined) return undefined;
	const isSession = session !== undefined;
	return { ...known, session: isSession, name: isSession ? `${known.hash}-sess` : known.hash };
}

/** OpenSSL's names. `sha512-256` is SHA-512/256 with its own initial values, not SHA-512 cut short (FIPS 180-4 §5.3.6). */
const OPENSSL_NAMES: Readonly<Record<HashName, string>> = {
	MD5: 'md5',
	'SHA-256': 'sha256',
	'SHA-512-256': 'sha512-256',
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant.
const ASCII = /^[\x00-\x7f]*$/;

/** The hash in lower-case hex. Text is hashed as Latin-1: one character is one byte of the wire. */
export function hashHex(algorithm: DigestAlgorithm, data: string | Uint8Array): string {
	const isText = typeof data === 'string';
	// Of ASCII the bytes are the same in UTF-8, which is what a text is hashed as without a copy.
	const bytes = isText && !ASCII.test(data) ? Buffer.from(data, 'latin1') : data;
	return hash(OPENSSL_NAMES[algorithm.hash], bytes, 'hex');
}
