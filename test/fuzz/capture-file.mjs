/*
 * Captures as lists of records, and back: what lets a mutant be broken at one level and right at all others. Reads only
 * the project's own fixtures, so that it may be simple.
 */

/**
 * @typedef {object} Capture
 * @property {number} linkType
 * @property {{ at: number, bytes: Buffer, originalLength: number }[]} records `at` in microseconds
 */

const PCAP_HEADER = 24;
const RECORD_HEADER = 16;

/** The records of a little-endian microsecond pcap; undefined for every other file. */
export function readPcap(file) {
	if (file.length < PCAP_HEADER || file.readUInt32LE(0) !== 0xa1b2c3d4) return undefined;
	const records = [];
	let at = PCAP_HEADER;
	while (at + RECORD_HEADER <= file.length) {
		const length = file.readUInt32LE(at + 8);
		const bytes = file.subarray(at + RECORD_HEADER, at + RECORD_HEADER + length);
		if (bytes.length < length) break;
		records.push({
			at: file.readUInt32LE(at) * 1_000_000 + file.readUInt32LE(at + 4),
			bytes,
			originalLength: file.readUInt32LE(at + 12),
		});
		at += RECORD_HEADER + length;
	}
	return records.length === 0 ? undefined : { linkType: file.readUInt32LE(20), records };
}

export function writePcap({ linkType, records }) {
	const head = Buffer.alloc(PCAP_HEADER);
	head.writeUInt32LE(0xa1b2c3d4, 0);
	head.writeUInt16LE(2, 4);
	head.writeUInt16LE(4, 6);
	head.writeUInt32LE(262_144, 16);
	head.writeUInt32LE(linkType, 20);
	return Buffer.concat([
		head,
		...records.flatMap((record) => [recordHeader(record), record.bytes]),
	]);
}

function recordHeader({ at, bytes, originalLength }) {
	const head = Buffer.alloc(RECORD_HEADER);
	head.writeUInt32LE(Math.floor(at / 1_000_000) >>> 0, 0);
	head.writeUInt32LE((at % 1_000_000) >>> 0, 4);
	head.writeUInt32LE(bytes.length, 8);
	head.writeUInt32LE(originalLength >>> 0, 12);
	return head;
}

/** The same records as pcapng, each with the options given by `optionsOf`. */
export function writePcapng({ linkType, records }, optionsOf) {
	const section = Buffer.alloc(16, 0xff);
	section.writeUInt32LE(0x1a2b3c4d, 0);
	section.writeUInt32LE(1, 4);
	const description = Buffer.alloc(8);
	description.writeUInt16LE(linkType, 0);
	const packets = records.map((record) => {
		const fixed = Buffer.alloc(20);
		fixed.writeUInt32LE(Math.floor(record.at / 0x1_0000_0000) >>> 0, 4);
		fixed.writeUInt32LE((record.at % 0x1_0000_0000) >>> 0, 8);
		fixed.writeUInt32LE(record.bytes.length, 12);
		fixed.writeUInt32LE(record.originalLength >>> 0, 16);
		return block(6, Buffer.concat([fixed, padded(record.bytes), optionsOf(record)]));
	});
	return Buffer.concat([block(0x0a0d0d0a, section), block(1, description), ...packets]);
}

/** One option, padded; comments have code 1, flags code 2. */
export function pcapngOption(code, value) {
	const head = Buffer.alloc(4);
	head.writeUInt16LE(code, 0);
	head.writeUInt16LE(value.length & 0xffff, 2);
	return Buffer.concat([head, padded(value)]);
}

function block(type, body) {
	const whole = Buffer.alloc(body.length + 12);
	whole.writeUInt32LE(type, 0);
	whole.writeUInt32LE(whole.length, 4);
	body.copy(whole, 8);
	whole.writeUInt32LE(whole.length, whole.length - 4);
	return whole;
}

function padded(bytes) {
	return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
