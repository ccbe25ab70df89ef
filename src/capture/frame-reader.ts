import { DISORDER_MS } from '../time/disorder.js';
import type { Instant } from '../time/instant.js';
import type { CaptureFormat, Frame } from './frame.js';
import type { FrameFilter } from './sieve.js';

/**
 * A frame in the bytes of its file, before anything is made of it; valid only until the callback returns, as one is made
 * and used again.
 */
export interface RawFrame extends Pick<Frame, 'number' | 'at' | 'linkType' | 'interfaceId'> {
	/** No Buffer, whose `slice` does not copy. */
	readonly bytes: Uint8Array;
	readonly start: number;
	readonly end: number;
}

/** The one that a reader makes and uses again. */
export type RawFrameRoom = { -readonly [Key in keyof RawFrame]: RawFrame[Key] };

export function rawFrameRoom(): RawFrameRoom {
	const bytes = new Uint8Array(0);
	return { number: 0, at: 0, linkType: 0, interfaceId: 0, bytes, start: 0, end: 0 };
}

/** How the records of one interface are written. */
export interface RecordForm {
	readonly format: CaptureFormat;
	readonly isLittleEndian: boolean;
	readonly linkType: number;
	/** That of their frames. */
	readonly interfaceId: number;
	/** What stands for it in their blocks; a classic pcap file has one interface. */
	readonly blockInterface: number;
	/** The largest captured length to believe. */
	readonly limit: number;
	/** Units of time in a microsecond, up to a million. */
	readonly unitsPerMicrosecond: number;
	/** Microseconds to add to each time. */
	readonly offset: number;
}

/** Records one behind the other. */
export interface RecordRow {
	/** Whole records, and behind them the beginning of another. */
	readonly bytes: Uint8Array;
	readonly form: RecordForm;
	/** Where the first record begins that is not taken. */
	at: number;
	/** Number of that one. */
	number: number;
	/** Time of the frame before it. */
	lastAt: Instant;
}

/** Takes frames before anything is made of them. */
export interface FrameTaker {
	/** Takes a whole frame that has no comment nor flags of its own: true where nothing is to be made of it. */
	take(frame: RawFrame): boolean;
	/**
	 * Takes as many records as it can, and goes on to the one behind them: plain ones of that form, none of them cut, or
	 * more than `BACKWARDS_TOLERANCE_US` before the one before it. The filter is asked of the first of them alone: the others
	 * are of flows that it let through before.
	 */
	takeRow(row: RecordRow): void;
}

/** A time that is no more than this before the last one is disorder, and no clock that was set back. */
export const BACKWARDS_TOLERANCE_US = DISORDER_MS * 1_000;

/** Who is told of the frames of a file, in their order. */
export interface FrameListener {
	onFrame(frame: Frame): void;
	/** A frame that was left because the filter did not want it, or that was taken. */
	onLeft(number: number, at: Instant): void;
	/** Undefined: every frame is wanted. */
	readonly isWanted: FrameFilter | undefined;
	/** Asked of wanted frames, once all before were told; undefined: none is taken. */
	readonly taker: FrameTaker | undefined;
	/** Records of one interface that were taken, whose times are in order: how many, and the time of the last. */
	onRow(count: number, lastAt: Instant, interfaceId: number): void;
	/** Time of the frame before; undefined for the first. */
	readonly last: Instant | undefined;
	/**
	 * The time of the next frame, which has this time in the file: a clock that was set back is carried on. May be asked more
	 * than once.
	 */
	timeOf(at: Instant, interfaceId: number, number: number): Instant;
	/** True where that is another one than in the file. */
	readonly isCarriedOn: boolean;
}

/**
 * Offers records of a form to the taker of a listener, `at` being where the first one begins and `number` that of its
 * frame; gives how far they were taken, undefined where none was.
 */
export function takenRow(
	listener: FrameListener,
	form: RecordForm | undefined,
	start: Pick<RecordRow, 'bytes' | 'at' | 'number'>,
): RecordRow | undefined {
	const { taker, last } = listener;
	if (taker === undefined || last === undefined || form === undefined) return undefined;
	// The taker reads the times in the file.
	if (listener.isCarriedOn) return undefined;
	const { bytes, at, number } = start;
	// No spread: V8 makes the fields of a copy anew with each one whose numbers are written to, at 15 µs a frame.
	const row = { bytes, form, at, number, lastAt: last };
	taker.takeRow(row);
	const count = row.number - start.number;
	if (count === 0) return undefined;
	listener.onRow(count, row.lastAt, form.interfaceId);
	return row;
}

/** One format's reader, fed chunk by chunk; it delivers frames to the listener it was made with. */
export interface FrameReader {
	readonly format: CaptureFormat;
	/** False where the rest of the file cannot be read: nothing more is to be fed. */
	feed(chunk: Uint8Array): boolean;
	/** Tells the reader that the file ends here. Throws `CaptureError` where nothing could be read. */
	end(): void;
	/** True where the file ends inside a record. */
	readonly truncated: boolean;
	/** Bytes of the file from its start to the end of the last whole record, or to the file's end. */
	readonly bytesRead: number;
	/** LINKTYPE_ values declared so far, in order of appearance. */
	readonly linkTypes: readonly number[];
}

/** Above this a captured length is damage whatever the snaplen says: what libpcap's largest is, and Wireshark's. */
const MAX_CAPTURED_LENGTH = 262_144;

/** No block, record or snaplen makes us hold more than this. */
export const MAX_RECORD_BYTES = 16 * 1024 * 1024;

/** The largest captured length to believe under a snaplen. */
export function capturedLengthLimit(snaplen: number): number {
	return Math.min(Math.max(snaplen, MAX_CAPTURED_LENGTH), MAX_RECORD_BYTES);
}
