/*
 * pcapng (draft-ietf-opsawg-pcapng): sections, interfaces, packets. Several sections of either byte order and any
 * number of interfaces; blocks of other kinds are passed over.
 */
import { u16In } from '../bytes/integers.js';
import { describeMalformed, type Malformed } from '../bytes/malformed.js';
import type { OddityCounter } from '../bytes/oddity.js';
import type { Instant } from '../time/instant.js';
import { CaptureError } from './capture-error.js';
import {
	capturedLengthLimit,
	type FrameListener,
	type FrameReader,
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
	parseStatistics,
} from './pcapng-blocks.js';
import { PcapngWalk } from './pcapng-walk.js';
import { instantOf } from './timestamp-resolution.js';

/** An enhanced packet block without its packet, or options. */
const PACKET_BLOCK_BYTES = 32;

/** Interfaces of one section that are kept; a file that declares more is hostile or broken. */
const MAX_INTERFACES = 65_536;

const MAX_LINK_TYPES = 100;

/** Reads one pcapng file. */
export class PcapngReader implements FrameReader {
	readonly format = 'pcapng';
	readonly #listener: FrameListener;
	readonly #oddities: OddityCounter;
	readonly #walk = new PcapngWalk({
		onBlock: (run, at, length) => this.#onBlock(run, at, length),
		onOddity: (kind, text) => this.#oddity(kind, text),
	});
	readonly #linkTypes = new Set<number>();
	#interfaces: Interface[] = [];
	/** How their blocks are written; undefined for an unusual unit of time. */
	#forms: (RecordForm | undefined)[] = [];
	/** Interfaces of the sections before this one, so that an id is one interface of the file. */
	#earlierInterfaces = 0;
	/** Packets that each interface has lost, by its number in the file; where some were. */
	readonly #dropped = new Map<number, number>();
	#packets = 0;
	#lastAt: Instant = 0;
	#sections = 0;
	/** Its bytes are those of the run that is being read. */
	readonly #raw = rawFrameRoom();
	/** The run that is being read. */
	#run: Uint8Array | undefined;

	constructor(listener: FrameListener, oddities: OddityCounter) {
		this.#listener = listener;
		this.#oddities = oddities;
	}

	get linkTypes(): readonly number[] {
		return [...this.#linkTypes];
	}

	get truncated(): boolean {
		return this.#walk.truncated;
	}

	get bytesRead(): number {
		return this.#walk.bytesRead;
	}

	feed(chunk: Uint8Array): boolean {
		return this.#walk.feed(chunk);
	}

	/** Leaves or reads the block at `at`; gives the offset behind it, or behind a whole row. */
	#onBlock(run: Uint8Array, at: number, length: number): number {
		if (run !== this.#run) {
			this.#run = run;
			this.#raw.bytes = new Uint8Array(run.buffer, run.byteOffset, run.byteLength);
		}
		const behind = this.#leave(run, at, length);
		if (behind > at) return behind;
		this.#block(run.subarray(at, at + length));
		return at + length;
	}

	/**
	 * Leaves a sound enhanced packet block that is not wanted, or taken: it is counted, and nothing is made of it. Gives the
	 * offset behind what was left, which may be more than the one block.
	 */
	#leave(run: Uint8Array, at: number, length: number): number {
		const { isWanted, taker } = this.#listener;
		if (isWanted === undefined || length < PACKET_BLOCK_BYTES) return at;
		if (this.#walk.u32(run, at) !== BLOCK.enhancedPacket) return at;
		if (this.#walk.u32(run, at + length - 4) !== length) return at;
		const id = this.#walk.u32(run, at + 8);
		const from = this.#interfaces[id];
		const captured = this.#walk.u32(run, at + 20);
		const most = length - PACKET_BLOCK_BYTES;
		if (from === undefined || captured > Math.min(most, capturedLengthLimit(from.snaplen)))
			return at;
		const start = at + 28;
		const end = start + captured;
		const [high, low] = [this.#walk.u32(run, at + 12), this.#walk.u32(run, at + 16)];
		const interfaceId = this.#earlierInterfaces + id;
		const number = this.#packets + 1;
		const inFile = instantOf(high, low, from.resolution);
		const time = this.#listener.timeOf(inFile, interfaceId, number);
		const raw = this.#raw;
		if (isWanted(from.linkType, raw.bytes, start, end)) {
			const isPlain = most - captured < 4 && this.#walk.u32(run, at + 24) === captured;
			if (taker === undefined || !isPlain) return at;
			const row = takenRow(this.#listener, this.#forms[id], { bytes: raw.bytes, at, number });
			if (row !== undefined) {
				this.#packets = row.number - 1;
				this.#lastAt = row.lastAt;
				return row.at;
			}
			raw.number = number;
			raw.at = time;
			raw.linkType = from.linkType;
			raw.interfaceId = interfaceId;
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
			...{ format: 'pcapng', isLittleEndian: this.#walk.order === 'little', linkType },
			...{ interfaceId: this.#earlierInterfaces + id, blockInterface: id },
			...{ limit: capturedLengthLimit(snaplen), unitsPerMicrosecond: 10 ** (exponent - 6) },
			offset: offsetSeconds * 1_000_000,
		};
	}

	end(): void {
		this.#walk.end();
		const dropped = [...this.#dropped.values()].reduce((sum, count) => sum + count, 0);
		const text = 'the capturing machine dropped packets: what is missing here may be among them';
		this.#oddities.add('packets-dropped', 'pcapng', 0, text, dropped);
		if (this.#sections > 0) return;
		throw new CaptureError(
			'header-cut',
			'the pcapng file has no whole section header',
			'Copy the file again, or capture again: no packet is in it.',
		);
	}

	#block(block: Uint8Array): void {
		if (this.#walk.u32(block, block.length - 4) !== block.length) {
			this.#oddity(
				'pcapng-block-trailer',
				`the block at byte ${this.#walk.at} of the file has two different lengths`,
			);
		}
		const body = block.subarray(8, block.length - 4);
		const type = this.#walk.u32(block, 0);
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
			case BLOCK.statistics:
				this.#onStatistics(body);
				break;
			default:
				if (OTHER_NUMBERED_BLOCKS.has(type)) this.#packets += 1;
		}
	}

	#onSection(body: Uint8Array): void {
		const major = u16In(body, 4, this.#walk.order);
		if (body.length < 16 || major !== 1) {
			this.#walk.stop(
				'pcapng-section',
				`section header at byte ${this.#walk.at}, major version ${major}`,
			);
			return;
		}
		this.#sections += 1;
		this.#earlierInterfaces += this.#interfaces.length;
		this.#interfaces = [];
		this.#forms = [];
	}

	#onInterface(body: Uint8Array): void {
		const parsed = parseInterface(body, this.#walk.order);
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
		const parsed = parsePacket(body, this.#walk.order, obsolete);
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
		const inFile = instantOf(packet.timestampHigh, packet.timestampLow, from.resolution);
		const interfaceId = this.#earlierInterfaces + packet.interfaceId;
		this.#lastAt = this.#listener.timeOf(inFile, interfaceId, this.#packets);
		this.#deliver(packet, from, interfaceId);
	}

	#onSimplePacket(body: Uint8Array): void {
		this.#packets += 1;
		const from = this.#interfaces[0];
		if (from === undefined) {
			this.#unknownInterface(0);
			return;
		}
		const parsed = parseSimplePacket(body, this.#walk.order, from.snaplen);
		if (!parsed.ok) {
			this.#malformed(parsed.malformed);
			return;
		}
		this.#oddity(
			'pcapng-packet-without-time',
			'a simple packet block has no time: the one of the packet before it is taken',
		);
		this.#deliver(
			{ ...parsed.value, direction: undefined, comments: [] },
			from,
			this.#earlierInterfaces,
		);
	}

	/** The counts of later blocks hold those of earlier ones. */
	#onStatistics(body: Uint8Array): void {
		const parsed = parseStatistics(body, this.#walk.order);
		if (!parsed.ok) {
			this.#malformed(parsed.malformed);
			return;
		}
		const { interfaceId, dropped } = parsed.value;
		const id = this.#earlierInterfaces + interfaceId;
		const known = this.#dropped.get(id) ?? 0;
		const hasRoom = this.#dropped.size < MAX_INTERFACES || known > 0;
		if (dropped > known && hasRoom) this.#dropped.set(id, dropped);
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
			interfaceId,
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
		this.#oddity(kind, `${describeMalformed(malformed)}; block at byte ${this.#walk.at}`);
	}

	#oddity(kind: string, text: string): void {
		this.#oddities.add(kind, 'pcapng', this.#packets, text);
	}
}
