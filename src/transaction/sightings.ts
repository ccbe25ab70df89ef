/* One message seen again: the very same packet at another interface, or a copy that was sent later. */
import { sameEndpoint } from '../net/endpoint.js';
import type { SipMessage } from '../sip/message.js';
import { elapsedMs } from '../time/instant.js';
import type { Observed } from '../trace/observed.js';

/**
 * Two sightings closer than this are one packet seen twice, not a retransmission: no timer of RFC 3261 is shorter than
 * T1 = 500 ms, and phones that shorten T1 stay well above it.
 */
const SAME_PACKET_MS = 60;

/** Copies of one message that are listed. */
const MAX_COPIES = 200;
/** Frames of one packet that are listed: a loop in the network shows it as often as it likes. */
const MAX_FRAMES = 100;

/**
 * Adds a copy, or its frames to the sighting of the very same packet (`any` interface, a bridge, a mirror port). Where
 * there is no room for it nothing is added, and it is said which of the two it is.
 */
export function addSighting<M extends SipMessage>(
	sightings: Observed<M>[],
	observed: Observed<M>,
): 'listed' | 'one-frame-more' | 'one-copy-more' {
	const index = sightings.findLastIndex((known) => isSamePacket(known, observed));
	const known = sightings[index];
	if (known === undefined) {
		if (sightings.length >= MAX_COPIES) return 'one-copy-more';
		sightings.push(observed);
		return 'listed';
	}
	if (known.frames.length >= MAX_FRAMES) return 'one-frame-more';
	const { message, cut, packet } = fuller(known, observed);
	const frames = [...known.frames, ...observed.frames];
	sightings[index] = { ...known, message, cut, packet, frames };
	return 'listed';
}

/** Inside a tunnel the snaplen leaves less of a packet than outside of it. */
function fuller<M extends SipMessage>(one: Observed<M>, other: Observed<M>): Observed<M> {
	return other.message.wire.length > one.message.wire.length ? other : one;
}

function isSamePacket(a: Observed<SipMessage>, b: Observed<SipMessage>): boolean {
	const gap = Math.abs(elapsedMs(a.at, b.at));
	if (gap > SAME_PACKET_MS || !isSameWire(a, b)) return false;
	return sameEndpoint(a.src, b.src) && sameEndpoint(a.dst, b.dst);
}

function isSameWire(a: Observed<SipMessage>, b: Observed<SipMessage>): boolean {
	const [one, other] = [a.message.wire, b.message.wire];
	if (one === other) return true;
	return (a.cut && other.startsWith(one)) || (b.cut && one.startsWith(other));
}
