/*
 * A capture over UDP said again over TCP, or over WebSocket: the fixtures have few connections, and reassembly has much
 * to get wrong.
 */
import { offsetsOf } from './packet.mjs';

const TCP = 6;
const SYN = 2;
const ACK_PUSH = 0x18;
const UPGRADE =
	'GET /ws HTTP/1.1\r\nHost: pbx.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: sip\r\nSec-WebSocket-Version: 13\r\n\r\n';
const UPGRADED =
	'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: sip\r\n\r\n';

/** The capture with one connection for each pair of endpoints; what is no UDP stays as it is. */
export function overTcp({ linkType, records }, random, asWebSocket) {
	const sequences = new Map();
	const segments = records.flatMap((record) => {
		const offsets = offsetsOf(record.bytes, linkType);
		if (offsets?.isUdp !== true) return [record];
		return segmentsOf(record, offsets, { sequences, random, asWebSocket });
	});
	return { linkType, records: segments };
}

function segmentsOf(record, offsets, { sequences, random, asWebSocket }) {
	const { bytes, at } = record;
	const { ip, transport } = offsets;
	const from = bytes.subarray(ip + 12, ip + 16).toString('hex') + bytes.readUInt16BE(transport);
	const to = bytes.subarray(ip + 16, ip + 20).toString('hex') + bytes.readUInt16BE(transport + 2);
	const isFirst = !sequences.has(from) && !sequences.has(to);
	const payload = bytes.subarray(offsets.payload);
	const parts = [];
	if (asWebSocket && !sequences.has(from)) parts.push(Buffer.from(isFirst ? UPGRADE : UPGRADED));
	parts.push(asWebSocket ? webSocketFrame(payload, isFirst, random) : payload);
	const stream = Buffer.concat(parts);
	let next = sequences.get(from) ?? random.pick([1000, 0xffff_fff0]);
	const frames = [];
	if (isFirst && random.below(3) > 0) frames.push(segment(bytes, offsets, next - 1, SYN, ''));
	for (let done = 0; done < stream.length; ) {
		const size = random.once(2) ? stream.length : random.between(1, 700);
		const piece = stream.subarray(done, done + size);
		frames.push(segment(bytes, offsets, next, ACK_PUSH, piece));
		done += piece.length;
		next += piece.length;
	}
	sequences.set(from, next);
	return frames.map((frame) => ({ at, bytes: frame, originalLength: frame.length }));
}

function segment(bytes, { ip, transport }, sequence, flags, piece) {
	const header = Buffer.alloc(20);
	bytes.copy(header, 0, transport, transport + 4);
	header.writeUInt32BE(sequence >>> 0, 4);
	header[12] = 0x50;
	header[13] = flags;
	const whole = Buffer.concat([bytes.subarray(0, transport), header, Buffer.from(piece)]);
	whole[ip + 9] = TCP;
	whole.writeUInt16BE((whole.length - ip) & 0xffff, ip + 2);
	return whole;
}

/** One text message (RFC 6455 §5.2), masked with zeros where the client sends it. */
function webSocketFrame(payload, isClient, random) {
	const mask = isClient || random.once(4) ? 0x80 : 0;
	const opcode = random.once(16) ? random.below(256) : 0x81;
	const head = Buffer.from([opcode, mask | 126, payload.length >> 8, payload.length & 0xff]);
	return Buffer.concat([head, Buffer.alloc(mask === 0 ? 0 : 4), payload]);
}
