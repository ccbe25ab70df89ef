/* Where the headers of a frame stand, and a frame with another payload. IPv4 with UDP or TCP, as the fixtures have them. */

const LINK_LENGTH = { 0: 4, 1: 14, 101: 0, 113: 16, 276: 20 };
const TCP = 6;

/** Offsets of IP header, transport header and payload of a frame; undefined where it holds no IPv4. */
export function offsetsOf(bytes, linkType) {
	let ip = LINK_LENGTH[linkType];
	if (ip === undefined) return undefined;
	if (linkType === 1) {
		while (ip + 4 < bytes.length && bytes.readUInt16BE(ip - 2) === 0x8100) ip += 4;
	}
	if (ip + 28 > bytes.length || bytes[ip] >> 4 !== 4) return undefined;
	const transport = ip + (bytes[ip] & 0x0f) * 4;
	const payload = transport + 8;
	if (transport < ip + 20 || payload > bytes.length) return undefined;
	return { ip, transport, payload, isUdp: bytes[ip + 9] === 17 && !isFragment(bytes, ip) };
}

function isFragment(bytes, ip) {
	return (bytes.readUInt16BE(ip + 6) & 0x3fff) !== 0;
}

/** The frame with this UDP payload and lengths that fit it; as much as an IP packet can hold. */
export function withPayload(bytes, { ip, transport, payload }, content) {
	const most = 65_535 - (payload - ip);
	const whole = Buffer.concat([bytes.subarray(0, payload), content.subarray(0, most)]);
	whole.writeUInt16BE(whole.length - ip, ip + 2);
	whole.writeUInt16BE(whole.length - transport, transport + 4);
	// No checksum (RFC 768): a wrong one would say something of the vantage.
	whole.writeUInt16BE(0, transport + 6);
	return whole;
}

/** As `offsetsOf`, of a TCP segment: `payload` is behind its options. Undefined for everything else. */
export function segmentOffsetsOf(bytes, linkType) {
	const offsets = offsetsOf(bytes, linkType);
	if (offsets === undefined || bytes[offsets.ip + 9] !== TCP || isFragment(bytes, offsets.ip)) {
		return undefined;
	}
	const { ip, transport } = offsets;
	const payload = transport + ((bytes[transport + 12] ?? 0) >> 4) * 4;
	const end = Math.min(bytes.length, ip + bytes.readUInt16BE(ip + 2));
	return payload < transport + 20 || payload > end ? undefined : { ip, transport, payload, end };
}

/** The TCP segment with this payload, its number moved by `shift`; the IP length fits. */
export function withSegment(bytes, { ip, transport, payload }, content, shift) {
	const most = 65_535 - (payload - ip);
	const whole = Buffer.concat([bytes.subarray(0, payload), content.subarray(0, most)]);
	whole.writeUInt16BE(whole.length - ip, ip + 2);
	whole.writeUInt32BE((whole.readUInt32BE(transport + 4) + shift) >>> 0, transport + 4);
	return whole;
}

/** The IP packet of a frame in fragments of about `size` bytes, each in a frame of its own. */
export function fragmentsOf(bytes, { ip, transport }, size) {
	const step = Math.max(8, size - (size % 8));
	const body = bytes.subarray(transport);
	const fragments = [];
	for (let at = 0; at < body.length && fragments.length < 64; at += step) {
		const piece = body.subarray(at, at + step);
		const frame = Buffer.concat([bytes.subarray(0, transport), piece]);
		frame.writeUInt16BE(transport - ip + piece.length, ip + 2);
		const more = at + step < body.length ? 0x2000 : 0;
		frame.writeUInt16BE(more | (at / 8), ip + 6);
		fragments.push(frame);
	}
	return fragments;
}
