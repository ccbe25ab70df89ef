/*
 * Reassembly of IP fragments (RFC 791 §3.2, RFC 8200 §4.5). State is bounded in packets, bytes and capture time; what
 * never becomes whole is an oddity.
 */
import type { OddityCounter } from '../bytes/oddity.js';
import type { Frame } from '../capture/frame.js';
import type { Instant } from '../time/instant.js';
import { FirstFragments, firstFragment } from './first-fragments.js';
import type { IpPacket } from './ip-packet.js';
import type { LinkPayload } from './link-payload.js';

/** RFC 8200 §4.5; Linux gives up after 30 s. */
const TIMEOUT_US = 60_000_000;
const MAX_PACKETS = 1024;
const MAX_BYTES = 8 * 1024 * 1024;
const MAX_PACKET_BYTES = 65_535;
const MAX_FRAGMENTS = 512;

/** A copy of a fragment this soon after its packet was whole is the same frame seen on another interface. */
const COPY_WINDOW_US = 1_000_000;

interface Piece {
	readonly offset: number;
	/** Where the piece ends by its own length; beyond `offset + bytes.length` where the snaplen cut it. */
	readonly end: number;
	readonly bytes: Uint8Array;
}

interface Pending {
	readonly startedAt: Instant;
	readonly source: Uint8Array;
	readonly destination: Uint8Array;
	/** The next header of the fragment at offset 0 counts (RFC 8200 §4.5). */
	protocol: number;
	readonly pieces: Piece[];
	readonly frames: number[];
	bytes: number;
	/** Length of the whole payload, known once the last fragment came. */
	total: number | undefined;
	completedAt: Instant | undefined;
}

/** The payload that fragments carried together. */
export interface Reassembled {
	/** What `payload` begins with: the first fragment's next header. */
	readonly protocol: number;
	readonly payload: Uint8Array;
	/** Bytes promised and not captured. */
	readonly missing: number;
	readonly frames: readonly number[];
}

/** What came of a packet whose rest never did; copies, safe to keep. */
export interface LostFragments {
	readonly at: Instant;
	readonly source: Uint8Array;
	readonly destination: Uint8Array;
	readonly protocol: number;
	/** The first fragment's payload; undefined where it is among the lost. */
	readonly first: Uint8Array | undefined;
	readonly receivedBytes: number;
	readonly frames: readonly number[];
}

/** Collects the fragments of one capture. */
export class FragmentReassembler {
	readonly #pending = new Map<string, Pending>();
	readonly #oddities: OddityCounter;
	readonly #lost: (fragments: LostFragments) => void;
	/** Of packets whose rest may still come. */
	readonly first = new FirstFragments();
	#bytes = 0;

	/** `lost` is told of each packet that never became whole. */
	constructor(oddities: OddityCounter, lost: (fragments: LostFragments) => void) {
		this.#oddities = oddities;
		this.#lost = lost;
	}

	/** Gives the whole payload with the fragment that completes it, else undefined. */
	add(packet: IpPacket, frame: Frame, link: LinkPayload): Reassembled | undefined {
		if (packet.fragment === undefined) return undefined;
		const { at, number } = frame;
		this.#expire(at);
		const { offset, more } = packet.fragment;
		const end = offset + packet.payload.length + packet.missing;
		if (end > MAX_PACKET_BYTES || (more && (end - offset) % 8 !== 0) || end === offset) {
			this.#odd(
				'fragment-length',
				number,
				`fragment from ${offset} to ${end}, more to come: ${more}`,
			);
			return undefined;
		}
		const key = keyOf(packet);
		const pending = this.#pendingFor(key, packet, at, { offset, end, bytes: packet.payload });
		if (pending === undefined) return undefined;
		if (!this.#addPiece(key, pending, packet, { offset, end, bytes: packet.payload }, number)) {
			return undefined;
		}
		if (offset === 0) {
			pending.protocol = packet.protocol;
			const payload = pending.pieces.at(-1)?.bytes ?? packet.payload;
			this.first.add(key, firstFragment({ frame, link, ip: packet }, payload));
		}
		if (!more) pending.total = end;
		if (pending.total === undefined || !covers(pending.pieces, pending.total)) return undefined;
		pending.completedAt = at;
		this.first.remove(key);
		return join(pending, pending.total);
	}

	/** At the end of the capture: what is still open never became whole. */
	end(): void {
		for (const key of [...this.#pending.keys()]) this.#forget(key);
	}

	/** The packet a fragment belongs to; undefined where it is only a copy of one already used. */
	#pendingFor(key: string, packet: IpPacket, at: Instant, piece: Piece): Pending | undefined {
		const known = this.#pending.get(key);
		if (known?.completedAt !== undefined) {
			const soon = Math.abs(at - known.completedAt) <= COPY_WINDOW_US;
			if (soon && known.pieces.some((one) => samePiece(one, piece))) return undefined;
			this.#forget(key);
		} else if (known !== undefined) return known;
		const pending: Pending = {
			startedAt: at,
			source: Uint8Array.from(packet.source),
			destination: Uint8Array.from(packet.destination),
			protocol: packet.protocol,
			pieces: [],
			frames: [],
			bytes: 0,
			total: undefined,
			completedAt: undefined,
		};
		this.#pending.set(key, pending);
		return pending;
	}

	/** False where the fragment adds nothing. */
	#addPiece(key: string, pending: Pending, packet: IpPacket, piece: Piece, frame: number): boolean {
		if (pending.pieces.some((one) => samePiece(one, piece))) return false;
		if (pending.pieces.some((one) => one.offset < piece.end && piece.offset < one.end)) {
			this.#odd(
				'fragment-overlap',
				frame,
				`bytes ${piece.offset} to ${piece.end} came twice and differ`,
			);
			// RFC 5722 §3: the whole packet is dropped. For IPv4 the bytes that came first stay.
			if (packet.version === 6) {
				this.#drop(key);
				return false;
			}
		}
		if (pending.pieces.length >= MAX_FRAGMENTS) return false;
		pending.pieces.push({ ...piece, bytes: Uint8Array.from(piece.bytes) });
		pending.frames.push(frame);
		pending.bytes += piece.bytes.length;
		this.#bytes += piece.bytes.length;
		this.#makeRoom(key, frame);
		return true;
	}

	#makeRoom(keep: string, frame: number): void {
		while (this.#bytes > MAX_BYTES || this.#pending.size > MAX_PACKETS) {
			const oldest = this.#pending.keys().next().value;
			if (oldest === undefined || oldest === keep) return;
			if (this.#pending.get(oldest)?.completedAt === undefined) {
				this.#odd(
					'fragment-table-full',
					frame,
					`${this.#pending.size} packets, ${this.#bytes} bytes`,
				);
			}
			this.#drop(oldest);
		}
	}

	/** The map is in order of arrival, so the old ones stand in front. */
	#expire(at: Instant): void {
		for (const [key, pending] of this.#pending) {
			if (at - pending.startedAt <= TIMEOUT_US) return;
			this.#forget(key);
		}
	}

	#forget(key: string): void {
		const pending = this.#pending.get(key);
		if (pending === undefined) return;
		if (pending.completedAt === undefined) {
			const total = pending.total === undefined ? 'unknown length' : `${pending.total} bytes`;
			const text = `${pending.bytes} bytes in ${pending.pieces.length} of its fragments came of a packet of ${total}`;
			this.#odd('fragments-incomplete', pending.frames[0] ?? 0, text);
			this.#lost(lostOf(pending));
		}
		this.#drop(key);
	}

	#drop(key: string): void {
		this.first.remove(key);
		this.#bytes -= this.#pending.get(key)?.bytes ?? 0;
		this.#pending.delete(key);
	}

	#odd(kind: string, frame: number, text: string): void {
		this.#oddities.add(kind, 'ip', frame, text);
	}
}

function lostOf(pending: Pending): LostFragments {
	const { startedAt: at, source, destination, protocol, pieces, bytes, frames } = pending;
	const first = pieces.find(({ offset }) => offset === 0)?.bytes;
	return { at, source, destination, protocol, first, receivedBytes: bytes, frames };
}

/** RFC 791: source, destination, protocol, id. RFC 8200 leaves the protocol out, as only the first fragment's counts. */
function keyOf(packet: IpPacket): string {
	const addresses = Buffer.concat([packet.source, packet.destination]).toString('latin1');
	return `${packet.version}${addresses}${packet.version === 4 ? packet.protocol : ''}/${packet.id}`;
}

function samePiece(a: Piece, b: Piece): boolean {
	return a.offset === b.offset && a.end === b.end && Buffer.compare(a.bytes, b.bytes) === 0;
}

function covers(pieces: readonly Piece[], total: number): boolean {
	let reached = 0;
	for (const piece of [...pieces].sort((a, b) => a.offset - b.offset)) {
		if (piece.offset > reached) return false;
		reached = Math.max(reached, piece.end);
	}
	return reached >= total;
}

/** First bytes win; a hole that the snaplen left ends the payload. */
function join({ pieces, protocol, frames }: Pending, total: number): Reassembled {
	const payload = new Uint8Array(total);
	let usable = total;
	for (const piece of [...pieces].reverse()) {
		const bytes = piece.bytes.subarray(0, Math.max(0, total - piece.offset));
		payload.set(bytes, Math.min(piece.offset, total));
		const end = piece.offset + piece.bytes.length;
		if (end < piece.end) usable = Math.min(usable, end);
	}
	return { protocol, payload: payload.subarray(0, usable), missing: total - usable, frames };
}
