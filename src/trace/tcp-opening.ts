/* What a connection carries, told by the first bytes of the side that speaks first and never by its port. */

/** `undecided` while more bytes are needed; `text` is SIP, or nothing we read. */
export type Opening = 'undecided' | 'tls' | 'http' | 'hep' | 'text';

/** What these begin with; no two with the same byte. */
const WORDS = [
	['GET ', 'http'],
	['HEP3', 'hep'],
] as const;

/** Decides by as few bytes as possible, so that it never depends on how they were cut into segments. */
export function openingOf(bytes: Uint8Array): Opening {
	if (bytes.length === 0) return 'undecided';
	if (bytes[0] === 0x16) {
		// A handshake record of SSL 3.0 to TLS 1.3 (RFC 8446 §5.1).
		if (bytes.length === 1) return 'undecided';
		return bytes[1] === 3 ? 'tls' : 'text';
	}
	for (const [word, opening] of WORDS) {
		if (bytes[0] === word.charCodeAt(0)) return beginsWith(bytes, word, opening);
	}
	return 'text';
}

function beginsWith(bytes: Uint8Array, word: string, opening: Opening): Opening {
	for (let at = 0; at < Math.min(bytes.length, word.length); at += 1) {
		if (bytes[at] !== word.charCodeAt(at)) return 'text';
	}
	return bytes.length < word.length ? 'undecided' : opening;
}
