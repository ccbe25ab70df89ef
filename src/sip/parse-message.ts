/*
 * Bytes → SIP messages, laxly: what a strict server would refuse is kept as it is and named in `defects`, because it
 * may be the very reason why a phone does not register.
 */
import { isUtf8 } from 'node:buffer';
import type { Malformed, Parsed } from '../bytes/malformed.js';
import { type Head, readHead } from './header-section.js';
import type { HeaderField, SipMessage } from './message.js';
import { looksLikeSip, skipLeadingCrlf } from './start-line.js';

/**
 * Reads the one SIP message of a datagram (RFC 3261 §18.3): octets beyond Content-Length are left, a body that is too
 * short is what is there. Fails only where the payload does not begin with a SIP start-line.
 */
export function parseDatagram(payload: Uint8Array): Parsed<SipMessage> {
	const start = skipLeadingCrlf(payload);
	const bytes = payload.subarray(start);
	const text = latin1(bytes.subarray(0, headEnd(bytes)));
	const head = looksLikeSip(bytes) ? readHead(text) : undefined;
	if (head === undefined) return notSip(text);
	if (start > 0) head.defects.unshift(badField(0, 'start of datagram', 'CRLF', 'a start-line'));
	const { bodyStart } = head;
	const available = bytes.length - bodyStart;
	const declared = contentLength(head);
	if (declared !== undefined && declared > available) {
		const problem = { kind: 'too-short', needed: declared, available } as const;
		head.defects.push({
			layer: 'sip',
			offset: bodyStart,
			problem: { ...problem, limitedBy: 'end of datagram' },
		});
	}
	if (declared !== undefined && declared < available) {
		const offset = head.headers.find((field) => field.id === 'content-length')?.offset ?? bodyStart;
		const expected = `${available}, the octets behind the empty line`;
		head.defects.push(badField(offset, 'Content-Length', String(declared), expected));
	}
	const bodyLength = Math.min(declared ?? available, available);
	return { ok: true, value: buildMessage(bytes, head, bodyLength) };
}

/** Puts head and body together; copies the bytes, so that the buffer they came in can be used again. */
export function buildMessage(bytes: Uint8Array, head: Head, bodyLength: number): SipMessage {
	const { startLine, headers, defects, bodyStart } = head;
	// Not `slice`: that of a Buffer is a view, and the socket or reader will write into it again.
	const copy = Uint8Array.from(bytes.subarray(0, bodyStart + bodyLength));
	const strange = foreignText(copy, headers, bodyStart);
	if (strange !== undefined) defects.push(strange);
	return { ...startLine, headers, defects, bytes: copy, body: copy.subarray(bodyStart) };
}

/**
 * The value of Content-Length, undefined where there is none or no number; what is wrong with it is added to the
 * head's defects. Of several the first counts.
 */
export function contentLength({ headers, defects }: Head): number | undefined {
	const fields = headers.filter((field) => field.id === 'content-length');
	const [first] = fields;
	if (first === undefined) return undefined;
	const differing = fields.find((field) => field.value !== first.value);
	if (differing !== undefined) {
		const expected = `one value, ${first.value} was first`;
		defects.push(badField(differing.offset, 'Content-Length', differing.value, expected));
	}
	if (/^\d{1,15}$/.test(first.value)) return Number(first.value);
	defects.push(badField(first.offset, 'Content-Length', first.value, 'a number of octets'));
	return undefined;
}

/** The failure for bytes that do not begin with a SIP start-line. */
export function notSip(text: string): { readonly ok: false; readonly malformed: Malformed } {
	const value = text.slice(0, 64).split(/[\r\n]/, 1)[0] ?? '';
	return { ok: false, malformed: badField(0, 'start-line', value, 'a SIP request or status line') };
}

/** The bytes as text, one character a byte. */
export function latin1(bytes: Uint8Array): string {
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** Where the header fields end: behind the first empty line, or the end. Spares making text of a body. */
function headEnd(bytes: Uint8Array): number {
	const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const crlf = buffer.indexOf('\n\r\n', 0, 'latin1');
	const feed = buffer.indexOf('\n\n', 0, 'latin1');
	const ends = [crlf < 0 ? bytes.length : crlf + 3, feed < 0 ? bytes.length : feed + 2];
	return Math.min(...ends);
}

/** SIP text is UTF-8 (RFC 3261 §7); the first header field that is not. */
function foreignText(
	bytes: Uint8Array,
	headers: readonly HeaderField[],
	bodyStart: number,
): Malformed | undefined {
	if (isUtf8(bytes.subarray(0, bodyStart))) return undefined;
	const field = headers.find(({ value }) => !isUtf8(Buffer.from(value, 'latin1')));
	if (field === undefined) return badField(0, 'text encoding', 'not UTF-8', 'UTF-8');
	return badField(field.offset, `text encoding of ${field.name}`, 'not UTF-8', 'UTF-8');
}

function badField(offset: number, field: string, value: string, expected: string): Malformed {
	return { layer: 'sip', offset, problem: { kind: 'bad-field', field, value, expected } };
}
