import { bytesOf } from './packet-bytes.js';

export interface WebSocketFrameFields {
	readonly opcode?: number;
	readonly final?: boolean;
	readonly compressed?: boolean;
	readonly mask?: readonly number[];
}

/** One WebSocket frame, masked where a key is given. */
export function webSocketFrame(
	payload: Uint8Array | string,
	{ opcode = 1, final = true, compressed = false, mask }: WebSocketFrameFields = {},
): Buffer {
	const bytes = Buffer.from(payload);
	const first = (final ? 0x80 : 0) | (compressed ? 0x40 : 0) | opcode;
	const masked = mask === undefined ? 0 : 0x80;
	const body = bytes.map((byte, at) => byte ^ (mask?.[at & 3] ?? 0));
	return bytesOf(first, lengthField(bytes.length, masked), mask ?? [], body);
}

function lengthField(length: number, masked: number): Buffer {
	if (length < 126) return Buffer.of(masked | length);
	const field = Buffer.alloc(length < 0x1_0000 ? 3 : 9);
	field[0] = masked | (length < 0x1_0000 ? 126 : 127);
	field.writeUIntBE(length, length < 0x1_0000 ? 1 : 5, length < 0x1_0000 ? 2 : 4);
	return field;
}
