/*
 * DNS messages (RFC 1035 §4) through dns-packet, held to bounds of ours: it allocates what the counts of the header
 * promise, and throws on odd bytes. Only what locates a SIP server is kept (RFC 3263).
 */
import { type Answer, type DecodedPacket, decode } from 'dns-packet';
import { u16At } from '../bytes/integers.js';
import { badField, type Malformed, type Parsed, tooShort } from '../bytes/malformed.js';
import { canonicalAddress } from '../net/address.js';

export const DNS_PORT = 53;

export const DNS_TYPES = ['NAPTR', 'SRV', 'A', 'AAAA', 'CNAME'] as const;
export type DnsType = (typeof DNS_TYPES)[number];

export interface DnsQuestion {
	/** Lower case, without the dot at the end; `.` is the root. */
	readonly name: string;
	readonly type: DnsType;
}

export interface DnsRecord extends DnsQuestion {
	/** Seconds. */
	readonly ttl: number;
	/** Address, name, `priority weight port target`, or `order preference flags service replacement`. */
	readonly data: string;
}

export interface DnsMessage {
	readonly id: number;
	readonly isResponse: boolean;
	/** RFC 1035 §4.1.1: 0 no error, 2 server failure, 3 name error, 5 refused. */
	readonly rcode: number;
	/** The answer did not fit: it is asked again over TCP. */
	readonly truncated: boolean;
	/** Undefined where the message has none, or asks for a type that locates nobody. */
	readonly question: DnsQuestion | undefined;
	/** False where another type was asked. */
	readonly hasQuestion: boolean;
	readonly answers: readonly DnsRecord[];
	/** Addresses that the server added for the names in its answers. */
	readonly additionals: readonly DnsRecord[];
}

const HEADER_BYTES = 12;
/** Root name, type, class. */
const LEAST_QUESTION = 5;
/** Root name, type, class, TTL, length. */
const LEAST_RECORD = 11;
/** EDNS messages end at 4096 by custom; beyond this the time that hostile names take would grow with the square. */
const MAX_MESSAGE = 16_384;
const MAX_RECORDS = 64;
const OPCODE_MASK = 0x7800;

/**
 * A query or a response to one; undefined for other uses of the port (notify, update). Never throws. Of a message that
 * the snaplen cut (`cut`) the question and the code are read, and it is called truncated.
 */
export function parseDns(bytes: Uint8Array, cut = false): Parsed<DnsMessage | undefined> {
	const problem = countsProblem(bytes);
	const whole =
		problem === undefined ? (decodeBounded(bytes) ?? withoutSections(bytes, 8)) : undefined;
	if (whole !== undefined) return { ok: true, value: messageOf(whole) };
	const head = cut ? withoutSections(bytes, 6) : undefined;
	const message = head === undefined ? undefined : messageOf(head);
	if (message !== undefined) return { ok: true, value: { ...message, truncated: true } };
	if (problem !== undefined) return { ok: false, malformed: problem };
	const expected = 'names and records that end within the message';
	return badField('dns', HEADER_BYTES, 'body', `${bytes.length} bytes`, expected);
}

/** Counts that the bytes cannot hold are refused before anything is allocated for them. */
function countsProblem(bytes: Uint8Array): Malformed | undefined {
	if (bytes.length < HEADER_BYTES) {
		return tooShort('dns', 0, HEADER_BYTES, bytes.length, 'message length').malformed;
	}
	if (bytes.length > MAX_MESSAGE) {
		return badField('dns', 0, 'length', bytes.length, `at most ${MAX_MESSAGE}`).malformed;
	}
	const records = u16At(bytes, 6) + u16At(bytes, 8) + u16At(bytes, 10);
	const needed = HEADER_BYTES + u16At(bytes, 4) * LEAST_QUESTION + records * LEAST_RECORD;
	return needed > bytes.length
		? tooShort('dns', 4, needed, bytes.length, 'counts of the header').malformed
		: undefined;
}

/**
 * The message as if the counts from byte `from` of its header on were 0: without authority and additional section (8),
 * where oddities of DNSSEC and EDNS stand, or with nothing but its question (6).
 */
function withoutSections(bytes: Uint8Array, from: 6 | 8): DecodedPacket | undefined {
	const head = new Uint8Array(bytes);
	head.fill(0, from, HEADER_BYTES);
	return countsProblem(head) === undefined ? decodeBounded(head) : undefined;
}

function decodeBounded(bytes: Uint8Array): DecodedPacket | undefined {
	try {
		return decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
	} catch {
		// dns-packet throws plain Errors and RangeErrors alike for what it cannot read.
		return undefined;
	}
}

/** Undefined for what is no standard query: an update or a notify asks for no name. */
function messageOf(packet: DecodedPacket): DnsMessage | undefined {
	if (((packet.flags ?? 0) & OPCODE_MASK) !== 0) return undefined;
	const [first] = packet.questions ?? [];
	const type = first === undefined ? undefined : typeOf(first.type);
	return {
		id: packet.id ?? 0,
		isResponse: packet.flag_qr,
		rcode: (packet.flags ?? 0) & 0xf,
		truncated: packet.flag_tc,
		question:
			first === undefined || type === undefined ? undefined : { name: nameOf(first.name), type },
		hasQuestion: first !== undefined,
		answers: recordsOf(packet.answers),
		additionals: recordsOf(packet.additionals).filter(
			(record) => record.type === 'A' || record.type === 'AAAA',
		),
	};
}

function recordsOf(answers: readonly Answer[] = []): readonly DnsRecord[] {
	return answers.slice(0, MAX_RECORDS).flatMap((answer) => recordOf(answer) ?? []);
}

function recordOf(answer: Answer): DnsRecord | undefined {
	if (answer.type === 'OPT') return undefined;
	const data = dataOf(answer);
	const type = typeOf(answer.type);
	if (data === undefined || type === undefined) return undefined;
	return { name: nameOf(answer.name), type, ttl: answer.ttl ?? 0, data };
}

function dataOf(answer: Answer): string | undefined {
	if (answer.type === 'A' || answer.type === 'AAAA') return canonicalAddress(answer.data);
	if (answer.type === 'CNAME') return nameOf(answer.data);
	if (answer.type === 'SRV') {
		const { priority = 0, weight = 0, port, target } = answer.data;
		return `${priority} ${weight} ${port} ${nameOf(target)}`;
	}
	if (answer.type !== 'NAPTR') return undefined;
	const { order, preference, flags, services, replacement } = answer.data;
	const words = [flags, services, nameOf(replacement)].map(wordOf).join(' ');
	return `${order} ${preference} ${words}`;
}

function typeOf(type: string): DnsType | undefined {
	return DNS_TYPES.find((one) => one === type);
}

/** Resolvers mix the case of names to make spoofing harder; it means nothing (RFC 4343). */
function nameOf(name: string): string {
	return name === '.' ? name : name.toLowerCase().replaceAll(/\s/g, '_').replace(/\.$/, '');
}

/** `data` is words with blanks between them: an empty one is written as two quotes, and none holds a blank. */
function wordOf(text: string): string {
	return text === '' ? '""' : text.replaceAll(/\s/g, '_');
}
