/*
 * What of a SIP message stays the same when the phone says the same again: all of it but the values that are made anew
 * each time and that nobody but an echo ever reads (branch, tags, Call-ID, sequence number, nonces, dates).
 */

/** Names of parameters whose value is made anew; each with its equals sign. */
const TOKEN_PARAMETERS: readonly string[] = [
	'branch=',
	'tag=',
	'nonce=',
	'cnonce=',
	'response=',
	'nc=',
	'opaque=',
];

/** By the first character of the name, as every separator is looked behind. */
const BY_INITIAL: readonly (readonly string[] | undefined)[] = Array.from(
	{ length: 128 },
	(_, code) => {
		const names = TOKEN_PARAMETERS.filter((name) => name.charCodeAt(0) === code);
		return names.length === 0 ? undefined : names;
	},
);

/** Header fields whose whole value is made anew. */
const TOKEN_FIELDS = /^(?:call-id|i|cseq|date|timestamp)$/i;

const SEED = 0x811c_9dc5;
const PRIME = 0x0100_0193;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const SEMICOLON = 0x3b;
const GREATER = 0x3e;

/** A number of 32 bits that two messages share where they differ in such values only (FNV-1a). */
export function skeletonOf(wire: string): number {
	let hash = SEED;
	let at = 0;
	while (at < wire.length) {
		const code = wire.charCodeAt(at);
		hash = Math.imul(hash ^ code, PRIME);
		at += 1;
		if (code === LF) at = behindTokenField(wire, at);
		else if (code === SEMICOLON || code === SPACE || code === COMMA) {
			const value = tokenValueAt(wire, at);
			if (value > 0) at = behindValue(wire, value);
		}
	}
	return hash;
}

/** Mixes a number into a hash. */
export function mixed(hash: number, value: number): number {
	return Math.imul(hash ^ value, PRIME) ^ (hash >>> 15);
}

/** Mixes a text into a hash. */
export function mixedText(hash: number, text: string): number {
	let result = hash;
	for (let at = 0; at < text.length; at += 1)
		result = Math.imul(result ^ text.charCodeAt(at), PRIME);
	return result;
}

/** The end of the line at `at` where its whole value is made anew, else `at`. */
export function behindTokenField(wire: string, at: number): number {
	switch (wire.charCodeAt(at) | 0x20) {
		case 0x63: // c
		case 0x64: // d
		case 0x69: // i
		case 0x74: {
			// t
			// Contact, Content-Length and To are none of them, and nearly all the rest.
			if (wire.startsWith('Cont', at) || wire.startsWith('To:', at)) return at;
			const colon = wire.indexOf(':', at);
			if (colon < 0 || colon - at > 12 || !TOKEN_FIELDS.test(wire.slice(at, colon))) return at;
			const feed = wire.indexOf('\n', colon);
			return feed < 0 ? wire.length : feed;
		}
		default:
			return at;
	}
}

/** Where the value of a parameter that is made anew begins; 0 where none is at `at`. */
export function tokenValueAt(wire: string, at: number): number {
	const names = BY_INITIAL[wire.charCodeAt(at)];
	if (names === undefined) return 0;
	for (const name of names) if (wire.startsWith(name, at)) return at + name.length;
	return 0;
}

export function behindValue(wire: string, start: number): number {
	let at = start;
	if (wire.charCodeAt(at) === QUOTE) {
		const quote = wire.indexOf('"', at + 1);
		return quote < 0 ? wire.length : quote;
	}
	while (at < wire.length && !isEnd(wire.charCodeAt(at))) at += 1;
	return at;
}

export function isEnd(code: number): boolean {
	switch (code) {
		case CR:
		case LF:
		case SPACE:
		case COMMA:
		case COLON:
		case SEMICOLON:
		case GREATER:
			return true;
		default:
			return false;
	}
}
