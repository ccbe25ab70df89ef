/* What a connection carries, told by the first bytes of the side that speaks first and never by its port. */
import type { Side } from '../layers/tcp-connection.js';
import { OPCODE, webSocketFrameStart } from '../layers/websocket-frames.js';
import { looksLikeSip } from '../sip/start-line.js';
import { otherSide } from './tcp-context.js';

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

/** A start-line is found in this much of a message. */
const START_LINE_BYTES = 1024;
/** RFC 5626 §3.5.1, which phones send over WebSocket as well. */
const KEEP_ALIVES = ['\r\n', '\r\n\r\n'];

/**
 * The client of a WebSocket whose upgrade nobody saw, as the capture began later; undefined where the bytes are no frame with
 * SIP or a keep-alive of SIP in it.
 */
export function webSocketClient(bytes: Uint8Array, from: Side): Side | undefined {
	// Nearly all that is no WebSocket ends here.
	const opcode = (bytes[0] ?? 0) & 0x7f;
	if (opcode !== OPCODE.text && opcode !== OPCODE.binary) return undefined;
	const frame = webSocketFrameStart(bytes, START_LINE_BYTES);
	if (frame === undefined) return undefined;
	const text = Buffer.from(frame.payload).toString('latin1');
	const isSip = looksLikeSip(frame.payload) || KEEP_ALIVES.includes(text);
	if (!isSip) return undefined;
	return frame.isMasked ? from : otherSide(from);
}
