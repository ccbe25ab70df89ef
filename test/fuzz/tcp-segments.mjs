/*
 * A capture over UDP said again over TCP, or over WebSocket: the fixtures have few connections, and reassembly has much
 * to get wrong. DNS comes behind its lengths (RFC 1035 §4.2.2).
 */
import { offsetsOf } from './packet.mjs';
import { mutateSip } from './sip-mutations.mjs';
import { webSocketMessage } from './websocket-frames.mjs';

const TCP = 6;
const SYN = 2;
const ACK_PUSH = 0x18;
const DNS_PORT = 53;
const UPGRADE =
	'GET /ws HTTP/1.1\r\nHost: pbx.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: sip\r\nSec-WebSocket-Version: 13\r\n\r\n';
const UPGRADED =
	'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: sip\r\n\r\n';

const DEFLATE = 'Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n';

/** The capture with one connection for each pair of endpoints; what is no UDP stays as it is. */
export function overTcp({ linkType, records }, random, asWebSocket) {
	const sequences = new Map();
	const webSocket = asWebSocket ? { deflate: random.once(2) } : undefined;
	const segments = records.flatMap((record) => {
		const offsets = offsetsOf(record.bytes, linkType);
		if (offsets?.isUdp !== true) return [record];
		return segmentsOf(record, offsets, { sequences, random, webSocket });
	});
	return { linkType, records: segments };
}

function segmentsOf(record, offsets, { sequences, random, webSocket }) {
	const { bytes, at } = record;
	const { ip, transport } = offsets;
	const from = bytes.subarray(ip + 12, ip + 16).toString('hex') + bytes.readUInt16BE(transport);
	const to = bytes.subarray(ip + 16, ip + 20).toString('hex') + bytes.readUInt16BE(transport + 2);
	const isFirst = !sequences.has(from) && !sequences.has(to);
	const payload = bytes.subarray(offsets.payload);
	const ports = [bytes.readUInt16BE(transport), bytes.readUInt16BE(transport + 2)];
	const parts = [];
	if (ports.includes(DNS_PORT)) {
		parts.push(lengthOf(payload, random), payload);
	} else if (webSocket === undefined) {
		parts.push(payload);
	} else {
		if (!sequences.has(from)) parts.push(upgradeHead(isFirst, webSocket, random));
		const isClient = clientsOf(sequences, from, isFirst);
		parts.push(webSocketMessage(payload, { ...webSocket, isClient }, random));
	}
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

/** The end that spoke first is the client; `sequences` keeps the ends in that order. */
function clientsOf(sequences, from, isFirst) {
	return isFirst || [...sequences.keys()].indexOf(from) % 2 === 0;
}

function upgradeHead(isFirst, { deflate }, random) {
	const plain = isFirst ? UPGRADE : UPGRADED;
	const head = deflate ? plain.slice(0, -2) + DEFLATE : plain;
	return Buffer.from(random.once(12) ? mutateSip(head, UPGRADED, random) : head, 'latin1');
}

/** At times not that of the message. */
function lengthOf({ length }, random) {
	const bytes = Buffer.alloc(2);
	bytes.writeUInt16BE(random.once(10) ? random.pick([0, 1, 12, 65_535]) : length);
	return bytes;
}
