/*
 * Frame → UDP datagrams, TCP segments, ICMP errors, neighbours, exported PDUs, HEP. Knows headers and lengths, nothing of what a
 * payload says. Odd bytes are counted and never stop the rest.
 */
import { u16At } from '../bytes/integers.js';
import { describeMalformed, type Malformed, type Parsed } from '../bytes/malformed.js';
import type { OddityCounter } from '../bytes/oddity.js';
import { decodeExportedPdu, type ExportedPdu } from '../capture/exported-pdu.js';
import type { Frame } from '../capture/frame.js';
import type { Instant } from '../time/instant.js';
import { arpQuestion, parseArp } from './arp.js';
import type { FirstFragment } from './first-fragments.js';
import { FragmentReassembler, type LostFragments } from './fragments.js';
import { parseGre } from './gre.js';
import { type HepMessage, parseHep } from './hep.js';
import { type IcmpError, parseIcmp } from './icmp.js';
import { parseIcmpv6 } from './icmpv6.js';
import { parseIpInIp } from './ip-in-ip.js';
import { IP_PROTOCOL, type IpPacket } from './ip-packet.js';
import { parseIpv4Packet } from './ipv4.js';
import { parseIpv6Packet, walkExtensions } from './ipv6.js';
import { ETHER_TYPE, type LinkPayload, seenAt } from './link-payload.js';
import { EXPORTED_PDU, linkTypeName, parseLink } from './link-type.js';
import { parseMpls } from './mpls.js';
import type { Neighbour, NeighbourQuestion } from './neighbour.js';
import { neighbourQuestion, parseNeighbourDiscovery } from './neighbour-discovery.js';
import { readNullEsp } from './null-esp.js';
import { parseTcp, type TcpSegment } from './tcp.js';
import { MAX_TUNNELS, type TunnelPayload } from './tunnel.js';
import { parseUdp, type UdpHeader } from './udp.js';
import { parseUdpTunnel } from './udp-tunnel.js';

/** Of a first fragment whose rest may still come. */
const NOT_YET = (): boolean => false;

const WIFI_ENCRYPTED =
	'802.11 frames are encrypted (WPA or WEP), and what they carry cannot be read: capture on the wire behind the access point, or on the phone itself';

/** Where a packet stands in the capture. Everything in it is valid only until the callback returns. */
export interface PacketPlace {
	/** The frame that holds the packet; the last of them where it came in fragments. */
	readonly frame: Frame;
	/** Numbers of all frames that carried a part. */
	readonly frames: readonly number[];
	readonly link: LinkPayload;
	readonly ip: IpPacket;
	/** Bytes that some length promises and the capture does not have. */
	readonly missing: number;
}

export interface LayerSink {
	udp(datagram: UdpHeader, place: PacketPlace): void;
	/** The beginning of a datagram of whose fragments the capture has the first, and not all; it came before what is told now. */
	udpBeginning(datagram: UdpHeader, place: PacketPlace): void;
	tcp(segment: TcpSegment, place: PacketPlace): void;
	icmp(error: IcmpError, place: PacketPlace): void;
	neighbour(neighbour: Neighbour, frame: Frame): void;
	neighbourAsked(question: NeighbourQuestion, frame: Frame): void;
	/** At the end of the capture, or when the rest is not waited for any more. */
	fragmentsLost(fragments: LostFragments): void;
	exportedPdu(pdu: ExportedPdu, frame: Frame): void;
	/** What a datagram reports in HEP; `place` is where the report is, and says nothing of what is reported. */
	hep(message: HepMessage, place: PacketPlace): void;
}

/** What brought a packet: the frame, or the packets of a tunnel in it. */
interface Carrier {
	readonly frame: Frame;
	readonly frames: readonly number[];
	/** How many tunnels it came through. */
	readonly tunnels: number;
	/** True with an IP packet around it, of which it has been said where it is cut. */
	readonly isInIp: boolean;
}

/** Where a tunnel stands. */
interface TunnelPlace extends Carrier {
	readonly link: LinkPayload;
}

/** Decodes the frames of one capture; holds the fragments that wait for the rest of their packet. */
export class FrameDecoder {
	readonly #sink: LayerSink;
	readonly #oddities: OddityCounter;
	readonly #fragments: FragmentReassembler;

	constructor(sink: LayerSink, oddities: OddityCounter) {
		this.#sink = sink;
		this.#oddities = oddities;
		this.#fragments = new FragmentReassembler(oddities, (lost) => sink.fragmentsLost(lost));
	}

	decode(frame: Frame): void {
		this.#tellFirst(frame.at, NOT_YET);
		if (frame.linkType === EXPORTED_PDU) {
			const pdu = this.#accept(decodeExportedPdu(frame.bytes), frame);
			if (pdu !== undefined) this.#sink.exportedPdu(pdu, frame);
			return;
		}
		const parsed = parseLink(frame.linkType, frame.bytes);
		if (parsed === undefined) {
			const text = `link type ${frame.linkType} (${linkTypeName(frame.linkType)}) is not read`;
			this.#oddities.add('unknown-link-type', 'link', frame.number, text);
			return;
		}
		const link = this.#accept(parsed, frame);
		if (link !== undefined) {
			this.#frame(link, { frame, frames: [frame.number], tunnels: 0, isInIp: false });
		}
	}

	/** At the end of the capture. */
	end(): void {
		this.#tellFirst(Infinity, NOT_YET);
		this.#fragments.end();
	}

	/** All that one frame of a link carries, be it the capture's or a tunnel's. */
	#frame(link: LinkPayload, carrier: Carrier): void {
		if (link.isEncrypted === true) {
			this.#oddities.add('wifi-encrypted', 'ieee-802.11', carrier.frame.number, WIFI_ENCRYPTED);
		}
		this.#network(link, carrier);
		if (link.further === undefined) return;
		for (const other of link.further) this.#network(seenAt(other, link), carrier);
	}

	#network(link: LinkPayload, carrier: Carrier): void {
		switch (link.etherType) {
			case ETHER_TYPE.ipv4:
				this.#ip(parseIpv4Packet(link.payload, 'captured length'), link, carrier);
				break;
			case ETHER_TYPE.ipv6:
				this.#ip(parseIpv6Packet(link.payload, 'captured length'), link, carrier);
				break;
			case ETHER_TYPE.arp: {
				const neighbour = this.#accept(parseArp(link.payload), carrier.frame);
				if (neighbour !== undefined) this.#sink.neighbour(neighbour, carrier.frame);
				this.#asked(arpQuestion(link.payload), carrier.frame);
				break;
			}
			case ETHER_TYPE.mpls:
			case ETHER_TYPE.mplsUpstream:
				this.#tunnel(parseMpls(link.payload), { ...carrier, link });
		}
	}

	#ip(parsed: Parsed<IpPacket>, link: LinkPayload, carrier: Carrier): void {
		const { frame, frames } = carrier;
		const ip = this.#accept(parsed, frame);
		if (ip === undefined) return;
		if (ip.missing > 0 && !carrier.isInIp) this.#missing(`ipv${ip.version}`, ip.missing, frame);
		if (ip.fragment === undefined) {
			this.#transport({ frame, frames, link, ip, missing: ip.missing }, carrier);
			return;
		}
		const whole = this.#fragments.add(ip, frame, link);
		if (whole === undefined) return;
		const { payload, protocol, missing } = whole;
		const packet = this.#behindExtensions({ ...ip, protocol, payload, missing }, frame);
		if (packet === undefined) return;
		this.#transport({ frame, frames: [...whole.frames], link, ip: packet, missing }, carrier);
	}

	/** What fragments brought, as a packet that came in one. */
	#behindExtensions(ip: IpPacket, frame: Frame): IpPacket | undefined {
		const packet = { ...ip, fragment: undefined };
		if (ip.version === 4) return packet;
		const chain = this.#accept(
			walkExtensions(ip.protocol, ip.payload, 'reassembled length'),
			frame,
		);
		return chain && { ...packet, protocol: chain.protocol, payload: chain.payload };
	}

	/** Tells the beginnings of datagrams whose rest is waited for no longer. */
	#tellFirst(at: Instant, isOver: (first: FirstFragment) => boolean): void {
		for (const { frame, link, ip } of this.#fragments.first.take(at, isOver)) {
			const packet = this.#behindExtensions(ip, frame);
			if (packet?.protocol !== IP_PROTOCOL.udp) continue;
			const udp = parseUdp(packet.payload, 'first fragment');
			// What a tunnel carries is a packet that is cut: it could be read on, and is so seldom of use that it is not.
			if (!udp.ok || parseUdpTunnel(udp.value) !== undefined) continue;
			const { missing } = udp.value;
			this.#sink.udpBeginning(udp.value, {
				...{ frame, frames: [frame.number], link, ip: packet },
				missing: Math.max(missing, 1),
			});
		}
	}

	#transport(place: PacketPlace, carrier: Carrier): void {
		const { ip, frame } = place;
		const { tunnels } = carrier;
		const limitedBy = ip.missing > 0 ? 'captured length' : `ipv${ip.version} length`;
		switch (ip.protocol) {
			case IP_PROTOCOL.udp: {
				const udp = this.#accept(parseUdp(ip.payload, limitedBy), frame);
				if (udp === undefined) break;
				const tunnelled = parseUdpTunnel(udp);
				if (tunnelled !== undefined) {
					this.#tunnel(tunnelled, { ...place, tunnels, isInIp: true });
					break;
				}
				// A UDP length beyond a whole IP packet lies; beyond a cut one it is cut as well.
				if (udp.missing > 0 && ip.missing === 0) this.#missing('udp', udp.missing, frame);
				// Between these two nothing can be on its way any more that was sent before this.
				this.#tellFirst(frame.at, (first) => isBetweenSame(first, ip, udp));
				this.#datagram(udp, { ...place, missing: udp.missing });
				break;
			}
			case IP_PROTOCOL.tcp: {
				const tcp = this.#accept(parseTcp(ip.payload, limitedBy), frame);
				if (tcp !== undefined) this.#sink.tcp(tcp, place);
				break;
			}
			case IP_PROTOCOL.icmp:
				if (ip.version === 4) this.#icmp(parseIcmp(ip.payload, limitedBy), place);
				break;
			case IP_PROTOCOL.icmpv6:
				if (ip.version === 6) this.#icmpv6(place, limitedBy);
				break;
			case IP_PROTOCOL.esp:
				this.#esp(place, carrier);
				break;
			case IP_PROTOCOL.gre:
				this.#tunnel(parseGre(ip.payload, limitedBy), { ...place, tunnels, isInIp: true });
				break;
			default:
				this.#tunnel(parseIpInIp(ip.protocol, ip.payload), { ...place, tunnels, isInIp: true });
		}
	}

	#datagram(udp: UdpHeader, place: PacketPlace): void {
		const hep = parseHep(udp.payload, udp.destinationPort);
		if (hep === undefined) {
			this.#sink.udp(udp, place);
			return;
		}
		const message = this.#accept(hep, place.frame);
		if (message !== undefined) this.#sink.hep(message, place);
	}

	/** Reads what is authenticated and not encrypted; the end, which tells it, is missing where the packet is cut. */
	#esp(place: PacketPlace, carrier: Carrier): void {
		const plain = place.missing > 0 ? undefined : readNullEsp(place.ip.payload);
		if (plain !== undefined) this.#transport({ ...place, ip: { ...place.ip, ...plain } }, carrier);
	}

	/** Reads what a tunnel carries, where there is one. */
	#tunnel(
		parsed: TunnelPayload,
		{ frame, frames, link: outer, tunnels, isInIp }: TunnelPlace,
	): void {
		if (parsed === undefined) return;
		if (tunnels === MAX_TUNNELS) {
			const text = `more than ${MAX_TUNNELS} tunnels in each other`;
			this.#oddities.add('tunnels-too-deep', 'tunnel', frame.number, text);
			return;
		}
		const inner = this.#accept(parsed, frame);
		if (inner === undefined) return;
		this.#frame(seenAt(inner, outer), { frame, frames, tunnels: tunnels + 1, isInIp });
	}

	#icmpv6(place: PacketPlace, limitedBy: string): void {
		this.#icmp(parseIcmpv6(place.ip.payload, limitedBy), place);
		const neighbour = this.#accept(parseNeighbourDiscovery(place.ip), place.frame);
		if (neighbour !== undefined) this.#sink.neighbour(neighbour, place.frame);
		this.#asked(neighbourQuestion(place.ip), place.frame);
	}

	#asked(question: NeighbourQuestion | undefined, frame: Frame): void {
		if (question !== undefined) this.#sink.neighbourAsked(question, frame);
	}

	#icmp(parsed: Parsed<IcmpError> | undefined, place: PacketPlace): void {
		const error = parsed === undefined ? undefined : this.#accept(parsed, place.frame);
		if (error !== undefined) this.#sink.icmp(error, place);
	}

	#accept<T>(parsed: Parsed<T>, frame: Frame): T | undefined {
		if (parsed.ok) return parsed.value;
		this.#malformed(parsed.malformed, frame);
		return undefined;
	}

	#malformed(malformed: Malformed, frame: Frame): void {
		const what = malformed.problem.kind === 'too-short' ? 'too-short' : 'bad-field';
		const kind = `${malformed.layer}-${what}`;
		this.#oddities.add(kind, malformed.layer, frame.number, describeMalformed(malformed));
	}

	/** A frame that the snaplen cut is what the capturer asked for; a length beyond a whole frame is a lie. */
	#missing(layer: string, missing: number, frame: Frame): void {
		const cut = frame.originalLength > frame.bytes.length;
		const kind = cut ? 'frame-cut-by-snaplen' : `${layer}-truncated`;
		const text = cut
			? `${frame.bytes.length} of ${frame.originalLength} bytes were captured`
			: `${layer} promises ${missing} bytes more than the frame has`;
		this.#oddities.add(kind, cut ? 'capture' : layer, frame.number, text);
	}
}

/** True for the same flow, either way. */
function isBetweenSame({ ip }: FirstFragment, other: IpPacket, udp: UdpHeader): boolean {
	if (ip.payload.length < 4) return false;
	const from = u16At(ip.payload, 0);
	const to = u16At(ip.payload, 2);
	const isOnward = from === udp.sourcePort && to === udp.destinationPort;
	const isBack = from === udp.destinationPort && to === udp.sourcePort;
	return (
		(isOnward && isSame(ip.source, other.source) && isSame(ip.destination, other.destination)) ||
		(isBack && isSame(ip.source, other.destination) && isSame(ip.destination, other.source))
	);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
	return Buffer.compare(a, b) === 0;
}
