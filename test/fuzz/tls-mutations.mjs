/* Mutations of TLS records and of the handshake messages in them (RFC 8446 §5.1, §4). Each takes and gives a payload. */
import { mutateBytes } from './byte-mutations.mjs';

const HANDSHAKE = 22;
const RECORD_TYPES = [0, 19, 20, 21, 22, 23, 24, 25, 0x80, 255];
const VERSIONS = [0x0002, 0x0300, 0x0301, 0x0302, 0x0303, 0x0304, 0x0305, 0x0500, 0x4745];
const HANDSHAKE_TYPES = [0, 1, 2, 4, 11, 12, 13, 14, 15, 16, 20, 22, 24, 255];
const LENGTHS = [0, 1, 3, 4, 100, 16_384, 16_385, 18_432, 18_433, 65_535];
const HANDSHAKE_LENGTHS = [0, 1, 2, 3, 131_071, 131_072, 131_073, 0xff_ffff];
const ALERTS = [0, 10, 20, 40, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 70, 80, 112, 116, 120, 255];
const MAX_BYTES = 60_000;

export const TLS_MUTATIONS = [
	changeHeader,
	changeHeader,
	splitRecord,
	emptyRecords,
	changeBody,
	changeHandshake,
	changeHandshake,
	changeHandshake,
	repeatHandshake,
	insertAlert,
	joinRecords,
	repeatEntries,
];

/** True for a payload that begins with a record. */
export function isTls(payload) {
	return payload.length >= 5 && payload[0] >= 20 && payload[0] <= 23 && payload[1] === 3;
}

export function mutateTls(payload, random) {
	const { records, rest } = recordsOf(payload);
	if (records.length === 0) return mutateBytes(payload, random);
	const changed = random.pick(TLS_MUTATIONS)(records, random);
	return Buffer.concat([...changed.map(recordBytes), rest]).subarray(0, MAX_BYTES);
}

function recordsOf(payload) {
	const records = [];
	let at = 0;
	while (at + 5 <= payload.length) {
		const end = at + 5 + payload.readUInt16BE(at + 3);
		if (end > payload.length) break;
		const version = payload.readUInt16BE(at + 1);
		records.push({ type: payload[at], version, body: payload.subarray(at + 5, end) });
		at = end;
	}
	return { records, rest: payload.subarray(at) };
}

/** `length` is a lie where it is given. */
function recordBytes({ type, version, body, length = body.length }) {
	const head = Buffer.alloc(5);
	head[0] = type;
	head.writeUInt16BE(version, 1);
	head.writeUInt16BE(length & 0xffff, 3);
	return Buffer.concat([head, body]);
}

function changeHeader(records, random) {
	return mapRecord(records, random, (record) => {
		switch (random.below(3)) {
			case 0:
				return [{ ...record, type: random.pick(RECORD_TYPES) }];
			case 1:
				return [{ ...record, version: random.pick(VERSIONS) }];
			default:
				return [{ ...record, length: random.pick(LENGTHS) }];
		}
	});
}

/** RFC 8446 §5.1: a handshake message may lie in any number of records. */
function splitRecord(records, random) {
	return mapRecord(records, random, (record) => {
		const pieces = [];
		const size = random.pick([1, 2, 3, 7, 64]);
		for (let at = 0; at < record.body.length && pieces.length < 2000; at += size) {
			pieces.push({ ...record, body: record.body.subarray(at, at + size) });
		}
		return pieces;
	});
}

function emptyRecords(records, random) {
	const count = random.once(10) ? 5000 : random.between(1, 20);
	return mapRecord(records, random, (record) => {
		const type = random.once(2) ? record.type : random.pick(RECORD_TYPES);
		const empty = { type, version: record.version, body: Buffer.alloc(0) };
		return [...Array.from({ length: count }, () => empty), record];
	});
}

function changeBody(records, random) {
	return mapRecord(records, random, (record) => [
		{ ...record, body: mutateBytes(record.body, random).subarray(0, 20_000) },
	]);
}

function changeHandshake(records, random) {
	return mapHandshake(records, random, (message) => {
		switch (random.below(4)) {
			case 0:
				return [{ ...message, type: random.pick(HANDSHAKE_TYPES) }];
			case 1:
				return [{ ...message, length: random.pick(HANDSHAKE_LENGTHS) }];
			default:
				return [{ ...message, body: mutateBytes(message.body, random) }];
		}
	});
}

function repeatHandshake(records, random) {
	const count = random.once(10) ? 200 : random.between(2, 6);
	return mapHandshake(records, random, (message) => Array.from({ length: count }, () => message));
}

function insertAlert(records, random) {
	const level = random.pick([0, 1, 2, 2, 2, 255]);
	const body = Buffer.from([level, random.pick(ALERTS), 0]).subarray(
		0,
		random.pick([0, 1, 2, 2, 2, 3]),
	);
	const version = random.pick(VERSIONS);
	return records.toSpliced(random.below(records.length + 1), 0, { type: 21, version, body });
}

function joinRecords(records) {
	const [first] = records;
	return [{ ...first, body: Buffer.concat(records.map(({ body }) => body)) }];
}

/** A list in a message, of extensions or certificates, with one of its parts many times and lengths that fit. */
function repeatEntries(records, random) {
	return mapHandshake(records, random, (message) => {
		const { body } = message;
		const from = random.below(body.length);
		const part = body.subarray(from, from + random.pick([2, 4, 40, 400]));
		const times = Math.min(
			random.pick([2, 20, 2000]),
			Math.floor(12_000 / Math.max(1, part.length)),
		);
		const copies = Array.from({ length: times }, () => part);
		return [
			{ ...message, body: Buffer.concat([body.subarray(0, from), ...copies, body.subarray(from)]) },
		];
	});
}

function mapRecord(records, random, change) {
	const at = random.below(records.length);
	return records.toSpliced(at, 1, ...change(records[at]));
}

function mapHandshake(records, random, change) {
	const clear = [...records.keys()].filter((at) => records[at].type === HANDSHAKE);
	if (clear.length === 0) return changeBody(records, random);
	const at = random.pick(clear);
	const messages = messagesOf(records[at].body);
	if (messages.length === 0) return changeBody(records, random);
	const which = random.below(messages.length);
	const changed = messages.toSpliced(which, 1, ...change(messages[which]));
	const body = Buffer.concat(changed.map(messageBytes)).subarray(0, 50_000);
	return records.with(at, { ...records[at], body });
}

function messagesOf(body) {
	const messages = [];
	let at = 0;
	while (at + 4 <= body.length) {
		const end = at + 4 + body.readUIntBE(at + 1, 3);
		if (end > body.length) break;
		messages.push({ type: body[at], body: body.subarray(at + 4, end) });
		at = end;
	}
	return messages;
}

function messageBytes({ type, body, length = body.length }) {
	const head = Buffer.from([type, 0, 0, 0]);
	head.writeUIntBE(length & 0xff_ffff, 1, 3);
	return Buffer.concat([head, body]);
}
