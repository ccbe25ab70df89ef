/** `00:00:5e:00:53:01` from the bytes of a hardware address. */
export function formatMac(bytes: Uint8Array): string {
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}
