/*
 * The echo of `sipdoctor reflect`: proof of what arrived, shared by the one who asks and the one who answers.
 *
 * A request with `X-Sipdoctor-Echo: v1` is answered with a body of `application/x-sipdoctor-echo`: base64url of raw
 * deflate of one line and, after its LF, the very octets that arrived. Encoded, because an ALG that replaces addresses
 * in the whole text would else put them back on the way. The line is
 *
 *     v1 KIND TRANSPORT SOURCE ANSWER-LINES REQUEST-LINES
 *
 * KIND is `bytes`, or `lines` where the octets had no room: then only REQUEST-LINES tell. SOURCE is the address and
 * port that the request came from. ANSWER-LINES and REQUEST-LINES are hashes, four characters a line, of the header
 * section of the answer (without Content-Length, which depends on the body) and of the request: so both directions are
 * proved. `-` stands for none.
 *
 * Over UDP an answer is never larger than its request (no amplification); the client makes room with
 * `X-Sipdoctor-Padding`, and an answer without a body means that there was none.
 *
 * `X-Sipdoctor-Delay: SECONDS` (0 to 900) asks for one answer after so long, for lifetimes of NAT mappings. The answer
 * repeats the header field; at once and with `refused` where the reflector has too many waiting, or the number is none.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { findAlgorithm, hashHex } from '../digest/algorithm.js';
import type { Endpoint } from '../net/endpoint.js';
import { formatEndpoint } from '../net/endpoint.js';
import { headerValues } from './header-fields.js';
import type { SipRequest, SipResponse } from './message.js';
import { type RequestToSend, serializeRequest } from './serialize-message.js';
import { splitHostPort } from './uri.js';

export const ECHO_FIELD = 'X-Sipdoctor-Echo';
const PADDING_FIELD = 'X-Sipdoctor-Padding';
export const DELAY_FIELD = 'X-Sipdoctor-Delay';
export const ECHO_TYPE = 'application/x-sipdoctor-echo';
export const ECHO_VERSION = 'v1';
/** Longest delay that a reflector takes, seconds. */
export const MAX_DELAY_S = 900;

/** A datagram is no larger, so no echo is; a stream's message is cut off by the reflector before. */
const MAX_ECHO = 131_072;
/** Lines that are hashed; a request has some twenty. */
const MAX_LINES = 256;
/** `received`, `rport` and a To tag that the answer has and the request has not, its Server, type and length fields. */
const ANSWER_OVERHEAD = 260;

export interface Echo {
	/** `UDP` or `TCP`, as it arrived. */
	readonly transport: string;
	/** Where the reflector saw the request come from: the address outside of the NAT. */
	readonly source: Endpoint;
	/** The octets that arrived; undefined where only their lines are known. */
	readonly bytes: Uint8Array | undefined;
	/** One hash a line of the request's header section as it arrived. */
	readonly requestLines: readonly string[];
	/** One hash a line of the answer's header section as it was sent, Content-Length left out. */
	readonly answerLines: readonly string[];
}

export interface EchoToSend {
	readonly kind: 'bytes' | 'lines';
	readonly transport: string;
	readonly source: Endpoint;
	/** As they arrived. */
	readonly received: Uint8Array;
	/** The answer's header section, as it will be sent. */
	readonly answerHead: Uint8Array;
}

/** The body of an answer that echoes. */
export function echoBody({
	kind,
	transport,
	source,
	received,
	answerHead,
}: EchoToSend): Uint8Array {
	const answer = lineHashes(headLines(answerHead).filter((line) => !isContentLength(line)));
	const request = kind === 'bytes' ? [] : lineHashes(headLines(received));
	const words = [ECHO_VERSION, kind, transport, formatEndpoint(source)];
	const line = [...words, answer.join('') || '-', request.join('') || '-'].join(' ');
	const octets = kind === 'bytes' ? received : new Uint8Array();
	const plain = Buffer.concat([Buffer.from(`${line}\n`, 'latin1'), octets]);
	return Buffer.from(deflateRawSync(plain, { level: 9 }).toString('base64url'), 'latin1');
}

/** The echo in an answer; undefined where there is none, or none that can be read. Never throws. */
export function readEcho(answer: SipResponse): Echo | undefined {
	const type = headerValues(answer, 'content-type')[0] ?? '';
	if (type.split(';', 1)[0]?.trim().toLowerCase() !== ECHO_TYPE) return undefined;
	const plain = inflated(answer.body);
	if (plain === undefined) return undefined;
	const end = plain.indexOf(0x0a);
	if (end < 0) return undefined;
	const words = plain.toString('latin1', 0, end).split(' ');
	const [version, kind, transport = '', written = '', answerText = '', requestText = ''] = words;
	const source = endpointIn(written);
	if (version !== ECHO_VERSION || source === undefined) return undefined;
	const bytes = kind === 'bytes' ? new Uint8Array(plain.subarray(end + 1)) : undefined;
	const requestLines = bytes === undefined ? hashesIn(requestText) : lineHashes(headLines(bytes));
	return { transport, source, bytes, requestLines, answerLines: hashesIn(answerText) };
}

/** One line that is not what it was: `sent` or `arrived` is undefined where only its hash is known, or it is missing. */
export interface ChangedLine {
	/** Name of the header field in lower case, or `start-line`, `body`. */
	readonly field: string;
	readonly sent: string | undefined;
	readonly arrived: string | undefined;
}

/** What became of a request on its way to the reflector, line by line; empty where it arrived as it was sent. */
export function changedInRequest(sent: Uint8Array, echo: Echo): readonly ChangedLine[] {
	const lines = headLines(sent);
	if (echo.bytes === undefined) {
		return changed(lines, lineHashes(lines), undefined, echo.requestLines);
	}
	const arrived = headLines(echo.bytes);
	const head = changed(lines, lines, arrived, arrived);
	const bodies = [sent, echo.bytes].map((bytes) => bodyOf(bytes));
	const [ours = '', theirs = ''] = bodies;
	return ours === theirs ? head : [...head, { field: 'body', sent: ours, arrived: theirs }];
}

/** What became of the answer on its way back; `sent` is never known. Empty where it arrived as it was sent. */
export function changedInAnswer(answer: Uint8Array, echo: Echo): readonly ChangedLine[] {
	const lines = headLines(answer).filter((line) => !isContentLength(line));
	const changes = changed(lines, lineHashes(lines), undefined, echo.answerLines);
	// Ours is what arrived here.
	return changes.map(({ field, sent }) => ({ field, sent: undefined, arrived: sent }));
}

/** The request asking for its echo, with the room that the answer needs. Padding stands last: so a cut is seen there. */
export function withEcho(request: RequestToSend): RequestToSend {
	const asking: RequestToSend = {
		...request,
		headers: [...request.headers, [ECHO_FIELD, ECHO_VERSION], [PADDING_FIELD, 'x']],
	};
	const bytes = serializeRequest(asking);
	const answered = ['via', 'v', 'from', 'f', 'to', 't', 'call-id', 'i', 'cseq'];
	const repeated = asking.headers
		.filter(([name]) => answered.includes(name.toLowerCase()))
		.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
	const echo = echoBody({
		kind: 'bytes',
		transport: 'UDP',
		source: { address: '255.255.255.255', port: 65_535 },
		received: bytes,
		answerHead: bytes,
	});
	const missing = Math.max(0, repeated + ANSWER_OVERHEAD + echo.length - bytes.length);
	const padded = asking.headers.slice(0, -1);
	return { ...asking, headers: [...padded, [PADDING_FIELD, 'x'.repeat(missing + 1)]] };
}

/** What a request asks of a reflector. */
export interface ReflectorWishes {
	readonly echo: boolean;
	/** Seconds; `bad` where it is no number up to 900. */
	readonly delay: number | 'bad' | undefined;
}

export function readWishes(request: SipRequest): ReflectorWishes {
	const [echo] = headerValues(request, ECHO_FIELD.toLowerCase());
	const [delay] = headerValues(request, DELAY_FIELD.toLowerCase());
	return { echo: echo === ECHO_VERSION, delay: delay === undefined ? undefined : seconds(delay) };
}

function seconds(text: string): number | 'bad' {
	return /^\d{1,4}$/.test(text) && Number(text) <= MAX_DELAY_S ? Number(text) : 'bad';
}

/** Pairs lines by name and order; `keys` are what is compared, lines or their hashes. */
function changed(
	lines: readonly string[],
	keys: readonly string[],
	others: readonly string[] | undefined,
	otherKeys: readonly string[],
): readonly ChangedLine[] {
	if (others !== undefined) return changedTexts(lines, others);
	const changes: ChangedLine[] = [];
	for (let at = 0; at < Math.max(keys.length, otherKeys.length); at += 1) {
		if (keys[at] === otherKeys[at]) continue;
		const line = lines[at];
		const field = line === undefined ? 'a line more' : fieldOf(line, at);
		changes.push({ field, sent: line, arrived: undefined });
	}
	return changes;
}

function changedTexts(lines: readonly string[], others: readonly string[]): readonly ChangedLine[] {
	const [start, ...fields] = lines;
	const [otherStart, ...otherFields] = others;
	const changes: ChangedLine[] = [];
	if (start !== otherStart) {
		changes.push({ field: 'start-line', sent: start, arrived: otherStart });
	}
	const left = byName(otherFields);
	for (const [name, values] of byName(fields)) {
		const arrived = left.get(name) ?? [];
		left.delete(name);
		for (let at = 0; at < Math.max(values.length, arrived.length); at += 1) {
			if (values[at] === arrived[at]) continue;
			changes.push({ field: name, sent: values[at], arrived: arrived[at] });
		}
	}
	for (const [field, values] of left) {
		for (const arrived of values) changes.push({ field, sent: undefined, arrived });
	}
	return changes;
}

function byName(lines: readonly string[]): Map<string, string[]> {
	const fields = new Map<string, string[]>();
	for (const line of lines) {
		const name = fieldOf(line, 1);
		const known = fields.get(name);
		if (known === undefined) fields.set(name, [line]);
		else known.push(line);
	}
	return fields;
}

function fieldOf(line: string, at: number): string {
	if (at === 0) return 'start-line';
	return (line.split(':', 1)[0] ?? '').trim().toLowerCase();
}

/** The lines of a header section, without their CRLF. */
function headLines(bytes: Uint8Array): readonly string[] {
	const text = Buffer.from(bytes).toString('latin1');
	const end = text.indexOf('\r\n\r\n');
	const head = end < 0 ? text : text.slice(0, end);
	return head.split('\r\n').slice(0, MAX_LINES);
}

function bodyOf(bytes: Uint8Array): string {
	const text = Buffer.from(bytes).toString('latin1');
	const end = text.indexOf('\r\n\r\n');
	return end < 0 ? '' : text.slice(end + 4);
}

/** 24 bits a line: enough to see a change, which nobody makes on purpose. */
function lineHashes(lines: readonly string[]): readonly string[] {
	const sha256 = findAlgorithm('SHA-256');
	if (sha256 === undefined) return [];
	return lines.map((line) => {
		const hex = hashHex(sha256, line).slice(0, 6);
		return Buffer.from(hex, 'hex').toString('base64url');
	});
}

function hashesIn(text: string): readonly string[] {
	if (text === '-') return [];
	return text.slice(0, 4 * MAX_LINES).match(/.{4}/g) ?? [];
}

function isContentLength(line: string): boolean {
	return /^(content-length|l)[ \t]*:/i.test(line);
}

function inflated(body: Uint8Array): Buffer | undefined {
	const text = Buffer.from(body).toString('latin1').trim();
	if (!/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
	try {
		return inflateRawSync(Buffer.from(text, 'base64url'), { maxOutputLength: MAX_ECHO });
	} catch {
		return undefined;
	}
}

function endpointIn(text: string): Endpoint | undefined {
	const read = splitHostPort(text);
	if (typeof read === 'string' || read.port === undefined) return undefined;
	return { address: read.host, port: read.port };
}
