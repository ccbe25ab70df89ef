/** HEP over TCP: messages of version 3, each with its length behind its name. */
import { u16At } from '../bytes/integers.js';
import { HEP3_HEADER_BYTES, isHep3 } from './hep.js';

export interface HepStream {
	/** Whole messages in order, views of the bytes given; `parseHep3` reads each. */
	readonly messages: readonly Uint8Array[];
	/** Bytes of whole messages: what follows waits for more. At most 65 534 bytes ever wait. */
	readonly consumed: number;
	/** False where something stands that is no message: nobody knows where the next one begins. */
	readonly isAligned: boolean;
}

/** The messages in the bytes of one direction, which begin where a message begins. */
export function readHepStream(bytes: Uint8Array): HepStream {
	const messages: Uint8Array[] = [];
	let at = 0;
	while (at + HEP3_HEADER_BYTES <= bytes.length) {
		const length = u16At(bytes, at + 4);
		if (!isHep3(bytes.subarray(at)) || length < HEP3_HEADER_BYTES) {
			return { messages, consumed: at, isAligned: false };
		}
		if (at + length > bytes.length) break;
		messages.push(bytes.subarray(at, at + length));
		at += length;
	}
	return { messages, consumed: at, isAligned: true };
}
