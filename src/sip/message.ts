/*
 * SIP messages as values (RFC 3261 §7). Text is Latin-1, one character a byte, so that nothing from the wire is lost
 * and the digest sees the very bytes; `displayText` (sip/display-text.ts) makes it readable. This layer knows no
 * packets, no addresses and no time.
 */
import type { Malformed } from '../bytes/malformed.js';

/** One header field line, unfolded; several lines of one name stay several fields, in order. */
export interface HeaderField {
	/** As written on the wire, without the blanks before the colon. */
	readonly name: string;
	/** The full name in lower case: compact forms are expanded (`v` → `via`). */
	readonly id: string;
	/** Unfolded (RFC 3261 §7.3.1: CRLF and blanks become one space) and trimmed. */
	readonly value: string;
	/** Byte offset of the field's first character in `bytes`. */
	readonly offset: number;
}

interface MessageParts {
	readonly version: string;
	readonly headers: readonly HeaderField[];
	/** Those of `headers` with this id, for less than all of them cost; absent where they cost nothing. */
	fieldsWith?(id: string): readonly HeaderField[];
	readonly body: Uint8Array;
	/**
	 * The octets from the start-line on as one Latin-1 string; where Content-Length says less than the datagram holds,
	 * with those behind the body.
	 */
	readonly wire: string;
	/** The message as it was on the wire, from the start-line to the end of the body; a copy, safe to keep. */
	readonly bytes: Uint8Array;
	/** What readers made of the message, by reader; absent where nothing is remembered. */
	readonly known?: Map<unknown, unknown> | undefined;
	/** What the lax parser had to forgive, with where and why. Empty for a well-formed message. */
	readonly defects: readonly Malformed[];
}

export interface SipRequest extends MessageParts {
	readonly kind: 'request';
	/** As written: methods are case-sensitive (RFC 3261 §7.1). */
	readonly method: string;
	readonly requestUri: string;
}

export interface SipResponse extends MessageParts {
	readonly kind: 'response';
	readonly statusCode: number;
	readonly reasonPhrase: string;
}

export type SipMessage = SipRequest | SipResponse;
