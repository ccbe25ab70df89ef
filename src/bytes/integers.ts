/*
 * Unsigned integers at an offset of a byte array. Bytes past the end read as 0: the caller has compared the length
 * before, and a DataView a packet would cost more than the whole header.
 */

export type ByteOrder = 'big' | 'little';

/** Two bytes, in either order. */
export function u16In(bytes: Uint8Array, offset: number, order: ByteOrder): number {
	return order === 'big' ? u16At(bytes, offset) : u16LeAt(bytes, offset);
}

/** Four bytes, in either order. */
export function u32In(bytes: Uint8Array, offset: number, order: ByteOrder): number {
	return order === 'big' ? u32At(bytes, offset) : u32LeAt(bytes, offset);
}

/** Two bytes, most significant first. */
export function u16At(bytes: Uint8Array, offset: number): number {
	return ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
}

/** Four bytes, most significant first. */
export function u32At(bytes: Uint8Array, offset: number): number {
	return u16At(bytes, offset) * 0x10000 + u16At(bytes, offset + 2);
}

/** Two bytes, least significant first. */
function u16LeAt(bytes: Uint8Array, offset: number): number {
	return (bytes[offset] ?? 0) | ((bytes[offset + 1] ?? 0) << 8);
}

/** Four bytes, least significant first. */
export function u32LeAt(bytes: Uint8Array, offset: number): number {
	return u16LeAt(bytes, offset) + u16LeAt(bytes, offset + 2) * 0x10000;
}
