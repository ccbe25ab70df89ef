import type { PacketPlace } from '../layers/frame-decoder.js';
import { type UdpHeader, udpChecksumState } from '../layers/udp.js';
import { formatMac } from '../net/mac-address.js';
import type { PacketFacts } from './observed.js';

/** What the packet of a datagram tells of where the capture was taken; copied, safe to keep. */
export function packetFactsOf(datagram: UdpHeader, place: PacketPlace): PacketFacts {
	const { frames, ip, missing } = place;
	return {
		...hopFactsOf(place),
		// A checksum covers the whole datagram: of a cut one nothing can be said.
		...(missing === 0 && {
			udpChecksum: udpChecksumState(datagram.segment, ip.source, ip.destination),
		}),
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
	const direction = frame.direction ?? link.direction;
	return {
		ttl: ip.ttl,
		...(ip.id !== undefined && { ipId: ip.id }),
		...(link.sourceMac !== undefined && { sourceMac: formatMac(link.sourceMac) }),
		...(link.destinationMac !== undefined && { destinationMac: formatMac(link.destinationMac) }),
		...(link.vlans.length > 0 && { vlans: link.vlans }),
		...(direction !== undefined && { direction }),
		interfaceId: link.interfaceIndex ?? frame.interfaceId,
	};
}
