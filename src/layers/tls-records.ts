/* TLS records (RFC 8446 §5.1, RFC 5246 §6.2.1) and the handshake messages in them, from a stream in any chunks. */
import { u16At } from '../bytes/integers.js';
import { ByteQueue } from './byte-queue.js';

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
	readonly #queue = new ByteQueue();
	/** True once the bytes were no TLS record; nothing is read any more. */
	isForeign = false;

	/** Bytes of a record that is not complete. */
	get pendingBytes(): number {
		return this.#queue.length;
	}

	/** The records that are complete by now. */
	push(chunk: Uint8Array): readonly TlsRecord[] {
		if (this.isForeign) return [];
		const records: TlsRecord[] = [];
		this.#queue.push(chunk);
		while (this.#queue.length > 0) {
			const { bytes } = this.#queue;
			if (!mayBeRecord(bytes)) {
				this.isForeign = true;
				this.#queue.clear();
				break;
			}
			const end = HEADER_BYTES + u16At(bytes, 3);
			if (bytes.length < HEADER_BYTES || bytes.length < end) break;
			records.push({
				type: bytes[0] ?? 0,
				fragment: Uint8Array.from(bytes.subarray(HEADER_BYTES, end)),
			});
			this.#queue.consume(end);
		}
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
	readonly #queue = new ByteQueue();
	#isLost = false;

	/** Bytes of a message that is not complete. */
	get pendingBytes(): number {
		return this.#queue.length;
	}

	push(fragment: Uint8Array): readonly HandshakeMessage[] {
		if (this.#isLost) return [];
		const messages: HandshakeMessage[] = [];
		this.#queue.push(fragment);
		while (this.#queue.length >= 4) {
			const { bytes } = this.#queue;
			const length = ((bytes[1] ?? 0) << 16) | u16At(bytes, 2);
			if (length > MAX_HANDSHAKE) {
				this.#isLost = true;
				this.#queue.clear();
				break;
			}
			if (bytes.length < 4 + length) break;
			messages.push({ type: bytes[0] ?? 0, body: Uint8Array.from(bytes.subarray(4, 4 + length)) });
			this.#queue.consume(4 + length);
		}
		return messages;
	}
}
