/** DNS over TCP (RFC 1035 §4.2.2): each message behind its length in two bytes. */
import { u16At } from '../bytes/integers.js';

const LENGTH_BYTES = 2;

export interface DnsStream {
	/** Whole messages in order, views of the bytes given; `parseDns` reads each. */
	readonly messages: readonly Uint8Array[];
	/** Bytes of whole messages and their lengths: what follows waits for more. At most 65 537 bytes ever wait. */
	readonly consumed: number;
}

/** The messages in the bytes of one direction, which begin where a message begins. */
export function readDnsStream(bytes: Uint8Array): DnsStream {
	const messages: Uint8Array[] = [];
	let at = 0;
	while (at + LENGTH_BYTES <= bytes.length) {
		const end = at + LENGTH_BYTES + u16At(bytes, at);
		if (end > bytes.length) break;
		messages.push(bytes.subarray(at + LENGTH_BYTES, end));
		at = end;
	}
	return { messages, consumed: at };
}
