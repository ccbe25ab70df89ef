/*
 * Classic pcap through pcap-parser. Every record that is decoded comes from that package; this adapter gives it what it
 * lacks: the nanosecond magic, the modified form, a bound on the captured length, an end inside a record that is noticed, a clear error
 * for a version it cannot read, and a buffer that does not grow. It walks the record headers first, so that the package,
 * whose price is by the record, is fed whole records only, and of those only the wanted ones.
 */
import pcapParser, { type GlobalHeader, type PacketHeader, type Parser } from 'pcap-parser';
import { ChunkJoiner } from '../bytes/chunk-joiner.js';
import type { OddityCounter } from '../bytes/oddity.js';
import type { Instant } from '../time/instant.js';
import { CaptureError } from './capture-error.js';
import {
	capturedLengthLimit,
	type FrameListener,
	type FrameReader,
	type FrameTaker,
	type RecordForm,
	rawFrameRoom,
	takenRow,
} from './frame-reader.js';
import {
	asPlainHeader,
	asPlainRecords,
	type PcapForm,
	PLAIN_FORM,
	pcapFormOf,
	RECORD_HEADER_BYTES,
} from './pcap-form.js';

const GLOBAL_HEADER_BYTES = 24;

/** LINKTYPE_ is the low part; above it stand class and FCS length (draft-ietf-opsawg-pcap §4). */
const LINK_TYPE_MASK = 0x03ff_ffff;

/** Reads one classic pcap file. */
export class PcapReader implements FrameReader {
	readonly format = 'pcap';
	readonly #listener: FrameListener;
	readonly #oddities: OddityCounter;
	readonly #joiner = new ChunkJoiner();
	readonly #parser: Parser;
	readonly #raw = rawFrameRoom();
	#form: PcapForm = PLAIN_FORM;
	#rowForm: RecordForm | undefined;
	#data: (chunk: Buffer) => void = () => {};
	#header: GlobalHeader | undefined;
	#failure: CaptureError | undefined;
	#limit = 0;
	#needed = GLOBAL_HEADER_BYTES;
	#stopped = false;
	#ended = false;
	#packets = 0;
	#bytes = 0;

	constructor(listener: FrameListener, oddities: OddityCounter) {
		this.#listener = listener;
		this.#oddities = oddities;
		this.#parser = this.#attach();
	}

	get linkTypes(): readonly number[] {
		return this.#header === undefined ? [] : [this.#header.linkLayerType & LINK_TYPE_MASK];
	}

	get truncated(): boolean {
		return this.#ended && !this.#stopped && this.#joiner.length > 0;
	}

	get bytesRead(): number {
		return this.#stopped ? this.#bytes : this.#bytes + this.#joiner.length;
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
		const start = this.#hasHeader() ? 0 : this.#readHeader(run);
		if (!this.#hasHeader() || !this.#isReading()) return this.#isReading();
		this.#joiner.keep(run.subarray(this.#walk(run, start)));
		return this.#isReading();
	}

	// Both change while the parser calls back, which a compiler that narrows fields cannot see.
	#hasHeader(): boolean {
		return this.#header !== undefined;
	}

	#isReading(): boolean {
		return !this.#stopped;
	}

	/** Gives the bytes that the header took. */
	#readHeader(run: Buffer): number {
		this.#form = pcapFormOf(run) ?? PLAIN_FORM;
		this.#parse(asPlainHeader(run.subarray(0, GLOBAL_HEADER_BYTES), this.#form));
		return GLOBAL_HEADER_BYTES;
	}

	/** Goes over the whole records of a run and parses the wanted ones; gives the offset behind the last whole one. */
	#walk(run: Buffer, start: number): number {
		const { isWanted, taker } = this.#listener;
		const { isLittleEndian, recordHeaderBytes } = this.#form;
		const linkType = this.#linkType;
		const view = new DataView(run.buffer, run.byteOffset, run.byteLength);
		const raw = this.#raw;
		// Views of a Buffer cost three times those of a plain array.
		raw.bytes = new Uint8Array(run.buffer, run.byteOffset, run.byteLength);
		raw.linkType = linkType;
		const origin = this.#bytes - start;
		/** Where a row of wanted records begins: they are parsed at one go. */
		let wantedFrom = start;
		let at = start;
		this.#needed = recordHeaderBytes;
		while (at + recordHeaderBytes <= run.length) {
			const length = view.getUint32(at + 8, isLittleEndian);
			if (length > this.#limit) break;
			const body = at + recordHeaderBytes;
			const end = body + length;
			this.#needed = end - at;
			if (end > run.length) break;
			if (isWanted !== undefined && !isWanted(linkType, raw.bytes, body, end)) {
				if (wantedFrom < at) this.#parseRecords(run.subarray(wantedFrom, at));
				wantedFrom = end;
				this.#leave(this.#at(view, at));
			} else if (taker !== undefined) {
				// All before it is told first: what it says may decide about frames that are held.
				if (wantedFrom < at) this.#parseRecords(run.subarray(wantedFrom, at));
				wantedFrom = this.#offer(taker, view, at, length);
			}
			// A whole row may have been taken.
			at = Math.max(end, wantedFrom);
			this.#needed = recordHeaderBytes;
		}
		if (wantedFrom < at) this.#parseRecords(run.subarray(wantedFrom, at));
		this.#bytes = origin + at;
		if (at + recordHeaderBytes <= run.length) this.#checkLength(view, at);
		return at;
	}

	/**
	 * Offers records from `at` on, the first of which is whole, to one who may take some; gives where those begin that are
	 * still to be parsed.
	 */
	#offer(taker: FrameTaker, view: DataView, at: number, length: number): number {
		const raw = this.#raw;
		const number = this.#packets + 1;
		const row = takenRow(this.#listener, this.#rowForm, { bytes: raw.bytes, at, number });
		if (row !== undefined) {
			this.#packets = row.number - 1;
			return row.at;
		}
		if (length !== view.getUint32(at + 12, this.#form.isLittleEndian)) return at;
		raw.number = number;
		raw.at = this.#at(view, at);
		raw.start = at + this.#form.recordHeaderBytes;
		raw.end = raw.start + length;
		if (!taker.take(raw)) return at;
		this.#leave(raw.at);
		return raw.end;
	}

	#checkLength(view: DataView, at: number): void {
		const length = view.getUint32(at + 8, this.#form.isLittleEndian);
		if (length > this.#limit) this.#stopAt(length);
	}

	#leave(at: Instant): void {
		this.#packets += 1;
		this.#listener.onLeft(this.#packets, at);
	}

	/** The time of the record at `at`. */
	#at(view: DataView, at: number): Instant {
		const seconds = view.getUint32(at, this.#form.isLittleEndian);
		const fraction = view.getUint32(at + 4, this.#form.isLittleEndian);
		return this.#instant(seconds, fraction, this.#packets + 1);
	}

	#instant(seconds: number, fraction: number, number: number): Instant {
		const { unitsPerMicrosecond } = this.#form;
		const micros =
			unitsPerMicrosecond === 1 ? fraction : Math.floor(fraction / unitsPerMicrosecond);
		return this.#listener.timeOf(seconds * 1_000_000 + micros, INTERFACE, number);
	}

	get #linkType(): number {
		return (this.#header?.linkLayerType ?? 0) & LINK_TYPE_MASK;
	}

	end(): void {
		this.#ended = true;
		if (this.#failure !== undefined) throw this.#failure;
		if (this.#header !== undefined) return;
		throw new CaptureError(
			'header-cut',
			`the pcap file ends in its header: ${this.#joiner.length} of ${GLOBAL_HEADER_BYTES} bytes`,
			'Copy the file again, or capture again: no packet is in it.',
		);
	}

	/** pcap-parser wants a stream; this one only remembers the handler that takes the chunks. */
	#attach(): Parser {
		const parser = pcapParser.parse({
			on: (event, handler) => {
				if (event === 'data') this.#data = handler;
			},
			pause: () => {},
			resume: () => {},
		});
		parser.on('globalHeader', (header) => this.#onGlobalHeader(header));
		parser.on('packet', ({ header, data }) => this.#onRecord(header, data));
		// Without a listener the error would be thrown out of `data`.
		parser.on('error', (error) => this.#fail(error.message));
		return parser;
	}

	/** Whole records, one behind the other: the package knows the plain form, all others are brought into it. */
	#parseRecords(run: Buffer): void {
		if (this.#isPlain) {
			this.#parse(run);
			return;
		}
		for (const record of asPlainRecords(run, this.#form)) this.#parse(record);
	}

	get #isPlain(): boolean {
		return this.#form.recordHeaderBytes === RECORD_HEADER_BYTES;
	}

	#parse(run: Buffer): void {
		this.#data(run);
		// It joins what it holds to the next chunk with `new Buffer` and never lets go: so it is never left holding any.
		this.#parser.buffer = null;
	}

	#onGlobalHeader(header: GlobalHeader): void {
		this.#header = header;
		this.#bytes = GLOBAL_HEADER_BYTES;
		this.#limit = capturedLengthLimit(header.snapshotLength);
		// Rows are taken in the plain form; of another each record is offered alone.
		this.#rowForm = this.#isPlain ? this.#recordForm() : undefined;
		// The package only refuses a file whose major and minor numbers are both wrong.
		if (header.majorVersion !== 2 || header.minorVersion > 4) {
			this.#fail(`version ${header.majorVersion}.${header.minorVersion}, not 2.4`);
		}
	}

	#recordForm(): RecordForm {
		const { isLittleEndian, unitsPerMicrosecond } = this.#form;
		return {
			...{ format: 'pcap', isLittleEndian, linkType: this.#linkType },
			...{ interfaceId: INTERFACE, blockInterface: 0, limit: this.#limit },
			...{ unitsPerMicrosecond, offset: 0 },
		};
	}

	#stopAt(value: number): void {
		this.#stopped = true;
		this.#oddities.add(
			'pcap-captured-length',
			'pcap',
			this.#packets + 1,
			`captured length ${value} at byte ${this.#bytes + 8} of the file, at most ${this.#limit} expected: the file is damaged there and was read up to it`,
		);
	}

	#onRecord(header: PacketHeader, bytes: Buffer): void {
		this.#packets += 1;
		this.#listener.onFrame({
			number: this.#packets,
			at: this.#instant(header.timestampSeconds, header.timestampMicroseconds, this.#packets),
			linkType: this.#linkType,
			// Views of a Buffer cost three times those of a plain array, and each layer makes some.
			bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length),
			originalLength: Math.max(header.originalLength, bytes.length),
			interfaceId: INTERFACE,
			direction: undefined,
			comments: NO_COMMENTS,
		});
	}

	#fail(reason: string): void {
		this.#stopped = true;
		this.#failure ??= new CaptureError(
			'unsupported-format',
			`this pcap file is of a kind sipdoctor does not read: ${reason}`,
			'Convert it: editcap -F pcap FILE FILE.pcap',
		);
	}
}

/** A file has one. */
const INTERFACE = 0;

const NO_COMMENTS: readonly string[] = [];
