/*
 * A response to a request (RFC 3261 §8.2.6, RFC 3581 §4), from what arrived and a reply: Via as it arrived but for
 * `received` and `rport`, From, To, Call-ID and CSeq as they arrived, and a To tag.
 */
import type { Endpoint } from '../net/endpoint.js';
import { splitValues } from '../sip/header-fields.js';
import { topVia } from '../sip/headers/via.js';
import type { HeaderField, SipRequest } from '../sip/message.js';
import { serializeResponse } from '../sip/serialize-message.js';
import { describeStatus } from '../sip/status-codes.js';
import type { Reply } from './reply.js';

/** Of everything sent, so that a client knows whom it talks to. */
const SERVER = 'sipdoctor-reflector';
const COPIED = ['from', 'to', 'call-id', 'cseq'];
const DEFAULT_PORT = 5060;
/** RFC 3261 §7.3.3. */
const COMPACT: ReadonlyMap<string, string> = new Map([
	['via', 'v'],
	['from', 'f'],
	['to', 't'],
	['call-id', 'i'],
	['contact', 'm'],
	['content-type', 'c'],
	['content-length', 'l'],
]);

/** `compact`: names in their short form and no Server; `bare`: no reason phrase either (it may be empty, RFC 3261 §25.1). */
export type AnswerForm = 'full' | 'compact' | 'bare';

export interface ResponseParts {
	readonly request: SipRequest;
	readonly reply: Reply;
	readonly source: Endpoint;
	readonly toTag: string;
	readonly form: AnswerForm;
	readonly more: readonly (readonly [string, string])[];
	readonly body: Uint8Array;
}

/** True where the request can be answered at all: the fields are there that an answer repeats. */
export function isAnswerable(request: SipRequest): boolean {
	return topVia(request) !== undefined && COPIED.every((id) => hasField(request, id));
}

/** The bytes of the response. Throws on no request that `isAnswerable`. */
export function responseBytes(parts: ResponseParts): Uint8Array {
	const { request, reply, source, form, body } = parts;
	const compact = form !== 'full';
	const fields: (readonly [string, string])[] = [
		...request.headers
			.filter(({ id }) => id === 'via')
			.map(
				(field, index) =>
					[field.name, index === 0 ? viaSeen(field, source, reply) : field.value] as const,
			),
		...request.headers.filter(({ id }) => COPIED.includes(id)).map((field) => copied(field, parts)),
		...reply.headers,
		...parts.more,
		...(compact ? [] : [['Server', SERVER] as const]),
		['Content-Length', String(body.length)],
	];
	return serializeResponse({
		statusCode: reply.statusCode,
		reasonPhrase: phraseOf(reply, form),
		headers: fields.map(([name, value]) => [compact ? compactName(name) : name, harmless(value)]),
		body,
	});
}

/** Where the response goes over UDP: back to the source, or to the port of Via where no rport was asked for. */
export function udpDestination(request: SipRequest, reply: Reply, source: Endpoint): Endpoint {
	const via = topVia(request);
	if (via?.rport !== undefined && reply.toViaPort !== true) return source;
	return { address: source.address, port: via?.sentBy.port ?? DEFAULT_PORT };
}

/** A phrase of its own says something, and stays. */
function phraseOf({ statusCode, reasonPhrase }: Reply, form: AnswerForm): string {
	return reasonPhrase ?? (form === 'bare' ? '' : (describeStatus(statusCode)?.phrase ?? ''));
}

function hasField(request: SipRequest, id: string): boolean {
	return request.headers.some((field) => field.id === id);
}

/** The first value of a Via line with `received` and `rport` filled in; nothing else in it is touched. */
function viaSeen({ value }: HeaderField, { address, port }: Endpoint, reply: Reply): string {
	const [first = '', ...others] = splitValues(value);
	const asked = /;[ \t]*rport[ \t]*(?:=[^;,]*)?(?=;|$)/i;
	const isAsked = asked.test(first);
	const bare = first.replace(/;[ \t]*received[ \t]*=[^;,]*/gi, '');
	const host = address.split('%', 1)[0] ?? address;
	const received = `${isAsked && reply.toViaPort !== true ? bare.replace(asked, `;rport=${port}`) : bare};received=${host}`;
	return [received, ...others].join(', ');
}

function copied(field: HeaderField, { toTag }: ResponseParts): readonly [string, string] {
	const { id, name, value } = field;
	const isBare = id === 'to' && !/;[ \t]*tag[ \t]*=/i.test(value);
	return [name, isBare ? `${value};tag=${toTag}` : value];
}

function compactName(name: string): string {
	return COMPACT.get(name.toLowerCase()) ?? name;
}

/** A bare CR or NUL inside a field is kept by the reader, and would end a field of ours. */
function harmless(value: string): string {
	return value.replace(/[\r\n\0]/g, ' ');
}
