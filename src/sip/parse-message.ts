/*
 * Bytes → SIP messages, laxly: what a strict server would refuse is kept as it is and named in `defects`, because it
 * may be the very reason why a phone does not register.
 */
import { isUtf8 } from 'node:buffer';
import { asBuffer } from '../bytes/as-buffer.js';
import type { Malformed, Parsed } from '../bytes/malformed.js';
import { remembered } from '../bytes/remembered.js';
import { firstLine, type Head, readHead } from './header-section.js';
import { lazyMessage, type MessageRest } from './lazy-message.js';
import type { HeaderField, SipMessage } from './message.js';
import { looksLikeSip, readStartLine, type StartLine, skipLeadingCrlf } from './start-line.js';

/**
 * Reads the one SIP message of a datagram (RFC 3261 §18.3): octets beyond Content-Length are left, a body that is too
 * short is what is there. Fails only where the payload does not begin with a SIP start-line.
 */
export function parseDatagram(payload: Uint8Array): Parsed<SipMessage> {
	const bytes = payload.subarray(skipLeadingCrlf(payload));
	return looksLikeSip(bytes) ? parseSipDatagram(payload) : notSip(latin1(bytes));
}

/** The same, of a payload that `looksLikeSip`. */
export function parseSipDatagram(payload: Uint8Array): Parsed<SipMessage> {
	const start = skipLeadingCrlf(payload);
	const wire = latin1(start === 0 ? payload : payload.subarray(start));
	const startLine = startLineOf(wire);
	if (startLine === undefined) return notSip(wire);
	return {
		ok: true,
		value: lazyMessage(startLine, wire, start > 0 ? readAfterCrlf : readDatagram),
	};
}

/**
 * The same, of a payload whose end the snaplen cut off. Its last line is left out unless the head is whole: half a
 * Call-ID or half an address-of-record is another one.
 */
export function parseCutDatagram(payload: Uint8Array): Parsed<SipMessage> {
	return parseSipDatagram(payload.subarray(0, wholeLinesEnd(asBuffer(payload))));
}

/** Offset behind the last line that is whole, or the whole length where that is the start-line or the head has ended. */
function wholeLinesEnd(bytes: Buffer): number {
	const start = skipLeadingCrlf(bytes);
	if (bytes.indexOf('\n\r\n', start) >= 0 || bytes.indexOf('\n\n', start) >= 0) return bytes.length;
	const lineFeed = bytes.lastIndexOf('\n');
	return lineFeed < start ? bytes.length : lineFeed + 1;
}

/** Nearly all start-lines of a capture are the same few. */
const knownStartLine = remembered((line: string) => ({
	startLine: readStartLine(line)?.startLine,
}));

function startLineOf(wire: string): StartLine | undefined {
	return knownStartLine(firstLine(wire)).startLine;
}

function readDatagram(wire: string): MessageRest {
	const head = readHead(wire);
	// Unreachable: the start-line was read before.
	if (head === undefined) return { headers: [], defects: [], bodyStart: 0, bodyEnd: 0 };
	const { bodyStart } = head;
	const available = wire.length - bodyStart;
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
	return restOf(head, wire, Math.min(declared ?? available, available));
}

function readAfterCrlf(wire: string): MessageRest {
	const rest = readDatagram(wire);
	const defect = badField(0, 'start of datagram', 'CRLF', 'a start-line');
	return { ...rest, defects: [defect, ...rest.defects] };
}

/** Puts a head that was read and its body together; copies the bytes, so that their buffer can be used again. */
export function buildMessage(bytes: Uint8Array, head: Head, bodyLength: number): SipMessage {
	const wire = latin1(bytes.subarray(0, head.bodyStart + bodyLength));
	const rest = restOf(head, wire, bodyLength);
	return lazyMessage(head.startLine, wire, () => rest);
}

function restOf(head: Head, wire: string, bodyLength: number): MessageRest {
	const { headers, defects, bodyStart } = head;
	const bodyEnd = bodyStart + bodyLength;
	const strange = foreignText(wire, headers, bodyStart);
	if (strange !== undefined) defects.push(strange);
	return { headers, defects, bodyStart, bodyEnd };
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
	return asBuffer(bytes).toString('latin1');
}

/** SIP text is UTF-8 (RFC 3261 §7); the first header field that is not. */
function foreignText(
	wire: string,
	headers: readonly HeaderField[],
	bodyStart: number,
): Malformed | undefined {
	if (isUtf8(Buffer.from(wire.slice(0, bodyStart), 'latin1'))) return undefined;
	const field = headers.find(({ value }) => !isUtf8(Buffer.from(value, 'latin1')));
	if (field === undefined) return badField(0, 'text encoding', 'not UTF-8', 'UTF-8');
	return badField(field.offset, `text encoding of ${field.name}`, 'not UTF-8', 'UTF-8');
}

function badField(offset: number, field: string, value: string, expected: string): Malformed {
	return { layer: 'sip', offset, problem: { kind: 'bad-field', field, value, expected } };
}
