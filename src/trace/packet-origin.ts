import type { PacketPlace } from '../layers/frame-decoder.js';
import type { SegmentOrigin } from '../layers/tcp-stream.js';
import type { PacketFacts } from './observed.js';
import { hopFactsOf } from './packet-facts.js';

/** The packet that carried a part of a stream; copied, safe to keep. */
export interface PacketOrigin extends SegmentOrigin {
	readonly frame: number;
	/** All frames of the packet, where it came in fragments. */
	readonly frames: readonly number[];
	readonly packet: PacketFacts;
}

export function packetOriginOf(place: PacketPlace): PacketOrigin {
	const { frame, frames, ip } = place;
	return {
		at: frame.at,
		frame: frame.number,
		frames,
		packet: {
			...hopFactsOf(place),
			fragments: frames.length,
			payloadLength: ip.payload.length,
		},
	};
}
