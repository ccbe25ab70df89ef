/** Capture files built from values, in every order and unit that the readers know. */
import type { ByteOrder } from '../../src/bytes/integers.js';
import type { Frame } from '../../src/capture/frame.js';
import { type CaptureFacts, readCapture } from '../../src/capture/read-capture.js';

export interface RecordFields {
	readonly seconds?: number;
	/** Microseconds, or nanoseconds in a nanosecond file. */
	readonly fraction?: number;
	readonly capturedLength?: number;
	readonly originalLength?: number;
	readonly bytes: Uint8Array;
}

export interface PcapFields {
	readonly order?: ByteOrder;
	readonly nanoseconds?: boolean;
	/** The magic number a1b2cd34: 8 bytes more before each packet. */
	readonly modified?: boolean;
	readonly linkType?: number;
	readonly snaplen?: number;
	readonly version?: readonly [number, number];
	readonly records: readonly RecordFields[];
}

/** Numbers of one byte order, one after the other: `[size, value]`. */
export function numbers(
	order: ByteOrder,
	...fields: readonly (readonly [2 | 4, number])[]
): Buffer {
	return Buffer.concat(
		fields.map(([size, value]) => {
			const bytes = Buffer.alloc(size);
			if (order === 'big') bytes.writeUIntBE(value, 0, size);
			else bytes.writeUIntLE(value, 0, size);
			return bytes;
		}),
	);
}

export function pcapFile(fields: PcapFields): Buffer {
	const { order = 'little', modified = false, linkType = 1, snaplen = 65_535 } = fields;
	const [major, minor] = fields.version ?? [2, 4];
	const header = numbers(
		order,
		[4, magicOf(fields)],
		[2, major],
		[2, minor],
		[4, 0],
		[4, 0],
		[4, snaplen],
		[4, linkType],
	);
	const records = fields.records.map((record) =>
		Buffer.concat([
			numbers(
				order,
				[4, record.seconds ?? 1_700_000_000],
				[4, record.fraction ?? 0],
				[4, record.capturedLength ?? record.bytes.length],
				[4, record.originalLength ?? record.bytes.length],
			),
			Buffer.alloc(modified ? 8 : 0),
			record.bytes,
		]),
	);
	return Buffer.concat([header, ...records]);
}

function magicOf({ nanoseconds = false, modified = false }: PcapFields): number {
	if (modified) return 0xa1b2cd34;
	return nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4;
}

export function pcapngBlock(order: ByteOrder, type: number, body: Uint8Array): Buffer {
	const padding = Buffer.alloc((4 - (body.length % 4)) % 4);
	const length = 12 + body.length + padding.length;
	return Buffer.concat([
		numbers(order, [4, type], [4, length]),
		body,
		padding,
		numbers(order, [4, length]),
	]);
}

export function pcapngOption(order: ByteOrder, code: number, value: Uint8Array): Buffer {
	const padding = Buffer.alloc((4 - (value.length % 4)) % 4);
	return Buffer.concat([numbers(order, [2, code], [2, value.length]), value, padding]);
}

export function pcapngSection(order: ByteOrder): Buffer {
	const all = 0xffff_ffff;
	const body = numbers(order, [4, 0x1a2b3c4d], [2, 1], [2, 0], [4, all], [4, all]);
	return pcapngBlock(order, 0x0a0d0d0a, body);
}

export function pcapngInterface(
	order: ByteOrder,
	{ linkType = 1, snaplen = 0, options = [] as readonly Uint8Array[] } = {},
): Buffer {
	const fixed = numbers(order, [2, linkType], [2, 0], [4, snaplen]);
	return pcapngBlock(order, 1, Buffer.concat([fixed, ...options]));
}

export interface PcapngPacketFields {
	readonly interfaceId?: number;
	readonly high?: number;
	readonly low?: number;
	readonly capturedLength?: number;
	readonly originalLength?: number;
	readonly bytes: Uint8Array;
	readonly options?: readonly Uint8Array[];
}

export function pcapngPacket(order: ByteOrder, packet: PcapngPacketFields): Buffer {
	const fixed = numbers(
		order,
		[4, packet.interfaceId ?? 0],
		[4, packet.high ?? 0],
		[4, packet.low ?? 0],
		[4, packet.capturedLength ?? packet.bytes.length],
		[4, packet.originalLength ?? packet.bytes.length],
	);
	const padding = Buffer.alloc((4 - (packet.bytes.length % 4)) % 4);
	const body = Buffer.concat([fixed, packet.bytes, padding, ...(packet.options ?? [])]);
	return pcapngBlock(order, 6, body);
}

/** The file in chunks of `size` bytes, in one buffer that is used again for each, as a reader may do. */
export async function* inChunks(file: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
	const buffer = new Uint8Array(size);
	for (let at = 0; at < file.length; at += size) {
		const chunk = file.subarray(at, at + size);
		buffer.set(chunk);
		yield buffer.subarray(0, chunk.length);
		buffer.fill(0xee);
	}
}

/** Frames with their bytes copied, and the facts. */
export async function readAll(
	file: Uint8Array,
	chunkSize = 65_536,
): Promise<{ frames: Frame[]; facts: CaptureFacts }> {
	const frames: Frame[] = [];
	const facts = await readCapture(inChunks(file, chunkSize), (frame) => {
		frames.push({ ...frame, bytes: Buffer.from(frame.bytes) });
	});
	return { frames, facts };
}
