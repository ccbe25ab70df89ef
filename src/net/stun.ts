/*
 * STUN binding messages (RFC 8489 §5, §14, and what RFC 5780 adds): what a phone asks to learn its address outside the
 * NAT. On any port, as SIP phones also ask on the flow of their registration (RFC 5626 §4.4.2).
 */
import { u16At, u32At } from '../bytes/integers.js';

/** Address bytes and port. */
export interface StunAddress {
	readonly address: Uint8Array;
	readonly port: number;
}

export interface StunBinding {
	readonly message: 'request' | 'success' | 'error';
	/** Twelve bytes that an answer repeats. */
	readonly transactionId: Uint8Array;
	/** What the server saw; undefined without a readable one. */
	readonly mapped: StunAddress | undefined;
	/** The server's other address and port, where it has some (RFC 5780 §7.4, and CHANGED-ADDRESS of RFC 3489). */
	readonly other: StunAddress | undefined;
}

const HEADER_BYTES = 20;
const MAGIC_COOKIE = 0x2112a442;
const MAPPED_ADDRESS = 0x0001;
const CHANGED_ADDRESS = 0x0005;
const XOR_MAPPED_ADDRESS = 0x0020;
const OTHER_ADDRESS = 0x802c;
const RESPONSE_PORT = 0x0027;

/** Length of a transaction id, bytes. */
export const STUN_TRANSACTION_ID_BYTES = 12;

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
	const values = attributes(bytes, HEADER_BYTES + length);
	const plain = (type: number) => addressOf(values.get(type), NO_MASK);
	return {
		message,
		transactionId: bytes.subarray(8, HEADER_BYTES),
		// An older server tells it in the clear.
		mapped: values.has(XOR_MAPPED_ADDRESS)
			? addressOf(values.get(XOR_MAPPED_ADDRESS), bytes.subarray(4, HEADER_BYTES))
			: plain(MAPPED_ADDRESS),
		other: plain(OTHER_ADDRESS) ?? plain(CHANGED_ADDRESS),
	};
}

/**
 * A binding request. `responsePort`: asks that the answer go to that port of the address the request is seen from
 * (RFC 5780 §7.5).
 */
export function stunBindingRequest(
	transactionId: Uint8Array,
	responsePort: number | undefined,
): Uint8Array {
	// Two bytes of padding follow the port (RFC 5780 §7.5).
	const attribute = responsePort === undefined ? [] : [RESPONSE_PORT, 2, responsePort, 0];
	const words = [1, attribute.length * 2, MAGIC_COOKIE >>> 16, MAGIC_COOKIE & 0xffff];
	return Uint8Array.from([
		...words.flatMap(wordBytes),
		...transactionId.subarray(0, STUN_TRANSACTION_ID_BYTES),
		...attribute.flatMap(wordBytes),
	]);
}

function wordBytes(value: number): readonly number[] {
	return [value >> 8, value & 0xff];
}

/** The first value of each attribute. */
function attributes(bytes: Uint8Array, end: number): ReadonlyMap<number, Uint8Array> {
	const values = new Map<number, Uint8Array>();
	for (let at = HEADER_BYTES; at + 4 <= end; ) {
		const type = u16At(bytes, at);
		const length = u16At(bytes, at + 2);
		if (!values.has(type)) values.set(type, bytes.subarray(at + 4, Math.min(at + 4 + length, end)));
		// Attributes are padded to four bytes, their length is not (§14).
		at += 4 + Math.ceil(length / 4) * 4;
	}
	return values;
}

const NO_MASK = new Uint8Array(16);

/** `mask`: magic cookie and transaction id, with which port and address were combined (§14.2). */
function addressOf(value: Uint8Array | undefined, mask: Uint8Array): StunAddress | undefined {
	const family = value?.[1];
	const size = family === 1 ? 4 : 16;
	if (value === undefined || (family !== 1 && family !== 2) || value.length !== 4 + size)
		return undefined;
	const address = value.subarray(4).map((byte, index) => byte ^ (mask[index] ?? 0));
	return { address, port: u16At(value, 2) ^ u16At(mask, 0) };
}
