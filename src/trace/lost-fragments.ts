import { u16At } from '../bytes/integers.js';
import type { LostFragments } from '../layers/fragments.js';
import { IP_PROTOCOL } from '../layers/ip-packet.js';
import { ipAddressText } from './ip-endpoint.js';
import type { FragmentEvent } from './observed.js';

/** Characters of the payload that are kept, as of a packet that ICMP quotes. */
const MAX_TEXT = 2048;

/** The event that an unfinished packet is. */
export function fragmentEventOf(lost: LostFragments, source: string): FragmentEvent {
	return {
		kind: 'fragments-lost',
		at: lost.at,
		source,
		frame: lost.frames[0] ?? 0,
		src: ipAddressText(lost.source),
		dst: ipAddressText(lost.destination),
		first: firstOf(lost),
		receivedBytes: lost.receivedBytes,
		frames: lost.frames,
	};
}

function firstOf({ first, protocol }: LostFragments): FragmentEvent['first'] {
	const headerBytes = headerLength(protocol, first);
	if (first === undefined || headerBytes === undefined) return undefined;
	const payload = first.subarray(headerBytes, headerBytes + MAX_TEXT);
	return {
		srcPort: u16At(first, 0),
		dstPort: u16At(first, 2),
		text: Buffer.from(payload).toString('latin1'),
	};
}

/** Undefined for what has no ports. */
function headerLength(protocol: number, first: Uint8Array | undefined): number | undefined {
	if (protocol === IP_PROTOCOL.udp) return 8;
	return protocol === IP_PROTOCOL.tcp ? Math.max(20, ((first?.[12] ?? 0) >> 4) * 4) : undefined;
}
