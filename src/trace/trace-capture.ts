/*
 * A capture → what was said on the wire: SIP messages by their start-line, on any port, and the network's own words.
 * Knows packets and messages, nothing of transactions.
 */
import { asBuffer } from '../bytes/as-buffer.js';
import { describeMalformed } from '../bytes/malformed.js';
import { OddityCounter } from '../bytes/oddity.js';
import type { ExportedPdu } from '../capture/exported-pdu.js';
import type { Frame } from '../capture/frame.js';
import { readCapture } from '../capture/read-capture.js';
import { type FrameFilter, newSieve } from '../capture/sieve.js';
import { DNS_PORT, parseDns } from '../layers/dns.js';
import type { LostFragments } from '../layers/fragments.js';
import { FrameDecoder, type LayerSink, type PacketPlace } from '../layers/frame-decoder.js';
import { HEP_SIP, type HepMessage, isHep, parseHep3 } from '../layers/hep.js';
import type { IcmpError } from '../layers/icmp.js';
import { linkTypeName } from '../layers/link-type.js';
import type { Neighbour, NeighbourQuestion } from '../layers/neighbour.js';
import type { TcpSegment } from '../layers/tcp.js';
import type { UdpHeader } from '../layers/udp.js';
import type { Endpoint } from '../net/endpoint.js';
import { formatMac } from '../net/mac-address.js';
import type { Transport } from '../net/transport.js';
import type { SipMessage } from '../sip/message.js';
import { type MessageScan, scanMessage } from '../sip/message-scan.js';
import { parseCutDatagram, parseSipDatagram } from '../sip/parse-message.js';
import { looksLikeSip } from '../sip/start-line.js';
import { CountedMessages } from './counted-messages.js';
import { datagramEventOf } from './datagram-event.js';
import { type DnsPlace, DnsQuestions } from './dns-questions.js';
import { EndpointTable } from './endpoint-table.js';
import { decodeComment } from './event-comment.js';
import { ForeignAnswers } from './foreign-answers.js';
import { type ReportPlace, reportedFacts, reportedTransport, reportedWay } from './hep-report.js';
import { ipAddressText, ipEndpoint } from './ip-endpoint.js';
import { fragmentEventOf } from './lost-fragments.js';
import { isRegister } from './message-kinds.js';
import type { FragmentEvent, Observed, PacketFacts, TraceSink } from './observed.js';
import { packetFactsOf } from './packet-facts.js';
import { RepeatedExchanges } from './repeated-exchanges.js';
import type { SourceFacts } from './source-facts.js';
import { TcpTracer } from './tcp-tracer.js';
import { UnansweredNeighbours } from './unanswered-neighbours.js';
import { unreachableEventOf } from './unreachable.js';

/** Addresses of one link that are told once each; beyond it a sweep is under way and nobody needs them all. */
const MAX_NEIGHBOURS = 10_000;

const MAX_LOST_FRAGMENTS = 1_000;
const FRAGMENT_PATIENCE_US = 1_000_000;

/**
 * Reads a capture to its end and gives what it holds to `sink`, in the order of its frames. `name` is the source's
 * name in the report. `isWanted` is another sieve than the usual one. Throws `CaptureError` where nothing can be read.
 */
export async function traceCapture(
	name: string,
	chunks: AsyncIterable<Uint8Array>,
	sink: TraceSink,
	isWanted: FrameFilter = newSieve(),
): Promise<SourceFacts> {
	const oddities = new OddityCounter();
	const tracer = new CaptureTracer(name, sink, oddities);
	const decoder = new FrameDecoder(tracer, oddities);
	const decode = (frame: Frame): void => {
		tracer.countUp();
		decoder.decode(frame);
	};
	const repeated = sink.repeatable && tracer.holdRepeated(decode);
	const facts = await readCapture(chunks, decode, isWanted, repeated);
	repeated?.end();
	decoder.end();
	tracer.end(facts.lastPacketAt ?? 0);
	return {
		kind: 'capture',
		name,
		format: facts.format,
		linkTypes: [...new Set(facts.linkTypes.map(linkTypeName))],
		packets: facts.packets,
		bytes: facts.bytes,
		sipMessages: tracer.sipMessages,
		registerRequests: tracer.registerRequests,
		firstPacketAt: facts.firstPacketAt,
		lastPacketAt: facts.lastPacketAt,
		truncated: facts.truncated,
		oddities: [...facts.oddities, ...oddities.list()],
	};
}

/** Whom a message is from and for, as far as its packet says so. */
interface Way {
	readonly src: Endpoint | undefined;
	readonly dst: Endpoint | undefined;
}

/** A message that software hands on without the packet that it came in. */
interface Unpacketed {
	readonly carrier: { readonly layer: 'exported-pdu' | 'hep'; readonly name: string };
	readonly payload: Uint8Array;
	readonly way: Way;
	readonly place: Pick<Observed, 'at' | 'frame' | 'frames'>;
	readonly cut: boolean;
	readonly transportOf: (message: SipMessage) => Transport;
	readonly packet: PacketFacts;
}

class CaptureTracer implements LayerSink {
	sipMessages = 0;
	registerRequests = 0;
	readonly #name: string;
	readonly #sink: TraceSink;
	readonly #oddities: OddityCounter;
	readonly #neighbours = new Map<string, string>();
	readonly #tcp: TcpTracer;
	readonly #unanswered = new UnansweredNeighbours();
	readonly #foreign = new ForeignAnswers();
	readonly #endpoints = new EndpointTable();
	readonly #counted = new CountedMessages();
	readonly #lostFragments: FragmentEvent[] = [];
	readonly #dns: DnsQuestions;
	#repeated: RepeatedExchanges | undefined;
	/** What is observed in a frame that is told to nobody; undefined while frames are told. */
	#untold: Observed[] | undefined;

	constructor(name: string, sink: TraceSink, oddities: OddityCounter) {
		this.#name = name;
		this.#sink = sink;
		this.#oddities = oddities;
		this.#tcp = new TcpTracer(
			name,
			{
				message: (observed) => this.#deliver(observed),
				copy: (observed) => sink.message(observed),
				event: (event) => sink.event(event),
				dns: (bytes, place) => this.#dnsMessage(bytes, place, false),
				hep: (bytes, place) => this.#hepMessage(bytes, place),
			},
			oddities,
		);
		this.#dns = new DnsQuestions(name, (event) => sink.event(event));
	}

	/** Exchanges that say what the ones before them said are held from now on, where that can be; `decode` reads a frame. */
	holdRepeated(decode: (frame: Frame) => void): RepeatedExchanges | undefined {
		this.#repeated = RepeatedExchanges.ifPossible(this.#name, {
			tell: decode,
			observe: (frame) => {
				const untold: Observed[] = [];
				this.#untold = untold;
				decode(frame);
				this.#untold = undefined;
				return untold[0];
			},
			count: (messages, requests) => {
				this.sipMessages += messages;
				this.registerRequests += requests;
			},
			repeatable: (exchange) => this.#sink.repeatable?.(exchange),
			timed: (times, answered) => this.#sink.timed?.(times, answered),
		});
		return this.#repeated;
	}

	/** Counts what was held and only counted: before a frame is read. */
	countUp(): void {
		this.#repeated?.countUp();
	}

	/** At the end of the capture, which lasted until `at`: what was told by nothing that came. */
	end(at: number): void {
		this.#tcp.end(at);
		for (const event of this.#lostFragments) {
			// The rest of the last packets may have come after the capture ended.
			if (at - event.at > FRAGMENT_PATIENCE_US) this.#sink.event(event);
		}
		for (const event of this.#unanswered.unanswered(this.#name)) this.#sink.event(event);
		for (const event of this.#foreign.events()) this.#sink.event(event);
		this.#dns.end();
		const text =
			'more DNS questions at one time than are kept; what came of the oldest is not told';
		this.#oddities.add('dns-questions-dropped', 'dns', 0, text, this.#dns.dropped);
	}

	neighbourAsked({ asker, address }: NeighbourQuestion, frame: Frame): void {
		this.#unanswered.asked(ipAddressText(asker), ipAddressText(address), frame.at, frame.number);
	}

	fragmentsLost(lost: LostFragments): void {
		const event = fragmentEventOf(lost, this.#name);
		// A report that does not arrive is no message that does not.
		if (event.first !== undefined && isReport(event.first.text, event.first.dstPort)) return;
		if (this.#lostFragments.length >= MAX_LOST_FRAGMENTS) return;
		this.#lostFragments.push(event);
	}

	tcp(segment: TcpSegment, place: PacketPlace): void {
		this.#tcp.segment(segment, place);
	}

	udp(datagram: UdpHeader, place: PacketPlace): void {
		if (datagram.sourcePort === DNS_PORT || datagram.destinationPort === DNS_PORT) {
			this.#dnsMessage(
				datagram.payload,
				{
					src: ipEndpoint(place.ip.source, datagram.sourcePort),
					dst: ipEndpoint(place.ip.destination, datagram.destinationPort),
					at: place.frame.at,
					frame: place.frame.number,
				},
				place.missing > 0,
			);
		}
		if (!looksLikeSip(datagram.payload)) {
			const event = datagramEventOf(datagram, place, this.#name);
			if (event === undefined) this.#foreign.other(datagram, place, this.#name);
			else this.#sink.event(event);
			return;
		}
		const observed = this.#datagram(datagram, place);
		if (observed !== undefined) this.#deliver(observed);
	}

	udpBeginning(datagram: UdpHeader, place: PacketPlace): void {
		if (!looksLikeSip(datagram.payload)) return;
		const observed = this.#datagram(datagram, place);
		if (observed === undefined) return;
		// It was waited for, and is of another frame than the one that is read now.
		const untold = this.#untold;
		this.#untold = undefined;
		const payloadLength = datagram.payload.length + datagram.missing;
		this.#deliver({
			...observed,
			packet: { ...observed.packet, payloadLength, isBeginning: true },
		});
		this.#untold = untold;
	}

	/** The SIP message of a datagram; undefined where nobody needs it. */
	#datagram(datagram: UdpHeader, place: PacketPlace): Observed | undefined {
		const { ip, frame, frames, missing } = place;
		const src = this.#endpoints.of(ip.source, datagram.sourcePort);
		const dst = this.#endpoints.of(ip.destination, datagram.destinationPort);
		const message = this.#message(datagram.payload, { src, dst }, frame.number, missing > 0);
		if (message === undefined) return undefined;
		return {
			message,
			at: frame.at,
			src,
			dst,
			transport: 'udp',
			source: this.#name,
			frame: frame.number,
			frames,
			cut: missing > 0,
			packet: packetFactsOf(datagram, place),
		};
	}

	icmp(error: IcmpError, { frame, ip }: PacketPlace): void {
		const event = unreachableEventOf(error, ip.source, this.#placeOf(frame));
		// That no monitor listens keeps no phone from registering, though the text of its REGISTER is quoted.
		if (event === undefined || isReport(event.quoted.text, event.quoted.dst.port)) return;
		this.#repeated?.interrupt(event.quoted);
		this.#tcp.refused(event);
		this.#sink.event(event);
	}

	neighbour({ address, mac }: Neighbour, frame: Frame): void {
		const text = ipAddressText(address);
		const macText = formatMac(mac);
		this.#unanswered.heard(text);
		if (this.#neighbours.get(text) === macText || this.#neighbours.size >= MAX_NEIGHBOURS) return;
		this.#neighbours.set(text, macText);
		this.#sink.event({
			kind: 'neighbour',
			...this.#placeOf(frame),
			address: text,
			mac: macText,
		});
	}

	exportedPdu(pdu: ExportedPdu, frame: Frame): void {
		let transport: Transport = pdu.transport ?? 'udp';
		for (const comment of frame.comments) {
			const fact = decodeComment(comment, this.#placeOf(frame));
			if (fact?.kind === 'aside') return;
			if (fact?.kind === 'event') this.#sink.event(fact.event);
			else if (fact?.kind === 'transport') transport = fact.transport;
		}
		const { payload } = pdu;
		this.#withoutPacket({
			carrier: { layer: 'exported-pdu', name: 'an exported PDU' },
			...{ payload, way: pdu, cut: frame.originalLength > frame.bytes.length },
			place: { at: frame.at, frame: frame.number, frames: [frame.number] },
			transportOf: () => transport,
			packet: { fragments: 1, payloadLength: payload.length, interfaceId: frame.interfaceId },
		});
	}

	hep(message: HepMessage, { frame, frames, ip, missing }: PacketPlace): void {
		const agent = ipAddressText(ip.source);
		this.#report(message, { at: frame.at, frame: frame.number, frames, agent }, missing > 0);
	}

	#hepMessage(bytes: Uint8Array, place: ReportPlace): void {
		const parsed = parseHep3(bytes);
		if (parsed.ok) this.#report(parsed.value, place, false);
		else
			this.#oddities.add('hep-unreadable', 'hep', place.frame, describeMalformed(parsed.malformed));
	}

	/** What an agent says that it saw: one whole message, over whichever transport that went. */
	#report(report: HepMessage, place: ReportPlace, isCut: boolean): void {
		if (report.payloadType !== HEP_SIP) return;
		this.#withoutPacket({
			carrier: { layer: 'hep', name: 'a report in HEP' },
			payload: report.payload,
			way: reportedWay(report, this.#endpoints),
			cut: isCut || report.missing > 0,
			place,
			transportOf: (message) => reportedTransport(report, message),
			packet: reportedFacts(report, place),
		});
	}

	#withoutPacket({ carrier, payload, way, cut, place, transportOf, packet }: Unpacketed): void {
		if (!looksLikeSip(payload)) return;
		const { at, frame, frames } = place;
		const message = this.#message(payload, way, frame, cut);
		if (message === undefined) return;
		const { src, dst } = way;
		if (src === undefined || dst === undefined) {
			const { layer, name } = carrier;
			const text = `${name} without addresses: nobody can tell who spoke to whom`;
			this.#oddities.add(`${layer}-without-addresses`, layer, frame, text);
			return;
		}
		const transport = transportOf(message);
		const source = this.#name;
		this.#deliver({ message, at, src, dst, transport, source, frame, frames, cut, packet });
	}

	/** One DNS message, by whichever transport it came. */
	#dnsMessage(bytes: Uint8Array, place: DnsPlace, cut: boolean): void {
		const parsed = parseDns(bytes, cut);
		if (parsed.ok) {
			if (parsed.value !== undefined) this.#dns.message(parsed.value, place);
			return;
		}
		const text = describeMalformed(parsed.malformed);
		this.#oddities.add('dns-unreadable', 'dns', place.frame, text);
	}

	/**
	 * The SIP message of a payload that looks like one; undefined where nobody needs it, which is counted, and where it
	 * only begins like one, which is an oddity.
	 */
	#message(payload: Uint8Array, way: Way, frame: number, cut: boolean): SipMessage | undefined {
		const bytes = asBuffer(payload);
		if (this.#isOfNoInterest(scanMessage(bytes), way)) {
			this.sipMessages += 1;
			return undefined;
		}
		const parsed = cut ? parseCutDatagram(bytes) : parseSipDatagram(bytes);
		if (parsed.ok) return parsed.value;
		const text = describeMalformed(parsed.malformed);
		this.#oddities.add('sip-unreadable', 'sip', frame, text);
		return undefined;
	}

	#isOfNoInterest(scan: MessageScan, { src, dst }: Way): boolean {
		if (scan.kind === 'other-response')
			return src === undefined || this.#sink.wantsResponse?.(src) !== true;
		if (scan.kind === 'register' || scan.namesTool || dst === undefined) return false;
		return this.#sink.wantsRequest?.(scan.requestUri, dst, scan.method, src) === false;
	}

	#deliver(observed: Observed): void {
		const { src, dst, frame } = observed;
		if (observed.cut) {
			const how = observed.packet.isBeginning === true ? 'without a filter on ports' : 'with -s 0';
			const text = `the rest of a SIP message was not captured; capture again ${how}`;
			this.#oddities.add('sip-message-cut', 'sip', frame, text);
		}
		this.#tcp.speaks(src, dst);
		this.#foreign.sip(observed);
		if (this.#counted.isNew(observed)) {
			this.sipMessages += 1;
			if (isRegister(observed)) this.registerRequests += 1;
		}
		if (this.#untold !== undefined) {
			this.#untold.push(observed);
			return;
		}
		this.#repeated?.told(observed);
		this.#sink.message(observed);
	}

	#placeOf(frame: Frame): { at: number; source: string; frame: number } {
		return { at: frame.at, source: this.#name, frame: frame.number };
	}
}

/** True where the text of a payload, Latin-1, is a report in HEP. */
function isReport(text: string, destinationPort: number): boolean {
	return isHep(Buffer.from(text, 'latin1'), destinationPort);
}
