/*
 * Chunks of a capture file in, frames out. Knows formats and records, nothing of what is in a frame. Nothing is
 * kept but the one record that a chunk ends in.
 */
import { ChunkJoiner } from '../bytes/chunk-joiner.js';
import { type Oddity, OddityCounter } from '../bytes/oddity.js';
import { type Instant, toRfc3339 } from '../time/instant.js';
import { FORMAT_BYTES, recogniseFormat } from './format.js';
import type { CaptureFormat, Frame } from './frame.js';
import type { FrameReader } from './frame-reader.js';
import { PcapReader } from './pcap.js';
import { PcapngReader } from './pcapng.js';

/** What is known of a capture file once it was read to its end. */
export interface CaptureFacts {
	readonly format: CaptureFormat;
	/** LINKTYPE_ values declared, in order of appearance. */
	readonly linkTypes: readonly number[];
	/** Frames delivered. */
	readonly packets: number;
	/** Bytes of the file; where it is damaged, those before the damage. */
	readonly bytes: number;
	readonly firstPacketAt: Instant | undefined;
	readonly lastPacketAt: Instant | undefined;
	/** The file ends inside a record. */
	readonly truncated: boolean;
	readonly oddities: readonly Oddity[];
}

/** A clock set back by less than this is packet reordering between queues, as multi-queue cards do. */
const BACKWARDS_TOLERANCE_US = 1_000_000;

/**
 * Reads a pcap or pcapng file given in chunks of any size; a chunk may be used again once the next one is asked for.
 * Throws `CaptureError` where nothing of it can be read. Damage further on ends the reading and is an oddity.
 */
export async function readCapture(
	chunks: AsyncIterable<Uint8Array>,
	onFrame: (frame: Frame) => void,
): Promise<CaptureFacts> {
	const oddities = new OddityCounter();
	const clock = new FrameClock(onFrame, oddities);
	const head = new ChunkJoiner();
	let reader: FrameReader | undefined;
	for await (const chunk of chunks) {
		if (reader !== undefined) {
			if (!reader.feed(chunk)) break;
			continue;
		}
		const run = head.push(chunk, FORMAT_BYTES);
		if (run === undefined) continue;
		reader = readerFor(run, clock.onFrame, oddities);
		if (!reader.feed(run)) break;
	}
	if (reader === undefined) {
		const all = head.push(new Uint8Array(0), 0) ?? new Uint8Array(0);
		reader = readerFor(all, clock.onFrame, oddities);
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
		truncated: reader.truncated,
		oddities: oddities.list(),
	};
}

function readerFor(
	head: Uint8Array,
	onFrame: (frame: Frame) => void,
	oddities: OddityCounter,
): FrameReader {
	const format = recogniseFormat(head);
	switch (format) {
		case 'pcap':
			return new PcapReader(onFrame, oddities);
		case 'pcapng':
			return new PcapngReader(onFrame, oddities);
		default:
			throw format;
	}
}

/** Passes frames on and keeps count and times of them. */
class FrameClock {
	packets = 0;
	first: Instant | undefined;
	last: Instant | undefined;
	readonly #next: (frame: Frame) => void;
	readonly #oddities: OddityCounter;

	constructor(next: (frame: Frame) => void, oddities: OddityCounter) {
		this.#next = next;
		this.#oddities = oddities;
	}

	readonly onFrame = (frame: Frame): void => {
		this.packets += 1;
		this.first ??= frame.at;
		if (this.last !== undefined && this.last - frame.at > BACKWARDS_TOLERANCE_US) {
			const text = `from ${toRfc3339(this.last)} back to ${toRfc3339(frame.at)}`;
			this.#oddities.add('clock-set-back', 'capture', frame.number, text);
		}
		this.last = frame.at;
		this.#next(frame);
	};
}
