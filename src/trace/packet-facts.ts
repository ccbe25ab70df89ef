import type { PacketPlace } from '../layers/frame-decoder.js';
import { type UdpHeader, udpChecksumState } from '../layers/udp.js';
import { formatMac } from '../net/mac-address.js';
import type { PacketFacts } from './observed.js';

/** What the packet of a datagram tells of where the capture was taken; copied, safe to keep. */
export function packetFactsOf(datagram: UdpHeader, place: PacketPlace): PacketFacts {
	const { ip, missing } = place;
	// A checksum covers the whole datagram: of a cut one nothing can be said.
	const checksum =
		missing > 0 ? undefined : udpChecksumState(datagram.segment, ip.source, ip.destination);
	return factsOf(place, checksum, datagram.payload.length);
}

/** The same of the packet of a segment. */
export function segmentFactsOf(place: PacketPlace): PacketFacts {
	return factsOf(place, undefined, place.ip.payload.length);
}

function factsOf(
	{ frame, frames, link, ip }: PacketPlace,
	udpChecksum: PacketFacts['udpChecksum'],
	payloadLength: number,
): PacketFacts {
	const { sourceMac, destinationMac, vlans } = link;
	return {
		ttl: ip.ttl,
		ipId: ip.id,
		sourceMac: sourceMac && formatMac(sourceMac),
		destinationMac: destinationMac && formatMac(destinationMac),
		vlans: vlans.length > 0 ? vlans : undefined,
		direction: frame.direction ?? link.direction,
		interfaceId: link.interfaceIndex ?? frame.interfaceId,
		udpChecksum,
		fragments: frames.length,
		payloadLength,
	};
}

/**
 * The same packet, of whose payload so many bytes are the message. V8 gives each object that is made by spreading these a
 * hidden class of its own, which takes more room than the facts do.
 */
export function withPayload(packet: PacketFacts, payloadLength: number): PacketFacts {
	return {
		ttl: packet.ttl,
		ipId: packet.ipId,
		sourceMac: packet.sourceMac,
		destinationMac: packet.destinationMac,
		vlans: packet.vlans,
		direction: packet.direction,
		interfaceId: packet.interfaceId,
		udpChecksum: packet.udpChecksum,
		fragments: packet.fragments,
		payloadLength,
	};
}
