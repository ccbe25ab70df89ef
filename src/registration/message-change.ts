/*
 * One REGISTER at two places, compared header by header. A NAT changes addresses and ports of the packet and nothing
 * in it; a proxy or SBC shows itself (a Via more, a branch of its own, Max-Forwards one less, Record-Route, Path) and
 * may change what it likes; whoever edits the text and does not show itself is an ALG (knowledge A7).
 */
import { formatHostPort, sameEndpoint } from '../net/endpoint.js';
import { displayText } from '../sip/display-text.js';
import { readCredentials } from '../sip/headers/authorization.js';
import { readVias } from '../sip/headers/via.js';
import type { HeaderField, SipRequest } from '../sip/message.js';
import type { Observed } from '../trace/observed.js';

/** One thing that is not as it was; both undefined only where a value is secret. */
export interface FieldChange {
	/** `Contact`, `Via sent-by`, `Authorization uri`. */
	readonly field: string;
	/** `absent` where the field is not there. */
	readonly before: string;
	readonly after: string;
}

export interface MessageChange {
	/** Who stands between: nobody, a NAT, a proxy or SBC that shows itself, or one that edits and does not. */
	readonly by: 'nobody' | 'nat' | 'proxy' | 'alg';
	/** What an ALG changed in the text; empty for the others. */
	readonly changes: readonly FieldChange[];
	/** What became of the credentials, by parameter; also of those that passed a proxy. */
	readonly credentials: readonly FieldChange[];
}

/** Compares a request with what became of it further on. */
export function changeOf(before: Observed<SipRequest>, after: Observed<SipRequest>): MessageChange {
	const isNat = !sameEndpoint(before.src, after.src) || !sameEndpoint(before.dst, after.dst);
	const unchanged: MessageChange = { by: isNat ? 'nat' : 'nobody', changes: [], credentials: [] };
	// What a snaplen cut off was not taken away by anybody.
	if (before.cut || after.cut || before.message.wire === after.message.wire) return unchanged;
	if (showsItself(before.message, after.message)) return { ...unchanged, by: 'proxy' };
	const changes = textChanges(before.message, after.message);
	const credentials = credentialChanges(before.message, after.message);
	if (changes.length === 0 && credentials.length === 0) return unchanged;
	return { by: 'alg', changes, credentials };
}

/** Header fields that only a proxy or a back-to-back user agent adds. */
const ROUTING = ['record-route', 'path', 'route', 'p-asserted-identity', 'p-visited-network-id'];

/** Whether a proxy or SBC says that it was there. */
export function showsItself(before: SipRequest, after: SipRequest): boolean {
	const [one, other] = [readVias(before), readVias(after)];
	const [top, newTop] = [one[0], other[0]];
	const branch = top?.ok === true ? top.value.branch : undefined;
	const newBranch = newTop?.ok === true ? newTop.value.branch : undefined;
	if (one.length !== other.length || branch !== newBranch) return true;
	if (hopsLeft(after) < hopsLeft(before)) return true;
	return ROUTING.some((id) => {
		const added = valuesOf(after, id);
		return added !== '' && added !== valuesOf(before, id);
	});
}

/** NaN, which is less than nothing, where it is missing: a proxy would have added it. */
function hopsLeft(message: SipRequest): number {
	const text = valuesOf(message, 'max-forwards');
	return /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
}

function textChanges(before: SipRequest, after: SipRequest): readonly FieldChange[] {
	const ids = new Set([...before.headers, ...after.headers].map(({ id }) => id));
	const fields = [...ids]
		.filter((id) => id !== 'via' && id !== 'authorization' && id !== 'proxy-authorization')
		.flatMap((id) => {
			const name = nameOf([...before.headers, ...after.headers], id);
			return differing(name, valuesOf(before, id), valuesOf(after, id));
		});
	return [
		...differing('Request-URI', before.requestUri, after.requestUri),
		...viaChanges(before, after),
		...fields,
		...bodyChanges(before, after),
	];
}

/** All but `received` and `rport`, which the next server writes (RFC 3261 §18.2.1, RFC 3581 §4). */
function viaChanges(before: SipRequest, after: SipRequest): readonly FieldChange[] {
	const words = (message: SipRequest) =>
		readVias(message).map((via) => {
			if (!via.ok) return 'unreadable';
			const { sentBy, transport } = via.value;
			return `${transport} ${formatHostPort(sentBy.host.toLowerCase(), sentBy.port)}`;
		});
	return differing('Via sent-by', words(before).join(', '), words(after).join(', '));
}

function bodyChanges(before: SipRequest, after: SipRequest): readonly FieldChange[] {
	const [one, other] = [Buffer.from(before.body), Buffer.from(after.body)];
	if (one.equals(other)) return [];
	return [{ field: 'Body', before: `${one.length} bytes`, after: `${other.length} bytes` }];
}

/** Parameter by parameter; values that could be attacked offline are not told. */
export function credentialChanges(before: SipRequest, after: SipRequest): readonly FieldChange[] {
	const [one, other] = [readCredentials(before), readCredentials(after)];
	if (one.length !== other.length) {
		const count = (n: number) => (n === 0 ? 'absent' : n === 1 ? 'present' : `${n} credentials`);
		return [{ field: 'Authorization', before: count(one.length), after: count(other.length) }];
	}
	return one.flatMap((credentials, index) => {
		const [sent, come] = [credentials.digest?.parameters, other[index]?.digest?.parameters];
		const names = new Set([...(sent?.keys() ?? []), ...(come?.keys() ?? [])]);
		return [...names].flatMap((name) => {
			const [was, is] = [sent?.get(name), come?.get(name)];
			if (was === is) return [];
			const field = `${credentials.header} ${name}`;
			return SECRET.has(name)
				? [{ field, before: 'one value', after: is === undefined ? 'absent' : 'another value' }]
				: differing(field, was ?? '', is ?? '');
		});
	});
}

const SECRET: ReadonlySet<string> = new Set(['response', 'cnonce']);

function differing(field: string, before: string, after: string): readonly FieldChange[] {
	if (before === after) return [];
	const words = (text: string) => (text === '' ? 'absent' : displayText(text));
	return [{ field, before: words(before), after: words(after) }];
}

/** Several lines are several values: how they are broken into lines is nobody's affair. */
function valuesOf({ headers }: SipRequest, id: string): string {
	return headers
		.filter((field) => field.id === id)
		.map(({ value }) => value.replace(/[ \t]+/g, ' '))
		.join(', ');
}

function nameOf(headers: readonly HeaderField[], id: string): string {
	return headers.find((field) => field.id === id)?.name ?? id;
}
