/* One message seen again: the very same packet at another interface or in a report, or a copy that was sent later. */
import { sameEndpoint } from '../net/endpoint.js';
import type { SipMessage } from '../sip/message.js';
import { elapsedMs } from '../time/instant.js';
import { isReported } from '../trace/hep-report.js';
import type { Observed, Reports } from '../trace/observed.js';

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
 * Adds a copy, or its frames to the sighting of the very same packet (`any` interface, a bridge, a mirror port, HEP). Where
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
	// The message itself is judged rather than what somebody reports of it, whichever of the two comes first.
	const judged = isReported(known) && !isReported(observed) ? observed : known;
	const { message, cut, packet } =
		isReported(known) === isReported(observed) ? fuller(known, observed) : judged;
	const { at, frame, transport } = judged;
	const frames = [...known.frames, ...observed.frames];
	const reports = bothReports(known.packet.reports, observed.packet.reports);
	sightings[index] = {
		...known,
		...{ message, at, frame, transport, cut, frames },
		packet: reports === undefined ? packet : { ...packet, reports },
	};
	return 'listed';
}

/** Of one sighting; the side without reports is the packet itself. */
function bothReports(one: Reports | undefined, other: Reports | undefined): Reports | undefined {
	if (one === undefined && other === undefined) return undefined;
	return {
		agents: [...(one?.agents ?? []), ...(other?.agents ?? [])],
		frames: (one?.frames ?? 0) + (other?.frames ?? 0),
		isAll: one?.isAll === true && other?.isAll === true,
	};
}

/** Inside a tunnel the snaplen leaves less of a packet than outside of it. */
function fuller<M extends SipMessage>(one: Observed<M>, other: Observed<M>): Observed<M> {
	return other.message.wire.length > one.message.wire.length ? other : one;
}

function isSamePacket(a: Observed<SipMessage>, b: Observed<SipMessage>): boolean {
	const gap = Math.abs(elapsedMs(a.at, b.at));
	if ((gap > SAME_PACKET_MS && !isLateReport(a, b)) || !isSameText(a, b)) return false;
	return sameEndpoint(a.src, b.src) && sameEndpoint(a.dst, b.dst);
}

/**
 * An agent reports each packet once, and the way to the monitor, or a batch, may hold that up for longer than T1: what it has
 * not reported yet as often as it came, or what only others did, is no copy that was sent later.
 */
function isLateReport(known: Observed<SipMessage>, observed: Observed<SipMessage>): boolean {
	if (!isReported(observed)) return isReported(known);
	const { agents = [], frames = 0 } = known.packet.reports ?? {};
	const packets = Math.max(1, known.frames.length - frames);
	const [agent] = observed.packet.reports?.agents ?? [];
	return agents.filter((one) => one === agent).length < packets;
}

/** Of one transaction: an agent in a server may report what this made of the message, or will make of it. */
function isSameText(a: Observed<SipMessage>, b: Observed<SipMessage>): boolean {
	if (isReported(a) === isReported(b)) return isSameWire(a, b);
	return statusOf(a) === statusOf(b);
}

/** 0 of a request. */
function statusOf({ message }: Observed<SipMessage>): number {
	return message.kind === 'response' ? message.statusCode : 0;
}

function isSameWire(a: Observed<SipMessage>, b: Observed<SipMessage>): boolean {
	const [one, other] = [a.message.wire, b.message.wire];
	if (one === other) return true;
	return (a.cut && other.startsWith(one)) || (b.cut && one.startsWith(other));
}
