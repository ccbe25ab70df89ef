/* A SIP message as WebSocket frames (RFC 6455 §5.2), right in most cases, and broken in each way that the frame has. */
import { constants, deflateRawSync } from 'node:zlib';
import { mutateBytes } from './byte-mutations.mjs';

const TEXT = 1;
const CONTROL = [8, 9, 10];
const CLOSE_CODES = [[], [3], [3, 232], [3, 233, 0xff], [15, 160]];

/** The bytes of one message of a client or a server. `deflate` where permessage-deflate was agreed. */
export function webSocketMessage(payload, { isClient, deflate }, random) {
	const isCompressed = deflate && random.below(3) > 0;
	const content = isCompressed ? deflated(payload, random) : payload;
	const first = { opcode: TEXT, isCompressed, isFinal: true, content };
	const frames = random.once(3) ? fragments(first, random) : [first];
	if (random.once(4)) frames.splice(random.below(frames.length + 1), 0, controlFrame(random));
	const bytes = frames.map((frame) => frameBytes(frame, isClient, random));
	return Buffer.concat(bytes);
}

/** RFC 7692 §7.2.1, at times of what is no message but very much of nothing, or of damaged bytes. */
function deflated(payload, random) {
	const content = random.once(10)
		? Buffer.alloc(random.pick([262_144, 262_145, 4_000_000]))
		: payload;
	const bytes = deflateRawSync(content, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
	return random.once(4) ? mutateBytes(bytes, random) : bytes;
}

function fragments({ isCompressed, content }, random) {
	const size = random.once(20) ? 1 : random.between(20, 400);
	const pieces = [];
	for (let at = 0; at < content.length && pieces.length < 1100; at += size) {
		pieces.push(content.subarray(at, at + size));
	}
	return pieces.map((piece, index) => ({
		opcode: index === 0 ? TEXT : random.once(40) ? TEXT : 0,
		isCompressed: isCompressed && index === 0,
		isFinal: index === pieces.length - 1 && random.below(20) > 0,
		content: piece,
	}));
}

function controlFrame(random) {
	const opcode = random.pick(CONTROL);
	const content = Buffer.from(random.pick(CLOSE_CODES));
	return { opcode, isCompressed: random.once(10), isFinal: random.below(10) > 0, content };
}

function frameBytes({ opcode, isCompressed, isFinal, content }, isClient, random) {
	const isMasked = random.once(20) ? !isClient : isClient;
	const reserved = random.once(40) ? random.pick([0x10, 0x20, 0x30, 0x40, 0x70]) : 0;
	const kind = random.once(40) ? random.below(16) : opcode;
	const first = (isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0) | reserved | kind;
	const key = isMasked ? Buffer.from([1, 2, 3, 4].map(() => random.below(256))) : Buffer.alloc(0);
	const body = isMasked ? content.map((byte, at) => byte ^ key[at & 3]) : content;
	const length = lengthField(content.length, isMasked ? 0x80 : 0, random);
	return Buffer.concat([Buffer.of(first), length, key, body]);
}

/** In its three forms, also where a shorter one would do, and at times of what never comes. */
function lengthField(length, masked, random) {
	if (random.once(40)) {
		const huge = Buffer.alloc(9);
		huge[0] = masked | 127;
		huge.writeUInt32BE(random.pick([0, 0, 1, 0x8000_0000, 0xffff_ffff]), 1);
		huge.writeUInt32BE(random.pick([262_144, 262_145, 0xffff_ffff]), 5);
		return huge;
	}
	const form = random.once(8) ? random.between(0, 2) : 0;
	if (form === 0 && length < 126) return Buffer.of(masked | length);
	if (form < 2 && length < 65_536) return Buffer.of(masked | 126, length >> 8, length & 0xff);
	const long = Buffer.alloc(9);
	long[0] = masked | 127;
	long.writeUInt32BE(length, 5);
	return long;
}
