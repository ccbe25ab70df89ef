/*
 * STUN binding messages (RFC 8489 §5, §14): what a phone asks to learn its address outside the NAT. On any port, as SIP
 * phones also ask on the flow of their registration (RFC 5626 §4.4.2).
 */
import { u16At, u32At } from '../bytes/integers.js';

export interface StunBinding {
	readonly message: 'request' | 'success' | 'error';
	/** Address bytes and port that the server saw; undefined without a readable one. */
	readonly mapped: { readonly address: Uint8Array; readonly port: number } | undefined;
}

const HEADER_BYTES = 20;
const MAGIC_COOKIE = 0x2112a442;
const MAPPED_ADDRESS = 0x0001;
const XOR_MAPPED_ADDRESS = 0x0020;

/** Method binding with its class bits (RFC 8489 §5); indications ask for nothing. */
const MESSAGES: Readonly<Record<number, StunBinding['message']>> = {
	1: 'request',
	257: 'success',
	273: 'error',
};

/** Undefined for everything else: there is no way to tell a broken STUN message from any other bytes. */
export function parseStun(bytes: Uint8Array): StunBinding | undefined {
	if (bytes.length < HEADER_BYTES || u32At(bytes, 4) !== MAGIC_COOKIE) return undefined;
	const message = MESSAGES[u16At(bytes, 0)];
	const length = u16At(bytes, 2);
	if (message === undefined || length % 4 !== 0 || HEADER_BYTES + length > bytes.length)
		return undefined;
	return { message, mapped: mappedAddress(bytes, HEADER_BYTES + length) };
}

/** The XOR-MAPPED-ADDRESS, else the MAPPED-ADDRESS of an older server. */
function mappedAddress(bytes: Uint8Array, end: number): StunBinding['mapped'] {
	let plain: StunBinding['mapped'];
	for (let at = HEADER_BYTES; at + 4 <= end; ) {
		const type = u16At(bytes, at);
		const length = u16At(bytes, at + 2);
		const value = bytes.subarray(at + 4, Math.min(at + 4 + length, end));
		if (type === XOR_MAPPED_ADDRESS) return addressOf(value, bytes.subarray(4, HEADER_BYTES));
		if (type === MAPPED_ADDRESS) plain ??= addressOf(value, new Uint8Array(16));
		// Attributes are padded to four bytes, their length is not (§14).
		at += 4 + Math.ceil(length / 4) * 4;
	}
	return plain;
}

/** `mask`: magic cookie and transaction id, with which port and address were combined (§14.2). */
function addressOf(value: Uint8Array, mask: Uint8Array): StunBinding['mapped'] {
	const family = value[1];
	const size = family === 1 ? 4 : 16;
	if ((family !== 1 && family !== 2) || value.length !== 4 + size) return undefined;
	const address = value.subarray(4).map((byte, index) => byte ^ (mask[index] ?? 0));
	return { address, port: u16At(value, 2) ^ u16At(mask, 0) };
}
