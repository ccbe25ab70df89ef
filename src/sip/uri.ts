/*
 * SIP and SIPS URIs (RFC 3261 §19.1), and whatever else stands where a URI is expected, kept as it is. Strict about
 * structure; lenient about single characters in a user part: a `#` or a second `@` there is a finding, and must not
 * make the address-of-record disappear.
 */
import type { Malformed, Parsed } from '../bytes/malformed.js';
import { remembered } from '../bytes/remembered.js';
import { canonicalAddress } from '../net/address.js';
import { formatHostPort } from '../net/endpoint.js';

export interface SipUri {
	/** In lower case. */
	readonly scheme: string;
	/** As written, `%40` kept; undefined where there is no `@`. */
	readonly user: string | undefined;
	/** `%HH` decoded to bytes (RFC 3261 §19.1.4), held as Latin-1. */
	readonly userUnescaped: string | undefined;
	/** A password stood in the URI; it is not kept. */
	readonly hasPassword: boolean;
	/** As written, IPv6 as in HostPort; undefined only for schemes other than sip and sips. */
	readonly host: string | undefined;
	readonly port: number | undefined;
	/** Names in lower case, values as written; undefined for a flag (`;lr`). */
	readonly parameters: ReadonlyMap<string, string | undefined>;
	readonly headers: readonly (readonly [name: string, value: string])[];
	/** For schemes other than sip and sips: all behind the colon. */
	readonly opaque: string | undefined;
}

/** Reads a URI without angle brackets; offsets in a failure count from its first character. */
export function parseUri(text: string): Parsed<SipUri> {
	const plain = plainUri(text);
	return plain === undefined ? knownUri(text) : { ok: true, value: plain };
}

const PLAIN = /^(sips?):(?:([A-Za-z0-9_.+-]+)@)?([A-Za-z0-9.-]+)(?::([1-5]?\d{1,4}))?$/;

/** A URI with nothing in it that would have to be unescaped, split or refused, as nearly all are. */
function plainUri(text: string): SipUri | undefined {
	const match = PLAIN.exec(text);
	if (match === null) return undefined;
	const user = match[2];
	return {
		scheme: match[1] ?? '',
		user,
		userUnescaped: user,
		hasPassword: false,
		host: match[3],
		port: match[4] === undefined ? undefined : Number(match[4]),
		parameters: NO_PARAMETERS,
		headers: NO_HEADERS,
		opaque: undefined,
	};
}

const NO_PARAMETERS: SipUri['parameters'] = new Map();
const NO_HEADERS: SipUri['headers'] = [];

/** The same few of the others stand in Request-URI, From, To and credentials. */
const knownUri = remembered(readUri);

function readUri(text: string): Parsed<SipUri> {
	const scheme = /^([A-Za-z][A-Za-z0-9+\-.]*):/.exec(text)?.[1]?.toLowerCase();
	if (scheme === undefined) return failure(0, 'scheme', text, 'a scheme and a colon');
	const start = scheme.length + 1;
	const strange = /[ \t\r\n<>"]/.exec(text);
	if (strange !== null) return failure(strange.index, 'URI', text, 'no blank, quote or bracket');
	if (scheme === 'sip' || scheme === 'sips') return parseSip(scheme, text, start);
	if (text.length === start) return failure(start, 'URI', text, 'something behind the scheme');
	return { ok: true, value: { ...NOTHING, scheme, opaque: text.slice(start) } };
}

const NOTHING = {
	user: undefined,
	userUnescaped: undefined,
	hasPassword: false,
	host: undefined,
	port: undefined,
	parameters: NO_PARAMETERS,
	headers: NO_HEADERS,
	opaque: undefined,
} as const;

function parseSip(scheme: string, text: string, start: number): Parsed<SipUri> {
	// No part behind the host may hold an unescaped @, so the last one ends the user part (§19.1.1).
	const sign = text.lastIndexOf('@');
	const userinfo = sign < 0 ? undefined : text.slice(start, sign);
	const [user, password] = splitOnce(userinfo ?? '', ':');
	if (userinfo !== undefined && user === '') {
		return failure(start, 'user', '', 'a user before @');
	}
	const hostStart = sign < 0 ? start : sign + 1;
	const hostport = parseHostPort(text, hostStart);
	if (!hostport.ok) return hostport;
	const { host, port, end } = hostport.value;
	const question = text.indexOf('?', end);
	const parametersEnd = question < 0 ? text.length : question;
	const parameters = parseUriParameters(text.slice(end, parametersEnd), end);
	if (!parameters.ok) return parameters;
	const value = {
		scheme,
		user: userinfo === undefined ? undefined : user,
		userUnescaped: userinfo === undefined ? undefined : unescapeUser(user),
		hasPassword: password !== undefined,
		host,
		port,
		parameters: parameters.value,
		headers: parseUriHeaders(question < 0 ? '' : text.slice(question + 1)),
		opaque: undefined,
	};
	return { ok: true, value };
}

/** Reads host and port at `start`, up to `;`, `?` or the end. */
function parseHostPort(text: string, start: number): Parsed<HostPort & { end: number }> {
	const length = text.slice(start).search(/[;?]/);
	const end = length < 0 ? text.length : start + length;
	const hostport = splitHostPort(text.slice(start, end));
	if (typeof hostport === 'string') return failure(start, 'host', text.slice(start, end), hostport);
	return { ok: true, value: { ...hostport, end } };
}

export interface HostPort {
	/** IPv6 without brackets and zone, in the one spelling that addresses of packets have (RFC 5118 §4.1, RFC 5952). */
	readonly host: string;
	readonly port: number | undefined;
}

/**
 * Host and port of `host[:port]` (RFC 3261 §25.1 hostport), or what was expected instead. A zone does not belong there
 * (RFC 4007 §11.2: it means nothing to another host), but phones without a better address write one.
 */
export function splitHostPort(text: string): HostPort | string {
	const match =
		/^(?:\[([0-9A-Fa-f:.]+)(?:%[A-Za-z0-9._~%-]{1,32})?\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/.exec(
			text,
		);
	if (match === null)
		return 'a name, an IPv4 address or a bracketed IPv6 address, with or without port';
	const [, ipv6, name, digits] = match;
	if (ipv6?.includes(':') === false) return 'an IPv6 address within brackets';
	const port = digits === undefined ? undefined : Number(digits);
	if (port !== undefined && port > 65_535) return 'a port up to 65535';
	return { host: ipv6 === undefined ? (name ?? '') : canonicalAddress(ipv6), port };
}

function parseUriParameters(text: string, start: number): Parsed<SipUri['parameters']> {
	const parameters = new Map<string, string | undefined>();
	let at = start;
	for (const part of text.split(';')) {
		const [name, value] = splitOnce(part, '=');
		const key = name.toLowerCase();
		if (parameters.has(key)) return failure(at, `URI parameter ${name}`, part, 'it only once');
		if (part !== '') parameters.set(key, value);
		at += part.length + 1;
	}
	return { ok: true, value: parameters };
}

function parseUriHeaders(text: string): SipUri['headers'] {
	return text
		.split('&')
		.filter((part) => part !== '')
		.map((part) => {
			const [name, value = ''] = splitOnce(part, '=');
			return [name, value] as const;
		});
}

/** Canonical address-of-record (RFC 3261 §10.3 step 5): parameters off, user unescaped, host lower-case, no default port. */
export function addressOfRecord(uri: SipUri): string {
	const { scheme, userUnescaped, host, port, opaque } = uri;
	if (host === undefined) return `${scheme}:${opaque ?? ''}`;
	const defaultPort = scheme === 'sips' ? 5061 : 5060;
	const place = formatHostPort(host.toLowerCase(), port === defaultPort ? undefined : port);
	return userUnescaped === undefined ? `${scheme}:${place}` : `${scheme}:${userUnescaped}@${place}`;
}

/** The URI as text; a password is left out. */
export function formatUri(uri: SipUri): string {
	if (uri.host === undefined) return `${uri.scheme}:${uri.opaque ?? ''}`;
	const user = uri.user === undefined ? '' : `${uri.user}@`;
	const parameters = [...uri.parameters].map(([name, value]) =>
		value === undefined ? `;${name}` : `;${name}=${value}`,
	);
	const headers = uri.headers.map(([name, value]) => `${name}=${value}`).join('&');
	const question = headers === '' ? '' : `?${headers}`;
	return `${uri.scheme}:${user}${formatHostPort(uri.host, uri.port)}${parameters.join('')}${question}`;
}

/** `%HH` → the byte; a percent sign that is no escape stays. */
function unescapeUser(text: string): string {
	return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
		String.fromCharCode(Number.parseInt(hex, 16)),
	);
}

function splitOnce(text: string, separator: string): readonly [string, string | undefined] {
	const at = text.indexOf(separator);
	return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function failure(
	offset: number,
	field: string,
	value: string,
	expected: string,
): { readonly ok: false; readonly malformed: Malformed } {
	// What stands between the last colon and the @ may be a password.
	const shown = value.replace(/:[^:@]*@/g, ':…@');
	const problem = { kind: 'bad-field', field, value: shown, expected } as const;
	return { ok: false, malformed: { layer: 'uri', offset, problem } };
}
