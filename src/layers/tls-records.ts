/* TLS records (RFC 8446 §5.1, RFC 5246 §6.2.1) and the handshake messages in them, from a stream in any chunks. */
import { u16At } from '../bytes/integers.js';

export const RECORD_TYPE = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 };

/** A copy. */
export interface TlsRecord {
	readonly type: number;
	/** Of an encrypted record only the length is of use. */
	readonly fragment: Uint8Array;
}

const HEADER_BYTES = 5;
/** RFC 5246 §6.2.3: 2^14 and 2048 for the cipher. */
const MAX_FRAGMENT = 16_384 + 2048;
/** Larger than any chain that a server should send; RFC 8446 allows 2^24. */
const MAX_HANDSHAKE = 131_072;

export class TlsRecordReader {
	#pending = Buffer.alloc(0);
	/** True once the bytes were no TLS record; nothing is read any more. */
	isForeign = false;

	/** The records that are complete by now. */
	push(chunk: Uint8Array): readonly TlsRecord[] {
		if (this.isForeign) return [];
		const bytes = Buffer.concat([this.#pending, chunk]);
		const records: TlsRecord[] = [];
		let at = 0;
		while (at < bytes.length) {
			const rest = bytes.subarray(at);
			if (!mayBeRecord(rest)) {
				this.isForeign = true;
				this.#pending = Buffer.alloc(0);
				return records;
			}
			const end = HEADER_BYTES + u16At(rest, 3);
			if (rest.length < HEADER_BYTES || rest.length < end) break;
			records.push({
				type: rest[0] ?? 0,
				fragment: Uint8Array.from(rest.subarray(HEADER_BYTES, end)),
			});
			at += end;
		}
		this.#pending = Buffer.from(bytes.subarray(at));
		return records;
	}
}

/** True while the bytes may begin a record: type, version 3.x and a length within its bound. */
function mayBeRecord(bytes: Uint8Array): boolean {
	const type = bytes[0] ?? 0;
	if (type < 20 || type > 24) return false;
	if (bytes.length > 1 && bytes[1] !== 3) return false;
	return bytes.length < HEADER_BYTES || u16At(bytes, 3) <= MAX_FRAGMENT;
}

/** RFC 8446 §4: type and body, a copy. */
export interface HandshakeMessage {
	readonly type: number;
	readonly body: Uint8Array;
}

/** Joins handshake messages that records cut: a chain of certificates seldom fits into one. */
export class HandshakeReader {
	#pending = Buffer.alloc(0);
	#isLost = false;

	push(fragment: Uint8Array): readonly HandshakeMessage[] {
		if (this.#isLost) return [];
		this.#pending = Buffer.concat([this.#pending, fragment]);
		const messages: HandshakeMessage[] = [];
		while (this.#pending.length >= 4) {
			const length = ((this.#pending[1] ?? 0) << 16) | u16At(this.#pending, 2);
			if (length > MAX_HANDSHAKE) {
				this.#isLost = true;
				this.#pending = Buffer.alloc(0);
				break;
			}
			if (this.#pending.length < 4 + length) break;
			messages.push({
				type: this.#pending[0] ?? 0,
				body: Uint8Array.from(this.#pending.subarray(4, 4 + length)),
			});
			this.#pending = this.#pending.subarray(4 + length);
		}
		return messages;
	}
}
