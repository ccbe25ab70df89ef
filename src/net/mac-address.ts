import { u16At, u32At } from '../bytes/integers.js';

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
	byte.toString(16).padStart(2, '0'),
);

/** A link has few of them, and each frame bears two. */
const MAX_KNOWN = 4096;
const known = new Map<number, string>();

/** `00:00:5e:00:53:01` from the bytes of a hardware address. */
export function formatMac(bytes: Uint8Array): string {
	if (bytes.length !== 6) return inHex(bytes);
	const number = u16At(bytes, 0) * 0x1_0000_0000 + u32At(bytes, 2);
	const text = known.get(number);
	if (text !== undefined) return text;
	const written = inHex(bytes);
	if (known.size < MAX_KNOWN) known.set(number, written);
	return written;
}

function inHex(bytes: Uint8Array): string {
	let text = '';
	for (const byte of bytes) text += text === '' ? HEX[byte] : `:${HEX[byte]}`;
	return text;
}
