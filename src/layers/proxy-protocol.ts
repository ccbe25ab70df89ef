/**
 * The PROXY protocol of HAProxy (versions 1 and 2), which a load balancer puts before what the client says on a TCP
 * connection: whose connection it is.
 */
import { u16At } from '../bytes/integers.js';

/** Version 1, §2.1: one line of text, at most so long. */
const WORDS = Buffer.from('PROXY ', 'latin1');
const FAMILIES = /^(?:TCP4|TCP6|UNKNOWN)\b/;
const MAX_LINE_BYTES = 107;
/** Version 2, §2.2: a signature, version and command, family, length of the rest. */
const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const VERSION_2_BYTES = 16;
/** Addresses are 12 to 216 bytes; what is added to them (§2.2) is short. More is not waited for. */
const MAX_BYTES = 1024;

/** Bytes of the header that a connection begins with, 0 without one; undefined while more bytes are needed to say. */
export function proxyHeaderBytes(bytes: Uint8Array): number | undefined {
	if (beginsAs(bytes, WORDS)) {
		return bytes.length < WORDS.length ? undefined : lineBytes(bytes);
	}
	if (!beginsAs(bytes, SIGNATURE)) return 0;
	if (bytes.length < VERSION_2_BYTES) return undefined;
	const length = VERSION_2_BYTES + u16At(bytes, 14);
	return length <= MAX_BYTES ? length : 0;
}

/** True for bytes that are the beginning, or have it. */
function beginsAs(bytes: Uint8Array, beginning: Buffer): boolean {
	const length = Math.min(bytes.length, beginning.length);
	return Buffer.compare(bytes.subarray(0, length), beginning.subarray(0, length)) === 0;
}

function lineBytes(bytes: Uint8Array): number | undefined {
	const line = Buffer.from(bytes.subarray(0, MAX_LINE_BYTES)).toString('latin1');
	const end = line.indexOf('\r\n');
	if (end === -1) return line.length < MAX_LINE_BYTES ? undefined : 0;
	return FAMILIES.test(line.slice(WORDS.length)) ? end + 2 : 0;
}
