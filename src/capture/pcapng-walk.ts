/*
 * From block to block through a pcapng file: in which byte order its numbers are, where each block ends, and where
 * reading goes on behind damage. Nothing is known here of what is in a block.
 */
import { ChunkJoiner } from '../bytes/chunk-joiner.js';
import { type ByteOrder, u32At, u32In } from '../bytes/integers.js';
import { MAX_RECORD_BYTES } from './frame-reader.js';
import { BLOCK, sectionOrder } from './pcapng-blocks.js';
import { findBlock } from './pcapng-resync.js';

/** Type, length and, in a section header, the byte-order magic that says how to read the length. */
const BLOCK_START_BYTES = 12;

const NOTHING = new Uint8Array(0);

export interface BlockListener {
	/** Takes the whole block at `at`, and as many behind it as it likes; gives the offset behind what it took. */
	onBlock(run: Uint8Array, at: number, length: number): number;
	/** Something is wrong with the file. */
	onOddity(kind: string, text: string): void;
}

/** Goes through one file. */
export class PcapngWalk {
	readonly #listener: BlockListener;
	readonly #joiner = new ChunkJoiner();
	#order: ByteOrder = 'little';
	#needed = BLOCK_START_BYTES;
	#bytes = 0;
	#stopped = false;
	/** Behind damage, until a block is recognised again. */
	#isSeeking = false;
	/** Bytes passed over while seeking. */
	#skipped = 0;
	#ended = false;

	constructor(listener: BlockListener) {
		this.#listener = listener;
	}

	/** Of the section. */
	get order(): ByteOrder {
		return this.#order;
	}

	/** Where the block begins that is being read, in the file. */
	get at(): number {
		return this.#bytes;
	}

	/** True where the file ends inside a block. */
	get truncated(): boolean {
		return this.#ended && this.#canRead() && !this.#isSeeking && this.#joiner.length > 0;
	}

	/** Bytes of the file; where it is damaged, those before the damage. */
	get bytesRead(): number {
		const isDamaged = this.#stopped || this.#isSeeking;
		return isDamaged ? this.#bytes : this.#bytes + this.#joiner.length;
	}

	/** A number of the section. */
	u32(bytes: Uint8Array, offset: number): number {
		return u32In(bytes, offset, this.#order);
	}

	/** False where the rest of the file cannot be read. */
	feed(chunk: Uint8Array): boolean {
		return this.#joiner.inPieces(
			chunk,
			() => this.#needed,
			(piece) => this.#take(piece),
		);
	}

	/** The file ends here. */
	end(): void {
		this.#ended = true;
		if (this.#isSeeking) this.#blocks(this.#joiner.push(NOTHING, 0) ?? NOTHING);
	}

	/** Nothing more is read. */
	stop(kind: string, text: string): void {
		this.#stopped = true;
		this.#listener.onOddity(kind, `${text}: the file is damaged there and was read up to it`);
	}

	#take(chunk: Uint8Array): boolean {
		if (this.#stopped) return false;
		const run = this.#joiner.push(chunk, this.#needed);
		if (run === undefined) return true;
		const used = this.#blocks(run);
		if (this.#canRead()) this.#joiner.keep(run.subarray(used));
		return this.#canRead();
	}

	/** Reads the whole blocks of a run; gives the bytes they took. */
	#blocks(run: Uint8Array): number {
		let at = 0;
		while (this.#canRead()) {
			if (this.#isLost()) {
				at = this.#seek(run, at);
				if (this.#isLost()) return at;
			}
			const length = this.#blockLength(run, at);
			this.#needed = length ?? BLOCK_START_BYTES;
			if (length === undefined && this.#isLost()) continue;
			if (length === undefined || run.length - at < length) return at;
			const next = this.#listener.onBlock(run, at, length);
			this.#bytes += next - at;
			at = next;
		}
		return at;
	}

	/** Gives the offset of the next block; still seeking where there is none yet, and then what can be let go. */
	#seek(run: Uint8Array, from: number): number {
		const next = findBlock(run, from, this.#order, this.#ended);
		this.#skipped += next.at - from;
		this.#needed = next.kind === 'open' ? next.length : BLOCK_START_BYTES;
		if (next.kind !== 'found') return next.at;
		this.#isSeeking = false;
		this.#bytes += this.#skipped;
		const text = `reading goes on at byte ${this.#bytes} of the file`;
		this.#listener.onOddity('pcapng-resumed', text);
		return next.at;
	}

	// Both change in what is called in between, which a compiler that narrows fields cannot see.
	#isLost(): boolean {
		return this.#isSeeking;
	}

	#canRead(): boolean {
		return !this.#stopped;
	}

	/** Length of the block at `at`; undefined where its start is not all here, or where it cannot be right. */
	#blockLength(run: Uint8Array, at: number): number | undefined {
		if (run.length - at < BLOCK_START_BYTES) return undefined;
		// The section header's type reads the same in both byte orders; what follows it tells the order.
		if (u32At(run, at) === BLOCK.section && !this.#readByteOrder(run, at)) return undefined;
		const length = this.u32(run, at + 4);
		if (length >= BLOCK_START_BYTES && length % 4 === 0 && length <= MAX_RECORD_BYTES)
			return length;
		this.#loseTrack(
			'pcapng-block-length',
			`block total length ${length} at byte ${this.#bytes + 4} of the file, expected a multiple of 4 from 12 to ${MAX_RECORD_BYTES}`,
		);
		return undefined;
	}

	#readByteOrder(run: Uint8Array, at: number): boolean {
		const order = sectionOrder(run, at);
		if (order === undefined) {
			this.#loseTrack(
				'pcapng-byte-order',
				`byte-order magic ${u32At(run, at + 8).toString(16)} at byte ${this.#bytes + 8} of the file, expected 1a2b3c4d in either order`,
			);
			return false;
		}
		this.#order = order;
		return true;
	}

	#loseTrack(kind: string, text: string): void {
		// Where nothing was understood yet there is nothing to look for.
		if (this.#bytes === 0) {
			this.stop(kind, text);
			return;
		}
		this.#listener.onOddity(kind, `${text}: the file is damaged there`);
		this.#isSeeking = true;
		// The damaged bytes themselves are no block.
		this.#skipped = 0;
	}
}
