/*
 * One mutant: a real capture broken at one to three levels (compression, file, link, tunnel, IP, UDP or TCP, TLS, WebSocket, DNS, SIP). It
 * depends on nothing but the seed and its number.
 */
import { mutateBytes } from './byte-mutations.mjs';
import { pcapngOption, writePcap, writePcapng } from './capture-file.mjs';
import { mutateDns } from './dns-mutations.mjs';
import { mutateGzip } from './gzip-mutations.mjs';
import { fragmentsOf, offsetsOf, withPayload } from './packet.mjs';
import { Random } from './random.mjs';
import { READ_ANYWAY, repeatedPhones } from './repeated-phones.mjs';
import { isDns } from './seeds.mjs';
import { mutateSip } from './sip-mutations.mjs';
import { mapStreamPayload } from './stream-payload.mjs';
import { overTcp } from './tcp-segments.mjs';
import { isTls, mutateTls } from './tls-mutations.mjs';
import { intoTunnels } from './tunnels.mjs';

/** Records of a capture that a mutant keeps at most; more would only slow the run down. */
const RECORDS = [2, 3, 4, 4, 6, 8, 8, 24];
const LINK_TYPES = [0, 1, 12, 101, 113, 252, 276, 9999];

/** What is done to a capture, by level; the SIP level is where most of the code is. */
const LEVELS = [
	['record', 1, mutateRecords],
	['link', 2, mutateLink],
	['ip', 3, mutateIp],
	['udp', 2, mutateUdp],
	['sip', 10, mutateSipPayload],
];
const WEIGHTED = LEVELS.flatMap(([, weight, mutate]) =>
	Array.from({ length: weight }, () => mutate),
);

const OF_CONNECTIONS = [mutateRecords, mutateRecords, mutateUdp, mutateLink];

/** What a mutant is made of: any capture, one with TLS, one with DNS, one of phones that repeat themselves. */
const MAKERS = [
	...Array.from({ length: 8 }, () => mutateCapture),
	mutateTlsCapture,
	mutateTlsCapture,
	mutateDnsCapture,
	mutateDnsCapture,
	mutateRepeatedCapture,
];
/** Of the account that inputs are checked with. */
export const PASSWORD = 's3cret-lab';

/** A handshake and the closing of its connection. */
const TLS_RECORDS = 40;

/**
 * @param {ReturnType<import('./seeds.mjs').readSeeds>} seeds
 * @returns {{ file: Buffer, chunkSize: number, columns: number, vantage: string | undefined }}
 */
export function makeMutant(seeds, seed, number) {
	const random = new Random(seed, number);
	const plain = random.once(6) ? fileMutant(seeds, random) : captureMutant(seeds, random);
	return {
		file: random.once(10) ? mutateGzip(plain, random) : plain,
		chunkSize: random.once(20) ? random.between(1, 64) : random.pick([777, 4096, 65_536]),
		columns: random.pick([0, 40, 60, 100, 200]),
		vantage: random.once(4) ? random.pick(['client', 'server', 'middle']) : undefined,
	};
}

function fileMutant({ files }, random) {
	return mutateFile(random.pick(files), random);
}

function captureMutant(seeds, random) {
	const capture = random.pick(MAKERS)(seeds, random);
	const file = writeFile(random.once(6) ? intoTunnels(capture, random) : capture, random);
	return random.once(20) ? mutateFile(file, random) : file;
}

function mutateFile(original, random) {
	let file = original;
	for (let left = random.between(1, 4); left > 0; left -= 1) file = mutateBytes(file, random);
	return file;
}

/** A connection with a handshake, its records broken and at times its segments as well. */
function mutateTlsCapture({ captures, withTls }, random) {
	const original = random.pick(withTls);
	let capture = { ...original, records: original.records.slice(0, TLS_RECORDS) };
	for (let left = random.between(1, 3); left > 0; left -= 1) {
		capture = mapStreamPayload(capture, random, isTls, (payload) => mutateTls(payload, random));
	}
	const context = { random, donorText: donorText(captures, random) };
	for (let left = random.below(3); left > 0; left -= 1) {
		capture = random.pick(OF_CONNECTIONS)(capture, context);
	}
	return capture;
}

/** Questions and answers broken, over UDP or TCP, with the rest of the capture as it was. */
function mutateDnsCapture({ captures, withDns }, random) {
	const original = random.pick(withDns);
	let capture = { ...original, records: original.records.slice(0, TLS_RECORDS) };
	const context = { random, donorText: donorText(captures, random) };
	for (let left = random.between(1, 4); left > 0; left -= 1) {
		capture = mutateDnsMessage(capture, context);
	}
	if (random.once(3)) capture = random.pick(WEIGHTED)(capture, context);
	return random.once(4) ? overTcp(capture, random, false) : capture;
}

/** What repeats itself, with something in between, or at its end, that does not. They are long: a few of them will do. */
function mutateRepeatedCapture(seeds, random) {
	if (!random.once(3)) return mutateCapture(seeds, random);
	const { linkType, records } = repeatedPhones(PASSWORD, random);
	const context = { random, donorText: donorText(seeds.captures, random) };
	let end = { linkType, records: records.slice(READ_ANYWAY) };
	for (let left = random.below(4); left > 0; left -= 1) end = random.pick(WEIGHTED)(end, context);
	return { linkType, records: [...records.slice(0, READ_ANYWAY), ...end.records] };
}

function mutateDnsMessage({ linkType, records }, { random }) {
	const questions = [...records.keys()].filter((at) => {
		const { bytes } = records[at];
		return isDns(bytes, offsetsOf(bytes, linkType));
	});
	if (questions.length === 0) return { linkType, records };
	const at = random.pick(questions);
	const record = records[at];
	const offsets = offsetsOf(record.bytes, linkType);
	const message = mutateDns(record.bytes.subarray(offsets.payload), random);
	return {
		linkType,
		records: records.with(at, ofLength(record, withPayload(record.bytes, offsets, message))),
	};
}

function mutateCapture({ captures }, random) {
	const original = random.pick(captures);
	const most = random.pick(RECORDS);
	const start = random.below(original.records.length - most);
	let capture = { ...original, records: original.records.slice(start, start + most) };
	const context = { random, donorText: donorText(captures, random) };
	for (let left = random.between(1, 6); left > 0; left -= 1) {
		capture = random.pick(WEIGHTED)(capture, context);
	}
	if (!random.once(3)) return capture;
	capture = overTcp(capture, random, random.once(3));
	// Segments lost, repeated, out of order, overlapping, with other flags and numbers.
	for (let left = random.below(5); left > 0; left -= 1) {
		capture = random.pick(OF_CONNECTIONS)(capture, context);
	}
	return capture;
}

function writeFile(capture, random) {
	if (random.below(3) > 0) return writePcap(capture);
	const comment = Buffer.from('{"sipdoctor":1,"transport":"tls"}');
	return writePcapng(capture, () => {
		if (random.below(3) > 0) return Buffer.alloc(0);
		const flags = Buffer.from([random.between(1, 2), 0, 0, 0]);
		return pcapngOption(...(random.once(2) ? [2, flags] : [1, mutateBytes(comment, random)]));
	});
}

/** Order, number and times of the records. */
function mutateRecords({ linkType, records }, { random }) {
	const at = random.below(records.length);
	const record = records[at];
	if (record === undefined) return { linkType, records };
	switch (random.below(6)) {
		case 0:
			return { linkType, records: records.toSpliced(at, 1) };
		case 1:
			return { linkType, records: records.toSpliced(at, 0, ...copiesOf(record, random)) };
		case 2:
			return { linkType, records: records.toReversed() };
		case 3: {
			const later = random.pick([0, 1, 40_000_000, 4_000_000_000_000_000]);
			return { linkType, records: records.with(at, { ...record, at: later }) };
		}
		case 4: {
			const moved = records.toSpliced(at, 1);
			return { linkType, records: moved.toSpliced(random.below(moved.length + 1), 0, record) };
		}
		default:
			return { linkType: random.pick(LINK_TYPES), records };
	}
}

function copiesOf(record, random) {
	const gap = random.pick([0, 500, 500_000, 32_000_000]);
	const count = random.once(60) ? 300 : random.between(1, 5);
	return Array.from({ length: count }, (_, index) => ({ ...record, at: record.at + index * gap }));
}

/** Bytes of a whole frame; a snaplen that cut it. */
function mutateLink(capture, { random }) {
	return mapRecord(capture, random, (record) => {
		if (random.once(4)) return [{ ...record, bytes: record.bytes.subarray(0, random.below(400)) }];
		return [{ ...record, bytes: mutateBytes(record.bytes, random) }];
	});
}

/** Fields of the IP header, and fragments in and out of order. */
function mutateIp(capture, { random }) {
	return mapPacket(capture, random, (record, offsets) => {
		if (random.once(3)) return fragmented(record, offsets, random);
		const header = mutateBytes(record.bytes.subarray(offsets.ip, offsets.transport), random);
		const { bytes } = record;
		const parts = [bytes.subarray(0, offsets.ip), header, bytes.subarray(offsets.transport)];
		return [{ ...record, bytes: Buffer.concat(parts) }];
	});
}

function fragmented(record, offsets, random) {
	const size = random.pick([8, 24, 160, 480, 1480]);
	let frames = fragmentsOf(record.bytes, offsets, size);
	if (random.once(3)) frames = frames.toReversed();
	if (random.once(3)) frames = frames.toSpliced(random.below(frames.length), 1);
	if (random.once(3)) {
		const again = random.pick(frames) ?? record.bytes;
		frames.push(random.once(2) ? again : mutateBytes(again, random));
	}
	return frames.map((bytes) => ({ at: record.at, bytes, originalLength: bytes.length }));
}

/** Fields of the UDP or TCP header, and bytes of the payload with lengths that fit. */
function mutateUdp(capture, { random }) {
	return mapPacket(capture, random, (record, offsets) => {
		const { bytes } = record;
		if (offsets.isUdp && random.once(2)) {
			const payload = mutateBytes(bytes.subarray(offsets.payload), random);
			return [ofLength(record, withPayload(bytes, offsets, payload))];
		}
		const header = mutateBytes(bytes.subarray(offsets.transport, offsets.payload), random);
		const parts = [bytes.subarray(0, offsets.transport), header, bytes.subarray(offsets.payload)];
		return [{ ...record, bytes: Buffer.concat(parts) }];
	});
}

/** The message itself, right in all lengths below it. */
function mutateSipPayload(capture, { random, donorText: donor }) {
	return mapPacket(capture, random, (record, offsets) => {
		if (!offsets.isUdp) return [record];
		let text = record.bytes.subarray(offsets.payload).toString('latin1');
		for (let left = random.between(1, 3); left > 0; left -= 1) {
			text = mutateSip(text, donor, random);
		}
		return [ofLength(record, withPayload(record.bytes, offsets, Buffer.from(text, 'latin1')))];
	});
}

function mapRecord({ linkType, records }, random, change) {
	const at = random.below(records.length);
	const record = records[at];
	if (record === undefined) return { linkType, records };
	return { linkType, records: records.toSpliced(at, 1, ...change(record)) };
}

function mapPacket(capture, random, change) {
	return mapRecord(capture, random, (record) => {
		const offsets = offsetsOf(record.bytes, capture.linkType);
		return offsets === undefined ? [record] : change(record, offsets);
	});
}

function ofLength({ at }, bytes) {
	return { at, bytes, originalLength: bytes.length };
}

/** A message of some capture, for its lines. */
function donorText(captures, random) {
	const { linkType, records } = random.pick(captures);
	const { bytes } = random.pick(records);
	const payload = offsetsOf(bytes, linkType)?.payload ?? bytes.length;
	return bytes.subarray(payload).toString('latin1');
}
