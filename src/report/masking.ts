/*
 * The last line of defence: no rule and no parser is meant to hand a secret to a report, and none gets through here.
 * What tells nothing without the secret stays readable: nonce, cnonce, realm, username, opaque.
 */

/** Stands where a secret stood. */
const MASK = '***';

const HEX_DIGEST = '[0-9a-f]{32,128}';
const SECRET_NAMES = 'password|passwd|passphrase|pwd|secret|api[-_]?key|access[-_]token|token';
const DIGEST_NAMES = 'response|rspauth|response-auth|ha1|ha2|a1';

/** Each with bounded repeats: a hostile text costs no more than its length. */
const MASKINGS: readonly (readonly [RegExp, string])[] = [
	// sip:user:password@host (RFC 3261 §19.1.1) and any other URI with userinfo.
	[
		/\b(sips?:|[a-z][a-z0-9+.-]{1,15}:\/\/)([^\s:@<>"']{0,256}):(?:(?!sips?:)[^\s<>"']){0,256}@/gi,
		`$1$2:${MASK}@`,
	],
	// response="…", ha1=…, also as a JSON member.
	[
		new RegExp(`\\b(${DIGEST_NAMES}|${SECRET_NAMES})(["']?\\s{0,4}=\\s{0,4})"[^"]{0,1024}"?`, 'gi'),
		`$1$2"${MASK}"`,
	],
	[
		new RegExp(`\\b(${DIGEST_NAMES}|${SECRET_NAMES})(\\s{0,4}=\\s{0,4})'[^']{0,1024}'?`, 'gi'),
		`$1$2'${MASK}'`,
	],
	[
		new RegExp(`\\b(${DIGEST_NAMES}|${SECRET_NAMES})(\\s{0,4}=\\s{0,4})[^\\s"',;&]{1,1024}`, 'gi'),
		`$1$2${MASK}`,
	],
	[
		new RegExp(`\\b(${SECRET_NAMES})(["']?\\s{0,4}:?\\s{0,4})(["'])[^"']{1,1024}["']`, 'gi'),
		`$1$2$3${MASK}$3`,
	],
	// The same in words: `response 0f3b…`, `HA1 is 0f3b…`.
	[
		new RegExp(`\\b(${DIGEST_NAMES})\\b([^0-9a-z]{1,8}(?:is |of )?["']?)${HEX_DIGEST}`, 'gi'),
		`$1$2${MASK}`,
	],
	[/\b(bearer\s{1,4})(?=\S{0,256}\d|\S{24})[a-z0-9._~+/-]{8,4096}={0,4}/gi, `$1${MASK}`],
	[
		/\b([Bb]asic\s{1,4})(?=\S{0,256}(?:[0-9=]|[a-z][A-Z]))[A-Za-z0-9+/]{8,4096}={0,2}/g,
		`$1${MASK}`,
	],
	// SDP security descriptions (RFC 4568 §6.1).
	[/\b(inline:)[A-Za-z0-9+/]{16,1024}={0,2}/g, `$1${MASK}`],
];

/** The text without digest responses, HA1s, passwords, tokens and keys; each replaced by `***`. */
export function maskSecrets(text: string): string {
	return MASKINGS.reduce((masked, [pattern, mask]) => masked.replace(pattern, mask), text);
}

const SECRET_FIELD = new RegExp(`\\b(${DIGEST_NAMES}|${SECRET_NAMES})$`, 'i');

/** The same for a text that says what a named field holds: `Authorization response` and its bare value. */
export function maskField(field: string, text: string): string {
	const masked = maskSecrets(text);
	if (!SECRET_FIELD.test(field.trim())) return masked;
	return masked.replace(/[0-9a-f]{16,}/gi, MASK).replace(/"[^"]*"/g, `"${MASK}"`);
}
