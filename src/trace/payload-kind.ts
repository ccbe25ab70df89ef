/* What foreign bytes look like, by their first ones. */
import { u16At, u32At } from '../bytes/integers.js';

/** Bytes of a foreign payload that are kept. */
export const MAX_FOREIGN_TEXT = 64;

/** RFC 8489 §5. */
const STUN_COOKIE = 0x2112_a442;

/** A name of the protocol, or undefined. */
export function payloadKind(bytes: Uint8Array): 'tls' | 'http' | 'ssh' | 'stun' | undefined {
	if (isTlsRecord(bytes)) return 'tls';
	if (isHttp(bytes)) return 'http';
	if (startsWith(bytes, 'SSH-')) return 'ssh';
	if (isStun(bytes)) return 'stun';
	return undefined;
}

/** A status line; or bare HTML, as a server sends to what it takes for HTTP/0.9, a request line without a version. */
function isHttp(bytes: Uint8Array): boolean {
	return ['HTTP/', '<!DOCTYPE ', '<html', '<HTML'].some((text) => startsWith(bytes, text));
}

/** Content type 20 to 23, version 3.x (RFC 8446 §5.1). */
function isTlsRecord(bytes: Uint8Array): boolean {
	const type = bytes[0] ?? 0;
	return bytes.length >= 3 && type >= 20 && type <= 23 && bytes[1] === 3 && (bytes[2] ?? 255) <= 4;
}

export function isStun(bytes: Uint8Array): boolean {
	return bytes.length >= 8 && u16At(bytes, 0) < 0x4000 && u32At(bytes, 4) === STUN_COOKIE;
}

function startsWith(bytes: Uint8Array, text: string): boolean {
	if (bytes.length < text.length) return false;
	for (let at = 0; at < text.length; at += 1) {
		if (bytes[at] !== text.charCodeAt(at)) return false;
	}
	return true;
}

/** The first bytes of a foreign payload, one character a byte. */
export function foreignText(bytes: Uint8Array): string {
	return Buffer.from(bytes.subarray(0, MAX_FOREIGN_TEXT)).toString('latin1');
}
