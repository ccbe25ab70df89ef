/* Packets put into tunnels and behind tags, as networks do it, and those headers broken. */
import { mutateBytes } from './byte-mutations.mjs';
import { offsetsOf } from './packet.mjs';

/** Link types whose header ends with an EtherType. */
const WITH_ETHER_TYPE = new Set([1, 113]);
const ADDRESSES = Buffer.from([192, 0, 2, 250, 198, 51, 100, 250]);
const MAC_ADDRESSES = Buffer.from('00005e00530200005e005301', 'hex');
const UDP = 17;

const WRAPPERS = [
	(packet) => ipv4(4, packet),
	(packet, random) => ipv4(47, gre(packet, 0x0800, random)),
	(packet, random) => ipv4(47, gre(ethernet(packet), 0x6558, random)),
	(packet, random) => vxlan(packet, random),
	(packet, random) => gtp(packet, random),
	(packet) => ipv6(4, packet),
];

/** The capture with all its IPv4 packets in the same tunnels, one to six deep; some of their headers are broken. */
export function intoTunnels(capture, random) {
	const { linkType, records } = capture;
	const wrappers = Array.from({ length: random.once(8) ? 6 : random.between(1, 2) }, () =>
		random.pick(WRAPPERS),
	);
	const isTagged = WITH_ETHER_TYPE.has(linkType) && random.once(2);
	const isBroken = random.once(2);
	return {
		linkType,
		records: records.map((record) => {
			const offsets = offsetsOf(record.bytes, linkType);
			if (offsets === undefined) return record;
			const packet = record.bytes.subarray(offsets.ip);
			const inner = wrappers.reduce((bytes, wrap) => wrap(bytes, random), packet);
			const link = record.bytes.subarray(0, offsets.ip);
			const whole = Buffer.concat([linkFor(link, inner, linkType), inner]);
			const tagged = isTagged ? withTags(whole, link.length, random) : whole;
			const bytes =
				isBroken && random.once(2) ? broken(tagged, link.length, packet, random) : tagged;
			return { ...record, bytes, originalLength: bytes.length };
		}),
	};
}

/** Bytes of the headers around the packet. */
function broken(bytes, start, packet, random) {
	const end = Math.max(start, bytes.length - packet.length);
	const headers = mutateBytes(bytes.subarray(start, end), random);
	return Buffer.concat([bytes.subarray(0, start), headers, bytes.subarray(end)]);
}

/** The link header, with the EtherType of what it carries now. */
function linkFor(link, packet, linkType) {
	const copy = Buffer.from(link);
	if (WITH_ETHER_TYPE.has(linkType)) copy.writeUInt16BE(etherTypeOf(packet), copy.length - 2);
	return copy;
}

function etherTypeOf(packet) {
	return packet[0] >> 4 === 6 ? 0x86dd : 0x0800;
}

/** VLAN tags, PPPoE, or both, before the packet at `start`. */
function withTags(frame, start, random) {
	let etherType = frame.readUInt16BE(start - 2);
	const parts = [];
	if (random.once(2)) {
		const packet = frame.subarray(start);
		const head = Buffer.from([0x11, 0, 0, 1, 0, 0, 0, packet[0] >> 4 === 6 ? 0x57 : 0x21]);
		head.writeUInt16BE((packet.length + 2) & 0xffff, 4);
		parts.unshift(head);
		etherType = 0x8864;
	}
	for (let left = random.pick([0, 1, 2, 2, 9]); left > 0; left -= 1) {
		const tag = Buffer.from([0, random.below(256), 0, 0]);
		tag.writeUInt16BE(etherType, 2);
		parts.unshift(tag);
		etherType = random.pick([0x8100, 0x8100, 0x88a8, 0x9100]);
	}
	const link = Buffer.from(frame.subarray(0, start));
	link.writeUInt16BE(etherType, start - 2);
	return Buffer.concat([link, ...parts, frame.subarray(start)]);
}

function ipv4(protocol, payload) {
	const head = Buffer.alloc(20);
	head[0] = 0x45;
	head.writeUInt16BE((20 + payload.length) & 0xffff, 2);
	head[8] = 64;
	head[9] = protocol;
	ADDRESSES.copy(head, 12);
	return Buffer.concat([head, payload]);
}

function ipv6(nextHeader, payload) {
	const head = Buffer.alloc(40);
	head[0] = 0x60;
	head.writeUInt16BE(payload.length & 0xffff, 4);
	head[6] = payload[0] >> 4 === 6 ? 41 : nextHeader;
	head[7] = 64;
	head.writeUInt32BE(0x2001_0db8, 8);
	head.writeUInt32BE(0x2001_0db8, 24);
	head[39] = 1;
	return Buffer.concat([head, payload]);
}

function udp(port, payload) {
	const head = Buffer.alloc(8);
	head.writeUInt16BE(port, 0);
	head.writeUInt16BE(port, 2);
	head.writeUInt16BE((8 + payload.length) & 0xffff, 4);
	return ipv4(UDP, Buffer.concat([head, payload]));
}

function gre(payload, protocol, random) {
	const flags = random.pick([0, 0x8000, 0x2000, 0x3000, 0xb000, 0x4000, 1]);
	const options = [0x8000, 0x2000, 0x1000].filter((flag) => (flags & flag) !== 0).length;
	const head = Buffer.alloc(4 + options * 4);
	head.writeUInt16BE(flags, 0);
	const isIpv6 = protocol === 0x0800 && payload[0] >> 4 === 6;
	head.writeUInt16BE(isIpv6 ? 0x86dd : protocol, 2);
	return Buffer.concat([head, payload]);
}

function ethernet(packet) {
	const type = Buffer.alloc(2);
	type.writeUInt16BE(etherTypeOf(packet));
	return Buffer.concat([MAC_ADDRESSES, type, packet]);
}

function vxlan(packet, random) {
	const head = Buffer.from([8, 0, 0, 0, 0, 0, random.below(256), 0]);
	return udp(random.pick([4789, 8472]), Buffer.concat([head, ethernet(packet)]));
}

/** 3GPP TS 29.281 §5.1, with sequence number and extension headers or without. */
function gtp(packet, random) {
	const extensions = random.pick([0, 0, 1, 2, 200]);
	const flags = 0x30 | (extensions > 0 ? 0x04 : 0) | random.pick([0, 0x01, 0x02]);
	const optional = Buffer.from([0, 1, 0, extensions > 0 ? 0x85 : 0]);
	const list = Array.from({ length: extensions }, (_, index) => [
		...[1, 0, 9],
		index === extensions - 1 ? 0 : 0x85,
	]);
	const tail = Buffer.concat([
		(flags & 7) === 0 ? Buffer.alloc(0) : optional,
		Buffer.from(list.flat()),
	]);
	const head = Buffer.from([flags, 255, 0, 0, 0, 0, 0, random.below(256)]);
	head.writeUInt16BE((tail.length + packet.length) & 0xffff, 2);
	return udp(2152, Buffer.concat([head, tail, packet]));
}
