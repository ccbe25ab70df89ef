/*
 * HEP, the Homer Encapsulation Protocol (sipcapture.org, "HEP3 Network Protocol Specification"; of versions 1 and 2 there is
 * no other than what Kamailio's siptrace writes): what a SIP server or a capture agent reports to a monitor, a copy of each
 * message with the endpoints between which it went.
 */
import { unzipSync } from 'node:zlib';
import { Cursor } from '../bytes/cursor.js';
import { u16At, u32At, u32LeAt } from '../bytes/integers.js';
import { badField, type Parsed, tooShort } from '../bytes/malformed.js';
import type { Instant } from '../time/instant.js';

export interface HepMessage {
	readonly version: 1 | 2 | 3;
	/** What carried the message that is reported, as IP numbers it: 6, 17; 22 where it is TLS or WebSocket. */
	readonly protocol: number;
	/** Undefined where the report does not say it; port 0 without a port. */
	readonly src: HepEndpoint | undefined;
	readonly dst: HepEndpoint | undefined;
	/** On the clock of the agent; undefined in version 1. */
	readonly reportedAt: Instant | undefined;
	/** Undefined in version 1. */
	readonly agentId: number | undefined;
	/** 1 is SIP; versions 1 and 2 carry nothing else. */
	readonly payloadType: number;
	readonly payload: Uint8Array;
	/** Bytes of the payload that its length promises and the report does not have. */
	readonly missing: number;
}

export interface HepEndpoint {
	/** Four bytes or sixteen. */
	readonly address: Uint8Array;
	readonly port: number;
}

/** The payload type of SIP (table "protocol types"). */
export const HEP_SIP = 1;

/** Where Homer listens: versions 1 and 2 have no other mark than their structure. */
const HEP_PORT = 9060;

/** Before the chunks of version 3: its name and the length of all. */
export const HEP3_HEADER_BYTES = 6;

/** Before the value of a chunk: vendor, type, length of the whole chunk. */
const CHUNK_HEADER_BYTES = 6;

const CHUNK = {
	protocol: 2,
	ipv4Source: 3,
	ipv4Destination: 4,
	ipv6Source: 5,
	ipv6Destination: 6,
	sourcePort: 7,
	destinationPort: 8,
	seconds: 9,
	microseconds: 10,
	payloadType: 11,
	agentId: 12,
	payload: 15,
	compressedPayload: 16,
} as const;

/** No SIP message that goes through UDP is longer; what expands to more is none. */
const MAX_INFLATED_BYTES = 65_536;

/** Version, header length, family, protocol, two ports (versions 1 and 2). */
const OLD_HEADER_BYTES = 8;
/** Linux's numbers of the families, whatever the agent runs on. */
const ADDRESS_BYTES: ReadonlyMap<number, number> = new Map([
	[2, 4],
	[10, 16],
]);
/** Version 2: seconds, microseconds, agent id, and the two bytes that C fills up with. */
const TIME_BYTES = 12;

/** True where the payload of a datagram, as much of it as there is, begins as HEP does. */
export function isHep(payload: Uint8Array, destinationPort: number): boolean {
	return isHep3(payload) || (destinationPort === HEP_PORT && addressStart(payload) !== undefined);
}

/** True for what begins as version 3 does, on any port. */
export function isHep3(bytes: Uint8Array): boolean {
	return bytes[0] === 0x48 && bytes[1] === 0x45 && bytes[2] === 0x50 && bytes[3] === 0x33;
}

/** Undefined where the datagram is none: for versions 1 and 2 the port proves nothing, but it must be Homer's. */
export function parseHep(
	payload: Uint8Array,
	destinationPort: number,
): Parsed<HepMessage> | undefined {
	if (isHep3(payload)) return parseHep3(payload);
	return destinationPort === HEP_PORT ? parseOldHep(payload) : undefined;
}

/** One message of version 3, as a datagram or a stream has it. */
export function parseHep3(bytes: Uint8Array): Parsed<HepMessage> {
	if (bytes.length < HEP3_HEADER_BYTES) {
		return tooShort('hep', 0, HEP3_HEADER_BYTES, bytes.length, 'datagram');
	}
	const length = u16At(bytes, 4);
	if (length < HEP3_HEADER_BYTES) {
		return badField('hep', 4, 'length', length, `${HEP3_HEADER_BYTES} or more`);
	}
	const read = readChunks(bytes.subarray(0, length));
	if (!read.ok) return read;
	const { chunks, missing } = read.value;
	const payload = payloadOf(chunks, missing);
	if (!payload.ok) return payload;
	const seconds = chunks.get(CHUNK.seconds);
	const agentId = chunks.get(CHUNK.agentId);
	return {
		ok: true,
		value: {
			version: 3,
			protocol: chunks.get(CHUNK.protocol)?.[0] ?? 0,
			src: endpointOf(
				chunks.get(CHUNK.ipv4Source) ?? chunks.get(CHUNK.ipv6Source),
				chunks.get(CHUNK.sourcePort),
			),
			dst: endpointOf(
				chunks.get(CHUNK.ipv4Destination) ?? chunks.get(CHUNK.ipv6Destination),
				chunks.get(CHUNK.destinationPort),
			),
			reportedAt: seconds && instantOf(u32At(seconds, 0), u32Of(chunks.get(CHUNK.microseconds))),
			agentId: agentId && u32At(agentId, 0),
			payloadType: chunks.get(CHUNK.payloadType)?.[0] ?? 0,
			payload: payload.value,
			missing,
		},
	};
}

/** The generic chunks by type, and what the last of them, a payload, lacks. */
function readChunks(
	message: Uint8Array,
): Parsed<{ readonly chunks: ReadonlyMap<number, Uint8Array>; readonly missing: number }> {
	const chunks = new Map<number, Uint8Array>();
	let at = HEP3_HEADER_BYTES;
	while (at < message.length) {
		const left = message.length - at;
		if (left < CHUNK_HEADER_BYTES) return tooShort('hep', at, CHUNK_HEADER_BYTES, left, 'length');
		const isGeneric = u16At(message, at) === 0;
		const type = u16At(message, at + 2);
		const length = u16At(message, at + 4);
		if (length < CHUNK_HEADER_BYTES) {
			return badField('hep', at + 4, 'chunk length', length, `${CHUNK_HEADER_BYTES} or more`);
		}
		const isPayload = isGeneric && type === CHUNK.payload;
		if (length > left && !isPayload) return tooShort('hep', at, length, left, 'length');
		// What other vendors number as they like says nothing here.
		if (isGeneric) chunks.set(type, message.subarray(at + CHUNK_HEADER_BYTES, at + length));
		if (length > left) return { ok: true, value: { chunks, missing: length - left } };
		at += length;
	}
	return { ok: true, value: { chunks, missing: 0 } };
}

function payloadOf(chunks: ReadonlyMap<number, Uint8Array>, missing: number): Parsed<Uint8Array> {
	const plain = chunks.get(CHUNK.payload);
	const compressed = chunks.get(CHUNK.compressedPayload);
	if (plain !== undefined || compressed === undefined || missing > 0) {
		return { ok: true, value: plain ?? new Uint8Array(0) };
	}
	try {
		// The specification leaves open which of gzip and zlib it is; their first bytes tell.
		const value = unzipSync(compressed, { maxOutputLength: MAX_INFLATED_BYTES });
		return { ok: true, value };
	} catch (error) {
		const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
		const expected = `gzip or zlib of at most ${MAX_INFLATED_BYTES} bytes`;
		return badField('hep', 0, 'compressed payload', why, expected);
	}
}

function endpointOf(
	address: Uint8Array | undefined,
	port: Uint8Array | undefined,
): HepEndpoint | undefined {
	if (address?.length !== 4 && address?.length !== 16) return undefined;
	return { address, port: port === undefined ? 0 : u16At(port, 0) };
}

/** 0 where the chunk is missing. */
function u32Of(value: Uint8Array | undefined): number {
	return value === undefined ? 0 : u32At(value, 0);
}

function instantOf(seconds: number, microseconds: number): Instant {
	return seconds * 1_000_000 + microseconds;
}

/** Where the addresses of version 1 or 2 end, and how long each is; undefined where the structure does not hold. */
function addressStart(
	bytes: Uint8Array,
): { readonly addressBytes: number; readonly end: number } | undefined {
	const version = bytes[0];
	const addressBytes = ADDRESS_BYTES.get(bytes[2] ?? 0);
	if ((version !== 1 && version !== 2) || addressBytes === undefined) return undefined;
	const end = OLD_HEADER_BYTES + 2 * addressBytes;
	// Senders count the time of version 2 in or, as Kamailio does, leave it out.
	const isLength = bytes[1] === end || (version === 2 && bytes[1] === end + TIME_BYTES);
	return isLength ? { addressBytes, end } : undefined;
}

function parseOldHep(bytes: Uint8Array): Parsed<HepMessage> | undefined {
	const start = addressStart(bytes);
	if (start === undefined) return undefined;
	const version = bytes[0] === 2 ? 2 : 1;
	const cursor = new Cursor(bytes, 'hep', 'datagram');
	cursor.skip(3);
	const protocol = cursor.u8();
	const sourcePort = cursor.u16();
	const destinationPort = cursor.u16();
	const src = { address: cursor.take(start.addressBytes), port: sourcePort };
	const dst = { address: cursor.take(start.addressBytes), port: destinationPort };
	// The one thing in it that is little-endian, whatever the machine is (`to_le` of siptrace).
	const time = version === 2 ? cursor.take(TIME_BYTES) : undefined;
	return cursor.result({
		version,
		protocol,
		src,
		dst,
		reportedAt: time && instantOf(u32LeAt(time, 0), u32LeAt(time, 4)),
		// The agent's machine has its own order here; nearly all are little-endian.
		agentId: time && (time[8] ?? 0) + (time[9] ?? 0) * 0x100,
		payloadType: HEP_SIP,
		payload: cursor.rest(),
		missing: 0,
	});
}
