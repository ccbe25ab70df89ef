/* Mutations that know nothing of what the bytes mean. Each takes a Buffer and gives another one. */

const NUMBERS = [0, 1, 2, 7, 8, 19, 20, 127, 128, 255, 256, 1500, 32_767, 32_768, 65_535];
const LARGE_NUMBERS = [0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x0004_0000, 0x0100_0000];
/** A mutant never grows beyond this; the time limit is a byte's, but a run wants many inputs. */
const MAX_BYTES = 200_000;

export const BYTE_MUTATIONS = [
	flipBits,
	replaceBytes,
	writeNumber,
	writeLargeNumber,
	truncate,
	removeRange,
	repeatRange,
	moveRange,
	insertNoise,
];

export function mutateBytes(bytes, random) {
	if (bytes.length === 0) return bytes;
	return random.pick(BYTE_MUTATIONS)(bytes, random);
}

function flipBits(bytes, random) {
	const copy = Buffer.from(bytes);
	for (let count = random.between(1, 8); count > 0; count -= 1) {
		copy[random.below(copy.length)] ^= 1 << random.below(8);
	}
	return copy;
}

function replaceBytes(bytes, random) {
	const copy = Buffer.from(bytes);
	for (let count = random.between(1, 8); count > 0; count -= 1) {
		copy[random.below(copy.length)] = random.below(256);
	}
	return copy;
}

function writeNumber(bytes, random) {
	if (bytes.length < 2) return bytes;
	const copy = Buffer.from(bytes);
	const at = random.below(copy.length - 1);
	const number = random.pick(NUMBERS);
	if (random.once(2)) copy.writeUInt16BE(number, at);
	else copy.writeUInt16LE(number, at);
	return copy;
}

function writeLargeNumber(bytes, random) {
	if (bytes.length < 4) return bytes;
	const copy = Buffer.from(bytes);
	const at = random.below(copy.length - 3);
	const number = random.pick(LARGE_NUMBERS);
	if (random.once(2)) copy.writeUInt32BE(number, at);
	else copy.writeUInt32LE(number, at);
	return copy;
}

function truncate(bytes, random) {
	return bytes.subarray(0, random.below(bytes.length));
}

function removeRange(bytes, random) {
	const { from, to } = range(bytes, random);
	return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
}

function repeatRange(bytes, random) {
	const { from, to } = range(bytes, random);
	const most = Math.floor((MAX_BYTES - bytes.length) / Math.max(1, to - from));
	const times = Math.min(most, random.once(60) ? 1000 : random.between(1, 4));
	if (times < 1) return bytes;
	const copies = Array.from({ length: times }, () => bytes.subarray(from, to));
	return Buffer.concat([bytes.subarray(0, to), ...copies, bytes.subarray(to)]);
}

function moveRange(bytes, random) {
	const { from, to } = range(bytes, random);
	const rest = Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
	const at = random.below(rest.length + 1);
	return Buffer.concat([rest.subarray(0, at), bytes.subarray(from, to), rest.subarray(at)]);
}

function insertNoise(bytes, random) {
	const at = random.below(bytes.length + 1);
	const noise = Buffer.from(Array.from({ length: random.between(1, 40) }, () => random.below(256)));
	return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
}

function range(bytes, random) {
	const from = random.below(bytes.length);
	return { from, to: Math.min(bytes.length, from + random.between(1, 64)) };
}
