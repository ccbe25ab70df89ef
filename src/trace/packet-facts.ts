import type { PacketPlace } from '../layers/frame-decoder.js';
import { type UdpHeader, udpChecksumState } from '../layers/udp.js';
import { formatMac } from '../net/mac-address.js';
import type { PacketFacts } from './observed.js';

/** What the packet of a datagram tells of where the capture was taken; copied, safe to keep. */
export function packetFactsOf(datagram: UdpHeader, place: PacketPlace): PacketFacts {
	const { frames, ip, missing } = place;
	const { ttl, ipId, sourceMac, destinationMac, vlans, direction, interfaceId } = hopFactsOf(place);
	return {
		ttl,
		ipId,
		sourceMac,
		destinationMac,
		vlans,
		direction,
		interfaceId,
		// A checksum covers the whole datagram: of a cut one nothing can be said.
		udpChecksum:
			missing > 0 ? undefined : udpChecksumState(datagram.segment, ip.source, ip.destination),
		fragments: frames.length,
		payloadLength: datagram.payload.length,
	};
}

/** What link and network layer tell of the hop, whatever the packet carries. */
export function hopFactsOf({
	frame,
	link,
	ip,
}: PacketPlace): Omit<PacketFacts, 'fragments' | 'payloadLength'> {
	const { sourceMac, destinationMac } = link;
	return {
		ttl: ip.ttl,
		ipId: ip.id,
		sourceMac: sourceMac && formatMac(sourceMac),
		destinationMac: destinationMac && formatMac(destinationMac),
		vlans: link.vlans.length > 0 ? link.vlans : undefined,
		direction: frame.direction ?? link.direction,
		interfaceId: link.interfaceIndex ?? frame.interfaceId,
	};
}
