import type { PacketPlace } from '../layers/frame-decoder.js';
import type { SegmentOrigin } from '../layers/tcp-stream.js';
import type { PacketFacts } from './observed.js';
import { segmentFactsOf } from './packet-facts.js';

/** The packet that carried a part of a stream; copied, safe to keep. */
export interface PacketOrigin extends SegmentOrigin {
	readonly frame: number;
	/** All frames of the packet, where it came in fragments. */
	readonly frames: readonly number[];
	readonly packet: PacketFacts;
}

export function packetOriginOf(place: PacketPlace): PacketOrigin {
	const { frame, frames } = place;
	return { at: frame.at, frame: frame.number, frames, packet: segmentFactsOf(place) };
}

/** The packet that the capture has last. */
export function latestOf(origins: readonly PacketOrigin[]): PacketOrigin | undefined {
	return origins.reduce<PacketOrigin | undefined>(
		(last, one) => (last === undefined || one.frame >= last.frame ? one : last),
		undefined,
	);
}

/** The frames of all packets, each once, in order. */
export function framesOf(origins: readonly PacketOrigin[]): readonly number[] {
	return [...new Set(origins.flatMap(({ frames }) => frames))].sort((a, b) => a - b);
}
