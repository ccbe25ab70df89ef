/*
 * What a SIP message is about, from a look at its bytes before it is read: on a trunk nearly every message belongs to
 * a call, and reading it would cost more than everything else.
 */
import { asBuffer } from '../bytes/as-buffer.js';
import { skipLeadingCrlf } from './start-line.js';

const REGISTER = Buffer.from('REGISTER', 'latin1');
const MAX_REQUEST_URI = 1024;
/** Those that ask with OPTIONS and INVITE as well. */
const TOOLS = /friendly-|sipvicious|pplsip|sundayddr/;

// What is looked for as a text is made into bytes each time.
const CSEQ = Buffer.from('\nCSeq:', 'latin1');
const LINE_FEED = 0x0a;
const HEAD_END = Buffer.from('\n\r\n', 'latin1');

export type MessageScan =
	/** A REGISTER, a response to one, or what only a full reading can tell. */
	| { readonly kind: 'register' }
	| {
			readonly kind: 'other-request';
			readonly method: string;
			readonly requestUri: string;
			/** A name that tools for attacks have is in it. */
			readonly namesTool: boolean;
	  }
	| { readonly kind: 'other-response' };

const REGISTER_SCAN: MessageScan = { kind: 'register' };
const OTHER_RESPONSE: MessageScan = { kind: 'other-response' };

/** Scans a payload that `looksLikeSip`. */
export function scanMessage(payload: Uint8Array): MessageScan {
	const bytes = asBuffer(payload);
	const start = skipLeadingCrlf(bytes);
	// `SIP/`: only a status line has a slash in its first word.
	if (bytes[start + 3] === 0x2f) return scanResponse(bytes);
	if (startsWithRegister(bytes, start)) return REGISTER_SCAN;
	const blank = bytes.indexOf(0x20, start);
	const end = bytes.indexOf(0x20, blank + 1);
	if (blank < 0 || end <= blank + 1 || end - blank > MAX_REQUEST_URI) return REGISTER_SCAN;
	return {
		kind: 'other-request',
		method: bytes.toString('latin1', start, blank),
		requestUri: bytes.toString('latin1', blank + 1, end),
		namesTool: TOOLS.test(bytes.toString('latin1', end)),
	};
}

/** Of a response whose CSeq is written in an unusual way a full reading tells. */
function scanResponse(bytes: Buffer): MessageScan {
	const field = bytes.indexOf(CSEQ);
	if (field < 0) return REGISTER_SCAN;
	let at = field + 6;
	while (bytes[at] === 0x20) at += 1;
	const digits = at;
	while (isDigit(bytes[at])) at += 1;
	if (at === digits || bytes[at] !== 0x20) return REGISTER_SCAN;
	while (bytes[at] === 0x20) at += 1;
	if (!isUpperCase(bytes[at]) || startsWithRegister(bytes, at)) return REGISTER_SCAN;
	// The snaplen cut it in the midst of the method.
	if (bytes.indexOf(LINE_FEED, at) < 0) return REGISTER_SCAN;
	// In a body it would say nothing.
	const body = bytes.indexOf(HEAD_END);
	return body >= 0 && body < field ? REGISTER_SCAN : OTHER_RESPONSE;
}

/** True where the bytes at `start` begin with the method; what follows it is for the full reading. */
function startsWithRegister(bytes: Uint8Array, start: number): boolean {
	for (let at = 0; at < REGISTER.length; at += 1) {
		if (bytes[start + at] !== REGISTER[at]) return false;
	}
	return true;
}

function isDigit(byte: number | undefined): boolean {
	return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isUpperCase(byte: number | undefined): boolean {
	return byte !== undefined && byte >= 0x41 && byte <= 0x5a;
}
