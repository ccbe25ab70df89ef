/* Mutations of a DNS message (RFC 1035 §4.1). Each takes the bytes and gives others. */
import { mutateBytes } from './byte-mutations.mjs';

const HEADER = 12;
const COUNTS = [0, 1, 2, 100, 65_535];
const TYPES = [0, 1, 2, 5, 6, 12, 15, 16, 28, 33, 35, 41, 43, 46, 64, 65, 250, 255, 65_535];
const RCODES = [0, 1, 2, 3, 4, 5, 9, 15];
/** RDATA of a NAPTR, an SRV, an A, an AAAA, a name, an option, and of nothing. */
const DATA = [
	'\0\x0a\0\x0a\x01s\x07SIP+D2U\0\x04_sip\x04_udp\x07example\x03com\0',
	'\0\x0a\0\x3c\x13\xc4\x03pbx\x07example\x03com\0',
	'\0\x0a\0\x3c\x13\xc4\0',
	'\xc0\0\x02\x01',
	'\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01',
	'\x03pbx\xc0\x0c',
	'\0\x0a\0\x08\0\0\0\0\0\0\0\0',
	'',
].map((text) => Buffer.from(text, 'latin1'));

export const DNS_MUTATIONS = [
	changeCount,
	changeFlags,
	changeFlags,
	pointSomewhere,
	pointSomewhere,
	longName,
	addRecords,
	addRecords,
	addRecords,
	changeId,
	twice,
	mutateBytes,
];

export function mutateDns(message, random) {
	if (message.length < HEADER) return mutateBytes(message, random);
	return random.pick(DNS_MUTATIONS)(message, random);
}

function changeCount(message, random) {
	const copy = Buffer.from(message);
	copy.writeUInt16BE(random.pick(COUNTS), 4 + 2 * random.below(4));
	return copy;
}

/** Question or response, cut, and what the server says. */
function changeFlags(message, random) {
	const copy = Buffer.from(message);
	const response = random.once(3) ? 0 : 0x80;
	copy[2] = response | (random.once(4) ? 0x02 : 0) | (random.once(8) ? 0x28 : 0) | 0x01;
	copy[3] = random.pick(RCODES);
	return copy;
}

/** A compression pointer (RFC 1035 §4.1.4) to itself, forwards, into the header, beyond the end, or in a ring. */
function pointSomewhere(message, random) {
	if (message.length < HEADER + 4) return message;
	const copy = Buffer.from(message);
	const at = random.between(HEADER, copy.length - 3);
	const target = random.pick([
		at,
		at + 2,
		0,
		HEADER,
		copy.length,
		0x3fff,
		random.below(copy.length),
	]);
	copy.writeUInt16BE(0xc000 | (target & 0x3fff), at);
	if (random.once(3)) copy.writeUInt16BE(0xc000 | (at & 0x3fff), Math.min(target, copy.length - 2));
	return copy;
}

/** Longer than a name may be (RFC 1035 §2.3.4), in few long or many short labels; at times without an end. */
function longName(message, random) {
	const size = random.pick([1, 2, 63, 64, 191]);
	const count = random.pick([4, 127, 128, 4000]);
	const label = Buffer.concat([
		Buffer.of(size),
		Buffer.alloc(size, random.pick(['a', '.', '\0', '\xff'])),
	]);
	const name = Array.from({ length: Math.min(count, Math.floor(20_000 / size)) }, () => label);
	const end = random.once(4) ? [] : [Buffer.of(0)];
	return Buffer.concat([message.subarray(0, HEADER), ...name, ...end, message.subarray(HEADER)]);
}

function addRecords(message, random) {
	const count = random.once(20) ? 1200 : random.between(1, 6);
	const records = Array.from({ length: count }, () => recordBytes(random));
	const copy = Buffer.concat([message, ...records]);
	const at = random.pick([6, 6, 6, 8, 10]);
	copy.writeUInt16BE((copy.readUInt16BE(at) + count) & 0xffff, at);
	copy[2] |= 0x80;
	return copy;
}

function recordBytes(random) {
	const data = random.once(5) ? mutateBytes(random.pick(DATA), random) : random.pick(DATA);
	const owner = random.once(4) ? Buffer.from('\x03pbx\xc0\x0c', 'latin1') : Buffer.of(0xc0, 0x0c);
	const fixed = Buffer.alloc(10);
	fixed.writeUInt16BE(random.pick(TYPES), 0);
	fixed.writeUInt16BE(random.once(10) ? random.below(65_536) : 1, 2);
	fixed.writeUInt32BE(random.pick([0, 300, 0x7fff_ffff, 0xffff_ffff]), 4);
	fixed.writeUInt16BE(random.once(10) ? random.pick(COUNTS) : data.length, 8);
	return Buffer.concat([owner, fixed, data]);
}

function changeId(message, random) {
	const copy = Buffer.from(message);
	copy.writeUInt16BE(random.below(65_536), 0);
	return copy;
}

function twice(message) {
	return Buffer.concat([message, message]);
}
