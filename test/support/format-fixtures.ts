/*
 * The files under fixtures/captures/formats: one registration, answered with 100 and 200, in every format and form we read. Made by
 * nobody's capture: a test builds them again and compares, and writes them where UPDATE_FIXTURES is set.
 */
import { gzipSync } from 'node:zlib';
import type { ByteOrder } from '../../src/bytes/integers.js';
import { encodeExportedPdu } from '../../src/capture/exported-pdu.js';
import {
	enhancedPacket,
	interfaceDescription,
	sectionHeader,
} from '../../src/capture/pcapng-writer.js';
import { encodeTransportComment } from '../../src/trace/event-comment.js';
import {
	numbers,
	pcapFile,
	pcapngBlock,
	pcapngInterface,
	pcapngOption,
	pcapngPacket,
	pcapngSection,
} from './capture-bytes.js';
import {
	avs,
	be16,
	llc,
	nflog,
	pflog,
	pktap,
	ppi,
	pppoe,
	prism,
	radiotap,
	wifi,
} from './link-bytes.js';
import {
	bytesOf,
	ethernet,
	ipv4,
	ipv6,
	PHONE,
	PHONE6,
	REGISTER,
	SERVER,
	SERVER6,
	TRYING,
	udp,
} from './packet-bytes.js';

/** 2023-11-14T22:13:20Z. */
const START_SECONDS = 1_700_000_000;
const OK = TRYING.replace('100 Trying', '200 OK').replace(
	'Content-Length',
	`Contact: <sip:1001@${PHONE}:5060>;expires=300\r\nContent-Length`,
);

interface Said {
	/** Microseconds after the start. */
	readonly after: number;
	readonly fromPhone: boolean;
	readonly text: string;
}

const DIALOGUE: readonly Said[] = [
	{ after: 0, fromPhone: true, text: REGISTER },
	{ after: 1_250, fromPhone: false, text: TRYING },
	{ after: 20_500, fromPhone: false, text: OK },
];

function packetOf({ fromPhone, text }: Said): Buffer {
	const hop = fromPhone
		? { source: PHONE, destination: SERVER }
		: { source: SERVER, destination: PHONE };
	return ipv4(udp(text, hop), { ...hop, ttl: fromPhone ? 64 : 58 });
}

function pcap(
	order: ByteOrder,
	nanoseconds: boolean,
	linkType: number,
	wrap: (packet: Buffer, said: Said) => Buffer,
): Buffer {
	const records = DIALOGUE.map((said) => ({
		seconds: START_SECONDS,
		fraction: said.after * (nanoseconds ? 1000 : 1),
		bytes: wrap(packetOf(said), said),
	}));
	return pcapFile({ order, nanoseconds, linkType, records });
}

/** As `editcap -F modpcap` writes it. */
function modifiedPcap(order: ByteOrder): Buffer {
	const records = DIALOGUE.map((said) => ({
		seconds: START_SECONDS,
		fraction: said.after,
		bytes: ethernet(packetOf(said)),
	}));
	return pcapFile({ order, modified: true, records });
}

function halves(units: bigint): { high: number; low: number } {
	return { high: Number(units >> 32n), low: Number(units & 0xffff_ffffn) };
}

function pcapng(order: ByteOrder, nanoseconds: boolean): Buffer {
	const options = nanoseconds ? [pcapngOption(order, 9, Uint8Array.of(9))] : [];
	const packets = DIALOGUE.map((said) => {
		const micros = BigInt(START_SECONDS) * 1_000_000n + BigInt(said.after);
		const flags = numbers(order, [4, said.fromPhone ? 2 : 1]);
		return pcapngPacket(order, {
			...halves(nanoseconds ? micros * 1000n : micros),
			bytes: ethernet(packetOf(said)),
			options: [pcapngOption(order, 2, flags)],
		});
	});
	const unknown = pcapngBlock(order, 0x4242, Buffer.from('passed over'));
	const start = [pcapngSection(order), pcapngInterface(order, { options }), unknown];
	return Buffer.concat([...start, ...packets]);
}

/** The clock of the packets starts at zero; the interface says by how much it is off (if_tsoffset). */
function withTimeOffset(order: ByteOrder): Buffer {
	const { high, low } = halves(BigInt(START_SECONDS));
	const offset = order === 'big' ? [high, low] : [low, high];
	const value = numbers(order, ...offset.map((part) => [4, part] as const));
	const packets = DIALOGUE.map((said) =>
		pcapngPacket(order, { low: said.after, bytes: ethernet(packetOf(said)) }),
	);
	const described = pcapngInterface(order, { options: [pcapngOption(order, 14, value)] });
	return Buffer.concat([pcapngSection(order), described, ...packets]);
}

/** Packets without a time or an interface of their own. */
function simplePackets(order: ByteOrder): Buffer {
	const packets = DIALOGUE.map((said) => {
		const bytes = ethernet(packetOf(said));
		const padding = Buffer.alloc((4 - (bytes.length % 4)) % 4);
		return pcapngBlock(order, 3, bytesOf(numbers(order, [4, bytes.length]), bytes, padding));
	});
	return Buffer.concat([pcapngSection(order), pcapngInterface(order), ...packets]);
}

function exportedPdus(): Buffer {
	const phone = { address: PHONE, port: 5060 };
	const server = { address: SERVER, port: 5060 };
	const packets = DIALOGUE.map(({ after, fromPhone, text }) => {
		const bytes = encodeExportedPdu({
			dissector: 'sip',
			transport: 'udp',
			src: fromPhone ? phone : server,
			dst: fromPhone ? server : phone,
			payload: Buffer.from(text, 'latin1'),
		});
		const at = START_SECONDS * 1_000_000 + after;
		return enhancedPacket({ at, bytes, comments: [encodeTransportComment('udp')] });
	});
	return Buffer.concat([sectionHeader('sipdoctor'), interfaceDescription(252), ...packets]);
}

const onEthernet = (packet: Buffer) => ethernet(packet);
const cooked = (packet: Buffer, { fromPhone }: Said) =>
	bytesOf([0, fromPhone ? 4 : 0, 0, 1, 0, 6], [0, 0, 0x5e, 0, 0x53, 1, 0, 0], [8, 0], packet);
const cookedV2 = (packet: Buffer, { fromPhone }: Said) =>
	bytesOf(
		[8, 0, 0, 0, 0, 0, 0, 2, 0, 1, fromPhone ? 4 : 0, 6],
		[0, 0, 0x5e, 0, 0x53, 1, 0, 0],
		packet,
	);

const TUNNEL = { source: '203.0.113.1', destination: '203.0.113.2' };

const pppoeInEthernet = (packet: Buffer) => ethernet(pppoe(packet), { etherType: 0x8864 });
const gre = (packet: Buffer) =>
	ethernet(ipv4(bytesOf([0, 0, 8, 0], packet), { ...TUNNEL, protocol: 47 }));
const ethernetInGre = (packet: Buffer) =>
	ethernet(
		ipv4(bytesOf([0x20, 0, 0x65, 0x58, 0, 0, 0, 9], ethernet(packet)), { ...TUNNEL, protocol: 47 }),
	);
const ipInIp = (packet: Buffer) => ethernet(ipv4(packet, { ...TUNNEL, protocol: 4 }));
const ipv4InIpv6 = (packet: Buffer) =>
	ethernet(ipv6(packet, { nextHeader: 4 }), { etherType: 0x86dd });
/** With a sequence number and one extension header. */
const gtp = (packet: Buffer) => {
	const header = bytesOf([0x36, 255], be16(packet.length + 8), [0, 0, 0, 7]);
	const optional = [0, 1, 0, 0x85, 1, 0, 9, 0];
	const ports = { sourcePort: 2152, destinationPort: 2152, ...TUNNEL };
	return ethernet(ipv4(udp(bytesOf(header, optional, packet), ports), TUNNEL));
};

/** As controllers of Cisco send it: the two bytes of frame control the other way round. */
const capwap = (packet: Buffer, said: Said) => {
	const frame = onWifi(packet, said);
	const swapped = bytesOf(frame[1] ?? 0, frame[0] ?? 0, frame.subarray(2));
	const ports = said.fromPhone
		? { sourcePort: 40_000, destinationPort: 5247, ...TUNNEL }
		: { sourcePort: 5247, destinationPort: 40_000, ...TUNNEL };
	return ethernet(ipv4(udp(bytesOf([0, 0x10, 0x43, 0, 0, 0, 0, 0], swapped), ports), TUNNEL));
};
/** ESP in transport mode, without encryption and with a check value of 96 bits that nobody computed. */
const nullEsp = (_packet: Buffer, said: Said) => {
	const hop = said.fromPhone
		? { source: PHONE, destination: SERVER }
		: { source: SERVER, destination: PHONE };
	const datagram = udp(said.text, hop);
	const padding = Array.from({ length: -(datagram.length + 2) & 3 }, (_, index) => index + 1);
	const trailer = bytesOf(padding, [padding.length, 17], Buffer.alloc(12, 0x5a));
	const esp = bytesOf([0, 0, 3, 0xe8, 0, 0, 0, 1], datagram, trailer);
	return ethernet(ipv4(esp, { ...hop, protocol: 50, ttl: said.fromPhone ? 64 : 58 }));
};

/** PPP, and Cisco's framing, which may stand in its place. */
const pppHdlc = (packet: Buffer, { fromPhone }: Said) =>
	bytesOf(fromPhone ? [0xff, 3, 0, 0x21] : [0x0f, 0, 8, 0], packet);
/** By NLPID, and in SNAP. */
const frameRelay = (packet: Buffer, { fromPhone }: Said) =>
	bytesOf([0x18, 0x41, 3], fromPhone ? 0xcc : [0, 0x80, 0, 0, 0, 8, 0], packet);
const inPktap = (packet: Buffer, { fromPhone }: Said) =>
	pktap(1, fromPhone ? 2 : 1, ethernet(packet));
const wayOf = (fromPhone: boolean) => ({ way: fromPhone ? 'to' : 'from' }) as const;
const onWifi = (packet: Buffer, { fromPhone }: Said) =>
	wifi(llc(packet), { ...wayOf(fromPhone), qos: true });

/** Blocks of every kind around the packets, of two interfaces with link types of their own; one packet in each form. */
function everyBlock(order: ByteOrder): Buffer {
	const [register, trying, ok] = DIALOGUE.map((said) => ethernet(packetOf(said)));
	const raw = DIALOGUE.map(packetOf)[1] ?? Buffer.alloc(0);
	const micros = (after: number) => halves(BigInt(START_SECONDS) * 1_000_000n + BigInt(after));
	const first = register ?? Buffer.alloc(0);
	const { high, low } = micros(0);
	const length = first.length;
	const obsolete = bytesOf(
		numbers(order, [2, 0], [2, 0], [4, high], [4, low], [4, length], [4, length]),
		first,
	);
	const address = bytesOf([192, 0, 2, 10], 'phone.example', 0);
	const names = bytesOf(
		numbers(order, [2, 1], [2, address.length]),
		address,
		Buffer.alloc((4 - (address.length % 4)) % 4),
		numbers(order, [2, 0], [2, 0]),
	);
	return Buffer.concat([
		pcapngSection(order),
		pcapngInterface(order),
		pcapngInterface(order, { linkType: 101 }),
		pcapngBlock(order, 4, names),
		pcapngBlock(order, 2, obsolete),
		pcapngPacket(order, { ...micros(1_250), interfaceId: 1, bytes: raw }),
		pcapngBlock(order, 10, bytesOf(numbers(order, [4, 0x544c534b], [4, 8]), '# none\r\n')),
		pcapngPacket(order, { ...micros(20_500), bytes: ok ?? trying ?? first }),
		// Custom blocks of some enterprise, one that may be copied and one that may not.
		pcapngBlock(order, 0x0bad, bytesOf(numbers(order, [4, 32_473]), 'whatever')),
		pcapngBlock(order, 0x4000_0bad, bytesOf(numbers(order, [4, 32_473]), 'whatever')),
		pcapngBlock(order, 5, numbers(order, [4, 0], [4, 0], [4, 0])),
	]);
}

/** A zstd frame (RFC 8878 §3.1.1) of one raw block: no tool is needed to make it, and none to check it. */
function zstd(bytes: Buffer): Buffer {
	const size = Buffer.alloc(2);
	size.writeUInt16LE(bytes.length - 256);
	const block = Buffer.alloc(3);
	block.writeUIntLE(bytes.length * 8 + 1, 0, 3);
	return bytesOf([0x28, 0xb5, 0x2f, 0xfd, 0x60], size, block, bytes);
}

const WHOLE = pcap('little', false, 1, onEthernet);
const HALF = WHOLE.length >> 1;

/** Name and bytes of each file that holds the registration. */
export const READABLE: ReadonlyMap<string, Buffer> = new Map([
	['microseconds-little-endian.pcap', pcap('little', false, 1, onEthernet)],
	['microseconds-big-endian.pcap', pcap('big', false, 1, onEthernet)],
	['nanoseconds-little-endian.pcap', pcap('little', true, 1, onEthernet)],
	['nanoseconds-big-endian.pcap', pcap('big', true, 1, onEthernet)],
	['modified-little-endian.pcap', modifiedPcap('little')],
	['modified-big-endian.pcap', modifiedPcap('big')],
	['linux-cooked.pcap', pcap('little', false, 113, cooked)],
	['linux-cooked-v2.pcap', pcap('little', false, 276, cookedV2)],
	['null-loopback.pcap', pcap('little', false, 0, (packet) => bytesOf([2, 0, 0, 0], packet))],
	['openbsd-loopback.pcap', pcap('little', false, 108, (packet) => bytesOf([0, 0, 0, 2], packet))],
	['raw-ip.pcap', pcap('little', false, 101, (packet) => packet)],
	['ipv4.pcap', pcap('little', false, 228, (packet) => packet)],
	['vlan-in-vlan.pcap', pcap('little', false, 1, (packet) => ethernet(packet, { tags: [10, 20] }))],
	['pppoe.pcap', pcap('little', false, 1, pppoeInEthernet)],
	['gre.pcap', pcap('little', false, 1, gre)],
	['ethernet-in-gre.pcap', pcap('little', false, 1, ethernetInGre)],
	['ip-in-ip.pcap', pcap('little', false, 1, ipInIp)],
	['ipv4-in-ipv6.pcap', pcap('little', false, 1, ipv4InIpv6)],
	['capwap.pcap', pcap('little', false, 1, capwap)],
	['null-esp.pcap', pcap('little', false, 1, nullEsp)],
	['gtp-u.pcap', pcap('little', false, 1, gtp)],
	['ppp.pcap', pcap('little', false, 9, (packet) => bytesOf([0xff, 3, 0, 0x21], packet))],
	['ppp-hdlc.pcap', pcap('little', false, 50, pppHdlc)],
	['pppoe-without-ethernet.pcap', pcap('little', false, 51, (packet) => pppoe(packet))],
	['cisco-hdlc.pcap', pcap('little', false, 104, (packet) => bytesOf([0x0f, 0, 8, 0], packet))],
	['frame-relay.pcap', pcap('little', false, 107, frameRelay)],
	[
		'openbsd-enc.pcap',
		pcap('little', false, 109, (packet) => bytesOf([2, 0, 0, 0], Buffer.alloc(8), packet)),
	],
	['pflog.pcap', pcap('little', false, 117, (packet) => pflog(packet))],
	['nflog.pcap', pcap('little', false, 239, (packet) => nflog('little', packet))],
	['nflog-big-endian.pcap', pcap('big', false, 239, (packet) => nflog('big', packet))],
	['pktap.pcap', pcap('little', false, 258, inPktap)],
	['pktap-of-old.pcap', pcap('little', false, 149, inPktap)],
	['ieee-802.11.pcap', pcap('little', false, 105, onWifi)],
	[
		'ieee-802.11-radiotap.pcap',
		pcap('little', false, 127, (packet, { fromPhone }) =>
			radiotap(wifi(llc(packet), { ...wayOf(fromPhone), qos: true, isPadded: true }), 0x20),
		),
	],
	[
		'ieee-802.11-prism.pcap',
		pcap('little', false, 119, (packet, said) => prism(onWifi(packet, said))),
	],
	['ieee-802.11-avs.pcap', pcap('little', false, 163, (packet, said) => avs(onWifi(packet, said)))],
	['ppi.pcap', pcap('little', false, 192, (packet, said) => ppi(105, onWifi(packet, said)))],
	['little-endian.pcapng', pcapng('little', false)],
	['big-endian.pcapng', pcapng('big', false)],
	['nanoseconds.pcapng', pcapng('little', true)],
	['exported-pdu.pcapng', exportedPdus()],
	['every-block.pcapng', everyBlock('little')],
	['every-block-big-endian.pcapng', everyBlock('big')],
	['time-offset.pcapng', withTimeOffset('little')],
	['time-offset-big-endian.pcapng', withTimeOffset('big')],
	['compressed.pcap.gz', gzipSync(WHOLE, { level: 9 })],
	[
		'two-members.pcap.gz',
		Buffer.concat([gzipSync(WHOLE.subarray(0, HALF)), gzipSync(WHOLE.subarray(HALF))]),
	],
]);

function packet6Of({ fromPhone, text }: Said): Buffer {
	const hop = fromPhone
		? { source: PHONE6, destination: SERVER6 }
		: { source: SERVER6, destination: PHONE6 };
	return ipv6(udp(text, hop), hop);
}

/** The same over IPv6. */
export const OVER_IPV6: ReadonlyMap<string, Buffer> = new Map([
	['ipv6.pcap', pcap('little', false, 229, (_packet, said) => packet6Of(said))],
	['raw-ipv6.pcap', pcap('little', false, 101, (_packet, said) => packet6Of(said))],
	[
		'ethernet-ipv6.pcap',
		pcap('little', false, 1, (_packet, said) => ethernet(packet6Of(said), { etherType: 0x86dd })),
	],
]);

/** What a snaplen of 200 leaves of each packet. */
function cutBySnaplen(): Buffer {
	const records = DIALOGUE.map((said) => {
		const bytes = ethernet(packetOf(said));
		return {
			seconds: START_SECONDS,
			fraction: said.after,
			bytes: bytes.subarray(0, 200),
			originalLength: bytes.length,
		};
	});
	return pcapFile({ order: 'little', nanoseconds: false, linkType: 1, records });
}

/** Name and bytes of each file that holds less than it promises, or is no capture. */
export const DAMAGED: ReadonlyMap<string, Buffer> = new Map([
	['truncated.pcap', WHOLE.subarray(0, WHOLE.length - 10)],
	['truncated.pcapng', pcapng('little', false).subarray(0, -10)],
	['empty.pcap', Buffer.alloc(0)],
	['text.pcap', Buffer.from(REGISTER, 'latin1')],
	['cut.pcap.gz', gzipSync(WHOLE, { level: 9 }).subarray(0, -60)],
	['garbage-between-blocks.pcapng', withGarbage(pcapng('little', false))],
	['compressed.pcap.zst', zstd(WHOLE)],
	['cut-by-snaplen.pcap', cutBySnaplen()],
	['simple-packets.pcapng', simplePackets('little')],
]);

/** Damage before the last packet, as a disk or a copy over serial lines leaves it. */
function withGarbage(file: Buffer): Buffer {
	const last = file.length - file.readUInt32LE(file.length - 4);
	return Buffer.concat([file.subarray(0, last), Buffer.alloc(37, 0xa5), file.subarray(last)]);
}
