/*
 * Digest access authentication (RFC 2617, RFC 7616, RFC 8760) as values. Knows no SIP and does no I/O. Strings from
 * the wire are Latin-1, one character a byte, with the quotes of quoted-strings removed and `\x` unescaped.
 */

/** One challenge of a WWW-Authenticate or Proxy-Authenticate header field (RFC 7616 §3.3). Absent = not sent. */
export interface DigestChallenge {
	readonly realm: string | undefined;
	readonly nonce: string | undefined;
	/** As written (`MD5`, `SHA-256-sess`, …); absent means MD5. */
	readonly algorithm: string | undefined;
	/** The offered values in order, lower case; empty = no qop parameter. */
	readonly qop: readonly string[];
	readonly opaque: string | undefined;
	/** True only where `stale=true` was written, in any case. */
	readonly stale: boolean;
	readonly domain: string | undefined;
	readonly charset: string | undefined;
	readonly userhash: boolean;
	/** Every parameter as written (unquoted), names in lower case, first wins. */
	readonly parameters: ReadonlyMap<string, string>;
}

/** The credentials of an Authorization or Proxy-Authorization header field (RFC 7616 §3.4). */
export interface DigestCredentials {
	readonly username: string | undefined;
	/** RFC 7616 §3.4 `username*` decoded to UTF-8 bytes held as Latin-1; absent where `username` was used. */
	readonly usernameExtended: string | undefined;
	readonly realm: string | undefined;
	readonly nonce: string | undefined;
	readonly uri: string | undefined;
	readonly response: string | undefined;
	readonly algorithm: string | undefined;
	readonly cnonce: string | undefined;
	readonly opaque: string | undefined;
	readonly qop: string | undefined;
	/** Nonce count as written, eight hex digits where the phone obeys. */
	readonly nc: string | undefined;
	readonly userhash: boolean;
	readonly parameters: ReadonlyMap<string, string>;
}

/** A secret to verify with. `ha1` belongs to one username and realm (RFC 7616 §3.4.2). */
export type DigestSecret =
	| { readonly kind: 'password'; readonly password: string }
	| { readonly kind: 'ha1'; readonly ha1: string; readonly algorithm: string };
