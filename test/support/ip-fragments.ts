/** Fragments of an IP packet, and what is made of them. */
import { OddityCounter } from '../../src/bytes/oddity.js';
import type { Frame } from '../../src/capture/frame.js';
import { FragmentReassembler, type LostFragments } from '../../src/layers/fragments.js';
import type { IpPacket } from '../../src/layers/ip-packet.js';
import { barePayload, ETHER_TYPE } from '../../src/layers/link-payload.js';

export function fragment(
	offset: number,
	bytes: Uint8Array,
	more: boolean,
	{ id = 1, version = 4 as 4 | 6, missing = 0 } = {},
): IpPacket {
	return {
		version,
		source: Uint8Array.of(192, 0, 2, 10),
		destination: Uint8Array.of(198, 51, 100, 5),
		ttl: 64,
		id,
		protocol: 17,
		payload: bytes,
		missing,
		fragment: { offset, more },
	};
}

export function reassembler() {
	const oddities = new OddityCounter();
	const lost: LostFragments[] = [];
	const fragments = new FragmentReassembler(oddities, (one) => lost.push(one));
	return {
		fragments,
		lost,
		kinds: () => oddities.list().map(({ kind, count }) => `${kind} ${count}`),
	};
}

/** The fragment as frame `number`, `at` microseconds. */
export function add(fragments: FragmentReassembler, piece: IpPacket, number: number, at: number) {
	const frame: Frame = {
		...{ number, at, linkType: 101, bytes: piece.payload, originalLength: piece.payload.length },
		...{ interfaceId: 0, direction: undefined, comments: [] },
	};
	return fragments.add(piece, frame, barePayload(ETHER_TYPE.ipv4, piece.payload));
}

export const text = (letter: string, length: number) => Buffer.alloc(length, letter);
