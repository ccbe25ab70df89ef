/*
 * What tells one SIP message from all others, read from the text without reading the header fields: a large capture is
 * asked nothing else of nearly every message.
 */
import { parsedValue } from '../bytes/parsed-value.js';
import { firstHeader } from './header-fields.js';
import { type CSeq, readCSeq } from './headers/cseq.js';
import { topVia } from './headers/via.js';
import type { SipMessage } from './message.js';

export interface MessageIdentity {
	/** Of the top Via; undefined for an RFC 2543 peer without one. */
	readonly branch: string | undefined;
	/** Empty where there is none. */
	readonly callId: string;
	readonly cseq: CSeq | undefined;
	/** The To value as written; empty where there is none. */
	readonly to: string;
	/** The first Authorization and the first Proxy-Authorization value, as written. May hold a secret. */
	readonly credentials: string;
}

const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const COLON = 0x3a;

/** Reads the identity of a message; what is written in an unusual way is left to the full reading. */
export function identityOf(message: SipMessage): MessageIdentity {
	return fromText(message.wire) ?? fromFields(message);
}

function fromFields(message: SipMessage): MessageIdentity {
	const value = (id: string) => firstHeader(message, id)?.value;
	return {
		branch: topVia(message)?.branch,
		callId: value('call-id') ?? '',
		cseq: parsedValue(readCSeq(message)),
		to: value('to') ?? '',
		credentials: (value('authorization') ?? '') + (value('proxy-authorization') ?? ''),
	};
}

/** The first value of each header field that matters. */
interface Values {
	via: string | undefined;
	callId: string | undefined;
	cseq: string | undefined;
	to: string | undefined;
	authorization: string | undefined;
	proxyAuthorization: string | undefined;
}

/** Undefined where a line is folded, bare of CR, or a value is not of the usual form. */
function fromText(wire: string): MessageIdentity | undefined {
	const values = valuesIn(wire);
	if (values?.via === undefined || values.cseq === undefined || values.callId === undefined)
		return undefined;
	const branch = branchOf(values.via);
	const cseq = cseqOf(values.cseq);
	if (branch === undefined || cseq === undefined) return undefined;
	return {
		branch,
		callId: values.callId,
		cseq,
		to: values.to ?? '',
		credentials: (values.authorization ?? '') + (values.proxyAuthorization ?? ''),
	};
}

function valuesIn(wire: string): Values | undefined {
	const values: Values = {
		via: undefined,
		callId: undefined,
		cseq: undefined,
		to: undefined,
		authorization: undefined,
		proxyAuthorization: undefined,
	};
	let start = wire.indexOf('\n') + 1;
	while (start > 0 && start < wire.length) {
		const feed = wire.indexOf('\n', start);
		if (feed < 0 || wire.charCodeAt(feed - 1) !== CR) return undefined;
		if (feed - 1 === start) return values;
		if (isBlank(wire.charCodeAt(start)) || !readLine(values, wire, start, feed - 1))
			return undefined;
		start = feed + 1;
	}
	return undefined;
}

/** False where the line is not of the usual form. */
function readLine(values: Values, wire: string, start: number, end: number): boolean {
	const field = fieldAt(wire, start);
	// Nearly every line ends here.
	if (field === undefined || values[field.key] !== undefined) return true;
	const colon = start + field.name.length;
	// Another field whose name only begins so; or a blank before the colon, which is for the full reading.
	if (wire.charCodeAt(colon) !== COLON) return !isBlank(wire.charCodeAt(colon));
	let from = colon + 1;
	while (from < end && isBlank(wire.charCodeAt(from))) from += 1;
	let to = end;
	while (to > from && isBlank(wire.charCodeAt(to - 1))) to -= 1;
	values[field.key] = wire.slice(from, to);
	return true;
}

interface Field {
	readonly name: string;
	readonly key: keyof Values;
}

/** By first character, the longest name first; as they are nearly always written, and in lower case. */
const FIELDS: readonly Field[] = [
	{ name: 'Via', key: 'via' },
	{ name: 'v', key: 'via' },
	{ name: 'Call-ID', key: 'callId' },
	{ name: 'i', key: 'callId' },
	{ name: 'CSeq', key: 'cseq' },
	{ name: 'To', key: 'to' },
	{ name: 't', key: 'to' },
	{ name: 'Authorization', key: 'authorization' },
	{ name: 'Proxy-Authorization', key: 'proxyAuthorization' },
];

const BY_INITIAL: readonly (readonly Field[] | undefined)[] = Array.from(
	{ length: 128 },
	(_, code) => {
		const initial = String.fromCharCode(code).toLowerCase();
		const fields = FIELDS.filter(({ name }) => name[0]?.toLowerCase() === initial);
		return fields.length === 0 ? undefined : fields;
	},
);

/** The field whose name the line at `start` begins with. */
function fieldAt(wire: string, start: number): Field | undefined {
	const fields = BY_INITIAL[wire.charCodeAt(start)];
	if (fields === undefined) return undefined;
	for (const field of fields) if (wire.startsWith(field.name, start)) return field;
	for (const field of fields) {
		if (field.name.length > 1 && !isSameLetter(wire, start + 1, field.name)) continue;
		const written = wire.slice(start, start + field.name.length);
		if (written.toLowerCase() === field.name.toLowerCase()) return field;
	}
	return undefined;
}

/** Whether the second letter is that of a name, in either case. */
function isSameLetter(wire: string, at: number, name: string): boolean {
	return (wire.charCodeAt(at) | 0x20) === (name.charCodeAt(1) | 0x20);
}

const BRANCH = ';branch=';

function branchOf(via: string): string | undefined {
	// Several values in one line, quotes, and blanks around the equals sign are for the full reading.
	const at = via.indexOf(BRANCH);
	if (at < 0 || via.includes(',') || via.includes('"')) return undefined;
	const start = at + BRANCH.length;
	const end = via.indexOf(';', start);
	const branch = end < 0 ? via.slice(start) : via.slice(start, end);
	return branch === '' || branch.includes(' ') || branch.includes('\t') ? undefined : branch;
}

function cseqOf(value: string): CSeq | undefined {
	const blank = value.indexOf(' ');
	const digits = value.slice(0, blank);
	const number = Number(digits);
	const method = value.slice(blank + 1);
	if (blank < 1 || !/^\d{1,10}$/.test(digits) || number > 0xffff_ffff) return undefined;
	return /^[A-Za-z]+$/.test(method) ? { number, method } : undefined;
}

function isBlank(code: number): boolean {
	return code === SPACE || code === TAB;
}
