/*
 * pcapng (draft-ietf-opsawg-pcapng): sections, interfaces, packets. Several sections of either byte order and any
 * number of interfaces; blocks of other kinds are passed over.
 */
import { ChunkJoiner } from '../bytes/chunk-joiner.js';
import type { ByteOrder } from '../bytes/cursor.js';
import { u16At, u16LeAt, u32At, u32LeAt } from '../bytes/integers.js';
import { describeMalformed, type Malformed } from '../bytes/malformed.js';
import type { OddityCounter } from '../bytes/oddity.js';
import type { Instant } from '../time/instant.js';
import { CaptureError } from './capture-error.js';
import {
	capturedLengthLimit,
	type FrameListener,
	type FrameReader,
	MAX_RECORD_BYTES,
	type RecordForm,
	rawFrameRoom,
	takenRow,
} from './frame-reader.js';
import {
	BLOCK,
	type Interface,
	OTHER_NUMBERED_BLOCKS,
	type PacketBlock,
	parseInterface,
	parsePacket,
	parseSimplePacket,
} from './pcapng-blocks.js';
import { findBlock } from './pcapng-resync.js';
import { instantOf } from './timestamp-resolution.js';

/** Type, length and, in a section header, the byte-order magic that says how to read the length. */
const BLOCK_START_BYTES = 12;

/** An enhanced packet block without its packet, or options. */
const PACKET_BLOCK_BYTES = 32;

/** Interfaces of one section that are kept; a file that declares more is hostile or broken. */
const MAX_INTERFACES = 65_536;

const MAX_LINK_TYPES = 100;

const NOTHING = new Uint8Array(0);

/** Reads one pcapng file. */
export class PcapngReader implements FrameReader {
	readonly format = 'pcapng';
	readonly #listener: FrameListener;
	readonly #oddities: OddityCounter;
	readonly #joiner = new ChunkJoiner();
	readonly #linkTypes = new Set<number>();
	#order: ByteOrder = 'little';
	#interfaces: Interface[] = [];
	/** How their blocks are written; undefined for an unusual unit of time. */
	#forms: (RecordForm | undefined)[] = [];
	/** Interfaces of the sections before this one, so that an id is one interface of the file. */
	#earlierInterfaces = 0;
	#needed = BLOCK_START_BYTES;
	#packets = 0;
	#bytes = 0;
	#lastAt: Instant = 0;
	#sections = 0;
	#stopped = false;
	/** Behind damage, until a block is recognised again. */
	#isSeeking = false;
	/** Bytes passed over while seeking. */
	#skipped = 0;
	/** Its bytes are those of the run that is being read. */
	readonly #raw = rawFrameRoom();
	#ended = false;

	constructor(listener: FrameListener, oddities: OddityCounter) {
		this.#listener = listener;
		this.#oddities = oddities;
	}

	get linkTypes(): readonly number[] {
		return [...this.#linkTypes];
	}

	get truncated(): boolean {
		return this.#ended && this.#canRead() && !this.#isSeeking && this.#joiner.length > 0;
	}

	get bytesRead(): number {
		const isDamaged = this.#stopped || this.#isSeeking;
		return isDamaged ? this.#bytes : this.#bytes + this.#joiner.length;
	}

	feed(chunk: Uint8Array): boolean {
		return this.#joiner.inPieces(
			chunk,
			() => this.#needed,
			(piece) => this.#take(piece),
		);
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
		this.#raw.bytes = new Uint8Array(run.buffer, run.byteOffset, run.byteLength);
		while (this.#canRead()) {
			if (this.#isLost()) {
				at = this.#seek(run, at);
				if (this.#isLost()) return at;
			}
			const length = this.#blockLength(run, at);
			this.#needed = length ?? BLOCK_START_BYTES;
			if (length === undefined && this.#isLost()) continue;
			if (length === undefined || run.length - at < length) return at;
			const behind = this.#leave(run, at, length);
			if (behind === at) this.#block(run.subarray(at, at + length));
			// A whole row may have been taken.
			const next = Math.max(behind, at + length);
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
		this.#oddity('pcapng-resumed', `reading goes on at byte ${this.#bytes} of the file`);
		return next.at;
	}

	/**
	 * Leaves a sound enhanced packet block that is not wanted, or taken: it is counted, and nothing is made of it. Gives the
	 * offset behind what was left, which may be more than the one block.
	 */
	#leave(run: Uint8Array, at: number, length: number): number {
		const { isWanted, taker } = this.#listener;
		if (isWanted === undefined || length < PACKET_BLOCK_BYTES) return at;
		if (this.#u32(run, at) !== BLOCK.enhancedPacket) return at;
		if (this.#u32(run, at + length - 4) !== length) return at;
		const id = this.#u32(run, at + 8);
		const from = this.#interfaces[id];
		const captured = this.#u32(run, at + 20);
		const most = length - PACKET_BLOCK_BYTES;
		if (from === undefined || captured > Math.min(most, capturedLengthLimit(from.snaplen)))
			return at;
		const start = at + 28;
		const end = start + captured;
		const [high, low] = [this.#u32(run, at + 12), this.#u32(run, at + 16)];
		const time = instantOf(high, low, from.resolution);
		const raw = this.#raw;
		if (isWanted(from.linkType, raw.bytes, start, end)) {
			const isPlain = most - captured < 4 && this.#u32(run, at + 24) === captured;
			if (taker === undefined || !isPlain) return at;
			const number = this.#packets + 1;
			const row = takenRow(this.#listener, this.#forms[id], { bytes: raw.bytes, at, number });
			if (row !== undefined) {
				this.#packets = row.number - 1;
				this.#lastAt = row.lastAt;
				return row.at;
			}
			raw.number = number;
			raw.at = time;
			raw.linkType = from.linkType;
			raw.interfaceId = this.#earlierInterfaces + id;
			raw.start = start;
			raw.end = end;
			if (!taker.take(raw)) return at;
		}
		this.#packets += 1;
		this.#lastAt = time;
		this.#listener.onLeft(this.#packets, time);
		return at + length;
	}

	/** That of the interface that is declared next. */
	#recordForm({ linkType, snaplen, resolution }: Interface): RecordForm | undefined {
		const { base, exponent, offsetSeconds } = resolution;
		if (base !== 10 || exponent < 6 || exponent > 12) return undefined;
		const id = this.#interfaces.length;
		return {
			...{ format: 'pcapng', isLittleEndian: this.#order === 'little', linkType },
			...{ interfaceId: this.#earlierInterfaces + id, blockInterface: id },
			...{ limit: capturedLengthLimit(snaplen), unitsPerMicrosecond: 10 ** (exponent - 6) },
			offset: offsetSeconds * 1_000_000,
		};
	}

	#isLost(): boolean {
		return this.#isSeeking;
	}

	#canRead(): boolean {
		return !this.#stopped;
	}

	end(): void {
		this.#ended = true;
		if (this.#isSeeking) this.#blocks(this.#joiner.push(new Uint8Array(0), 0) ?? NOTHING);
		if (this.#sections > 0) return;
		throw new CaptureError(
			'header-cut',
			'the pcapng file has no whole section header',
			'Copy the file again, or capture again: no packet is in it.',
		);
	}

	/** Length of the block at `at`; undefined where its start is not all here, or where it cannot be right. */
	#blockLength(run: Uint8Array, at: number): number | undefined {
		if (run.length - at < BLOCK_START_BYTES) return undefined;
		// The section header's type reads the same in both byte orders; what follows it tells the order.
		if (u32At(run, at) === BLOCK.section && !this.#readByteOrder(run, at)) return undefined;
		const length = this.#u32(run, at + 4);
		if (length >= BLOCK_START_BYTES && length % 4 === 0 && length <= MAX_RECORD_BYTES)
			return length;
		this.#loseTrack(
			'pcapng-block-length',
			`block total length ${length} at byte ${this.#bytes + 4} of the file, expected a multiple of 4 from 12 to ${MAX_RECORD_BYTES}`,
		);
		return undefined;
	}

	#readByteOrder(run: Uint8Array, at: number): boolean {
		const magic = u32At(run, at + 8);
		if (magic === 0x1a2b_3c4d) this.#order = 'big';
		else if (magic === 0x4d3c_2b1a) this.#order = 'little';
		else {
			this.#loseTrack(
				'pcapng-byte-order',
				`byte-order magic ${magic.toString(16)} at byte ${this.#bytes + 8} of the file, expected 1a2b3c4d in either order`,
			);
			return false;
		}
		return true;
	}

	#block(block: Uint8Array): void {
		if (this.#u32(block, block.length - 4) !== block.length) {
			this.#oddity(
				'pcapng-block-trailer',
				`the block at byte ${this.#bytes} of the file has two different lengths`,
			);
		}
		const body = block.subarray(8, block.length - 4);
		const type = this.#u32(block, 0);
		switch (type) {
			case BLOCK.section:
				this.#onSection(body);
				break;
			case BLOCK.interface:
				this.#onInterface(body);
				break;
			case BLOCK.enhancedPacket:
			case BLOCK.packet:
				this.#onPacket(body, type === BLOCK.packet);
				break;
			case BLOCK.simplePacket:
				this.#onSimplePacket(body);
				break;
			default:
				if (OTHER_NUMBERED_BLOCKS.has(type)) this.#packets += 1;
		}
	}

	#onSection(body: Uint8Array): void {
		const major = this.#order === 'big' ? u16At(body, 4) : u16LeAt(body, 4);
		if (body.length < 16 || major !== 1) {
			this.#stop('pcapng-section', `section header at byte ${this.#bytes}, major version ${major}`);
			return;
		}
		this.#sections += 1;
		this.#earlierInterfaces += this.#interfaces.length;
		this.#interfaces = [];
		this.#forms = [];
	}

	#onInterface(body: Uint8Array): void {
		const parsed = parseInterface(body, this.#order);
		if (!parsed.ok) {
			this.#malformed(parsed.malformed);
			return;
		}
		if (this.#interfaces.length >= MAX_INTERFACES) {
			this.#oddity('pcapng-interfaces', `more than ${MAX_INTERFACES} interfaces in one section`);
			return;
		}
		this.#forms.push(this.#recordForm(parsed.value));
		this.#interfaces.push(parsed.value);
		if (this.#linkTypes.size < MAX_LINK_TYPES) this.#linkTypes.add(parsed.value.linkType);
	}

	#onPacket(body: Uint8Array, obsolete: boolean): void {
		this.#packets += 1;
		const parsed = parsePacket(body, this.#order, obsolete);
		if (!parsed.ok) {
			this.#malformed(parsed.malformed);
			return;
		}
		const packet = parsed.value;
		const from = this.#interfaces[packet.interfaceId];
		if (from === undefined) {
			this.#unknownInterface(packet.interfaceId);
			return;
		}
		this.#lastAt = instantOf(packet.timestampHigh, packet.timestampLow, from.resolution);
		this.#deliver(packet, from, packet.interfaceId);
	}

	#onSimplePacket(body: Uint8Array): void {
		this.#packets += 1;
		const from = this.#interfaces[0];
		if (from === undefined) {
			this.#unknownInterface(0);
			return;
		}
		const parsed = parseSimplePacket(body, this.#order, from.snaplen);
		if (!parsed.ok) {
			this.#malformed(parsed.malformed);
			return;
		}
		this.#oddity(
			'pcapng-packet-without-time',
			'a simple packet block has no time: the one of the packet before it is taken',
		);
		this.#deliver({ ...parsed.value, direction: undefined, comments: [] }, from, 0);
	}

	#deliver(
		packet: Pick<PacketBlock, 'bytes' | 'originalLength' | 'direction' | 'comments'>,
		from: Interface,
		interfaceId: number,
	): void {
		const { bytes } = packet;
		if (bytes.length > capturedLengthLimit(from.snaplen)) {
			const text = `captured length ${bytes.length}, at most ${capturedLengthLimit(from.snaplen)} expected`;
			this.#oddity('pcapng-captured-length', text);
			return;
		}
		this.#listener.onFrame({
			number: this.#packets,
			at: this.#lastAt,
			linkType: from.linkType,
			bytes,
			originalLength: Math.max(packet.originalLength, bytes.length),
			interfaceId: this.#earlierInterfaces + interfaceId,
			direction: packet.direction,
			comments: packet.comments,
		});
	}

	#unknownInterface(id: number): void {
		const count = this.#interfaces.length;
		this.#oddity('pcapng-unknown-interface', `interface ${id}, where ${count} are declared`);
	}

	#malformed(malformed: Malformed): void {
		const kind = `${malformed.layer.replaceAll(' ', '-')}-cut`;
		this.#oddity(kind, `${describeMalformed(malformed)}; block at byte ${this.#bytes}`);
	}

	/** Where nothing was understood yet there is nothing to look for. */
	#loseTrack(kind: string, text: string): void {
		if (this.#sections === 0) {
			this.#stop(kind, text);
			return;
		}
		this.#oddity(kind, `${text}: the file is damaged there`);
		this.#isSeeking = true;
		// The damaged bytes themselves are no block.
		this.#skipped = 0;
	}

	#stop(kind: string, text: string): void {
		this.#stopped = true;
		this.#oddity(kind, `${text}: the file is damaged there and was read up to it`);
	}

	#oddity(kind: string, text: string): void {
		this.#oddities.add(kind, 'pcapng', this.#packets, text);
	}

	#u32(bytes: Uint8Array, offset: number): number {
		return this.#order === 'big' ? u32At(bytes, offset) : u32LeAt(bytes, offset);
	}
}
