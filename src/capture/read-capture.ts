/*
 * Chunks of a capture file in, frames out. Knows formats and records, nothing of what is in a frame. Nothing is
 * kept but the one record that a chunk ends in.
 */
import { ChunkJoiner } from '../bytes/chunk-joiner.js';
import { type Oddity, OddityCounter } from '../bytes/oddity.js';
import type { Instant } from '../time/instant.js';
import { type Decompressed, decompress, recogniseCompression } from './compression.js';
import { FORMAT_BYTES, recogniseFormat } from './format.js';
import type { CaptureFormat, Frame } from './frame.js';
import { FrameClock } from './frame-clock.js';
import type { FrameListener, FrameReader, FrameTaker } from './frame-reader.js';
import { PcapReader } from './pcap.js';
import { PcapngReader } from './pcapng.js';
import type { FrameFilter } from './sieve.js';

/** What is known of a capture file once it was read to its end. */
export interface CaptureFacts {
	readonly format: CaptureFormat;
	/** LINKTYPE_ values declared, in order of appearance. */
	readonly linkTypes: readonly number[];
	/** Frames in the file, those that were left included. */
	readonly packets: number;
	/** Bytes of the file, decompressed; where it is damaged, those before the damage. */
	readonly bytes: number;
	readonly firstPacketAt: Instant | undefined;
	readonly lastPacketAt: Instant | undefined;
	/** The file ends inside a record. */
	readonly truncated: boolean;
	readonly oddities: readonly Oddity[];
}

/**
 * Reads a pcap or pcapng file, also compressed, given in chunks of any size; a chunk may be used again once the next one is asked for.
 * With `isWanted`, only the frames that it wants are delivered, and of those only what `taker` leaves; the others are counted. Throws `CaptureError` where
 * nothing of it can be read. Damage further on ends the reading and is an oddity.
 */
export async function readCapture(
	chunks: AsyncIterable<Uint8Array>,
	onFrame: (frame: Frame) => void,
	isWanted?: FrameFilter,
	taker?: FrameTaker,
): Promise<CaptureFacts> {
	const oddities = new OddityCounter();
	const clock = new FrameClock(onFrame, { isWanted, taker }, oddities);
	const head = new ChunkJoiner();
	const decompressed: Decompressed = { isCut: false };
	let reader: FrameReader | undefined;
	for await (const chunk of plainChunks(chunks, oddities, decompressed)) {
		if (reader !== undefined) {
			if (!reader.feed(chunk)) break;
			continue;
		}
		const run = head.push(chunk, FORMAT_BYTES);
		if (run === undefined) continue;
		reader = readerFor(run, clock, oddities);
		if (!reader.feed(run)) break;
	}
	if (reader === undefined) {
		const all = head.push(new Uint8Array(0), 0) ?? new Uint8Array(0);
		reader = readerFor(all, clock, oddities);
		reader.feed(all);
	}
	reader.end();
	return {
		format: reader.format,
		linkTypes: reader.linkTypes,
		packets: clock.packets,
		bytes: reader.bytesRead,
		firstPacketAt: clock.first,
		lastPacketAt: clock.last,
		truncated: reader.truncated || decompressed.isCut,
		oddities: oddities.list(),
	};
}

/** The chunks, decompressed where the first bytes say that they are compressed. */
async function* plainChunks(
	chunks: AsyncIterable<Uint8Array>,
	oddities: OddityCounter,
	decompressed: Decompressed,
): AsyncGenerator<Uint8Array> {
	const iterator = chunks[Symbol.asyncIterator]();
	const head = new ChunkJoiner();
	let run: Buffer | undefined;
	let isEnd = false;
	while (run === undefined && !isEnd) {
		const next = await iterator.next();
		isEnd = next.done === true;
		run = next.done === true ? head.push(NOTHING, 0) : head.push(next.value, MAGIC_BYTES);
	}
	const start = run ?? NOTHING;
	const whole = joined(start, iterator);
	const compression = recogniseCompression(start);
	yield* compression === undefined ? whole : decompress(whole, compression, oddities, decompressed);
}

async function* joined(
	start: Uint8Array,
	rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
	try {
		yield start;
		for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
			yield next.value;
		}
	} finally {
		await rest.return?.();
	}
}

const NOTHING = new Uint8Array(0);
/** The longest magic number of a compression. */
const MAGIC_BYTES = 4;

function readerFor(
	head: Uint8Array,
	listener: FrameListener,
	oddities: OddityCounter,
): FrameReader {
	const format = recogniseFormat(head);
	switch (format) {
		case 'pcap':
			return new PcapReader(listener, oddities);
		case 'pcapng':
			return new PcapngReader(listener, oddities);
		default:
			throw format;
	}
}
