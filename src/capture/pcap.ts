/*
 * Classic pcap through pcap-parser. Every record comes from that package; this adapter gives it what it lacks: the
 * nanosecond magic, a bound on the captured length, an end inside a record that is noticed, a clear error for a
 * version it cannot read, and a buffer that does not grow.
 */
import pcapParser, { type GlobalHeader, type PacketHeader, type Parser } from 'pcap-parser';
import { ChunkJoiner } from '../bytes/chunk-joiner.js';
import type { OddityCounter } from '../bytes/oddity.js';
import { CaptureError } from './capture-error.js';
import type { Frame } from './frame.js';
import { capturedLengthLimit, type FrameReader } from './frame-reader.js';

const GLOBAL_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;

/** LINKTYPE_ is the low part; above it stand class and FCS length (draft-ietf-opsawg-pcap §4). */
const LINK_TYPE_MASK = 0x03ff_ffff;

/** Reads one classic pcap file. */
export class PcapReader implements FrameReader {
	readonly format = 'pcap';
	readonly #onFrame: (frame: Frame) => void;
	readonly #oddities: OddityCounter;
	readonly #joiner = new ChunkJoiner();
	readonly #parser: Parser;
	#data: (chunk: Buffer) => void = () => {};
	#header: GlobalHeader | undefined;
	#failure: CaptureError | undefined;
	#nanoseconds = false;
	#needed = GLOBAL_HEADER_BYTES;
	#inRecord = false;
	#stopped = false;
	#ended = false;
	#packets = 0;
	#bytes = 0;

	constructor(onFrame: (frame: Frame) => void, oddities: OddityCounter) {
		this.#onFrame = onFrame;
		this.#oddities = oddities;
		this.#parser = this.#attach();
	}

	get linkTypes(): readonly number[] {
		return this.#header === undefined ? [] : [this.#header.linkLayerType & LINK_TYPE_MASK];
	}

	get truncated(): boolean {
		return this.#ended && !this.#stopped && (this.#inRecord || this.#joiner.length > 0);
	}

	get bytesRead(): number {
		return this.#stopped ? this.#bytes : this.#bytes + this.#joiner.length;
	}

	feed(chunk: Uint8Array): boolean {
		if (this.#stopped) return false;
		const run = this.#joiner.push(chunk, this.#needed);
		if (run === undefined) return true;
		if (this.#header === undefined) {
			this.#parse(asMicroseconds(run.subarray(0, GLOBAL_HEADER_BYTES)));
			this.#nanoseconds = isNanoseconds(run);
			this.#parse(run.subarray(GLOBAL_HEADER_BYTES));
		} else {
			this.#parse(run);
		}
		return !this.#stopped;
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
		parser.on('packetHeader', (header) => this.#onRecordHeader(header));
		parser.on('packet', ({ header, data }) => this.#onRecord(header, data));
		// Without a listener the error would be thrown out of `data`.
		parser.on('error', (error) => this.#fail(error.message));
		return parser;
	}

	#parse(run: Buffer): void {
		// It joins what it holds to the next chunk with `new Buffer` and never lets go: so it is never left holding any.
		this.#data(run);
		const rest = this.#parser.buffer;
		this.#parser.buffer = null;
		if (rest !== null && !this.#stopped) this.#joiner.keep(rest);
	}

	#onGlobalHeader(header: GlobalHeader): void {
		this.#header = header;
		this.#bytes = GLOBAL_HEADER_BYTES;
		this.#needed = RECORD_HEADER_BYTES;
		// The package only refuses a file whose major and minor numbers are both wrong.
		if (header.majorVersion !== 2 || header.minorVersion > 4) {
			this.#fail(`version ${header.majorVersion}.${header.minorVersion}, not 2.4`);
		}
	}

	#onRecordHeader(header: PacketHeader): void {
		const snaplen = this.#header?.snapshotLength ?? 0;
		const limit = capturedLengthLimit(snaplen);
		if (this.#stopped || header.capturedLength > limit) {
			if (!this.#stopped) this.#stopAt(header.capturedLength, limit);
			// It cannot be told to stop; a record that never fills makes its loop end.
			header.capturedLength = Number.POSITIVE_INFINITY;
			return;
		}
		this.#bytes += RECORD_HEADER_BYTES;
		this.#needed = header.capturedLength;
		this.#inRecord = true;
	}

	#stopAt(value: number, limit: number): void {
		this.#stopped = true;
		this.#oddities.add(
			'pcap-captured-length',
			'pcap',
			this.#packets + 1,
			`captured length ${value} at byte ${this.#bytes + 8} of the file, at most ${limit} expected: the file is damaged there and was read up to it`,
		);
	}

	#onRecord(header: PacketHeader, bytes: Buffer): void {
		this.#bytes += bytes.length;
		this.#needed = RECORD_HEADER_BYTES;
		this.#inRecord = false;
		this.#packets += 1;
		const fraction = header.timestampMicroseconds;
		this.#onFrame({
			number: this.#packets,
			at:
				header.timestampSeconds * 1_000_000 +
				(this.#nanoseconds ? Math.floor(fraction / 1000) : fraction),
			linkType: (this.#header?.linkLayerType ?? 0) & LINK_TYPE_MASK,
			bytes,
			originalLength: Math.max(header.originalLength, bytes.length),
			interfaceId: 0,
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

const NO_COMMENTS: readonly string[] = [];

function isNanoseconds(header: Uint8Array): boolean {
	const magic = Buffer.from(header.subarray(0, 4)).toString('hex');
	return magic === 'a1b23c4d' || magic === '4d3cb2a1';
}

/** The header with the microsecond magic in its byte order: the only one pcap-parser knows. A copy. */
function asMicroseconds(header: Uint8Array): Buffer {
	const copy = Buffer.from(header);
	if (!isNanoseconds(header)) return copy;
	copy.set(header[0] === 0xa1 ? [0xa1, 0xb2, 0xc3, 0xd4] : [0xd4, 0xc3, 0xb2, 0xa1]);
	return copy;
}
