const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
	byte.toString(16).padStart(2, '0'),
);

/** `00:00:5e:00:53:01` from the bytes of a hardware address. */
export function formatMac(bytes: Uint8Array): string {
	let text = '';
	for (const byte of bytes) text += text === '' ? HEX[byte] : `:${HEX[byte]}`;
	return text;
}
