import { firstHeader, headerValues } from '../sip/header-fields.js';
import type { SipMessage, SipRequest, SipResponse } from '../sip/message.js';
import { readable } from './wire-text.js';

/** A message in one line: `REGISTER sip:example.com (CSeq 2, with credentials)`, `401 Unauthorized`. */
export function messageSummary(message: SipMessage): string {
	if (message.kind === 'response') return responseSummary(message);
	const facts = requestFacts(message);
	const line = `${message.method} ${readable(message.requestUri)}`;
	return facts.length === 0 ? line : `${line} (${facts.join(', ')})`;
}

/**
 * Shorter and shorter words for one message, for where room is short; the last may be cut. `credentials` says what is
 * known of them.
 */
export function messageLabels(
	message: SipMessage,
	credentials = 'with credentials',
): readonly [string, ...string[]] {
	if (message.kind === 'response') return [responseSummary(message), ...shortResponse(message)];
	const cseq = cseqNumber(message);
	const number = cseq === undefined ? '' : ` ${cseq}`;
	const facts = requestFacts(message, credentials);
	const full = facts.length === 0 ? message.method : `${message.method} (${facts.join(', ')})`;
	const short = hasCredentials(message) ? ', credentials' : '';
	return [full, `${message.method}${number}${short}`, `${message.method}${number}`];
}

/** The same of a response to another request than the last one: which one it answers belongs to it. */
export function lateResponseLabels(
	response: SipResponse,
	cseq: number,
): readonly [string, ...string[]] {
	const number = ` (CSeq ${cseq})`;
	return [responseSummary(response) + number, response.statusCode + number];
}

/** The phrases of RFC 3261 §21 that no narrow column holds; others are cut where they must be. */
function shortResponse({ statusCode }: SipResponse): readonly string[] {
	return statusCode === 407 ? ['407 Proxy Authentication'] : [];
}

function responseSummary({ statusCode, reasonPhrase }: SipResponse): string {
	return `${statusCode} ${readable(reasonPhrase)}`.trimEnd();
}

function requestFacts(request: SipRequest, credentials = 'with credentials'): readonly string[] {
	const cseq = cseqNumber(request);
	return [
		...(cseq === undefined ? [] : [`CSeq ${cseq}`]),
		...(hasCredentials(request) ? [credentials] : []),
		...(isRemoval(request) ? ['expires 0'] : []),
	];
}

/** The first REGISTER of an IMS phone has an Authorization that answers nothing yet (3GPP TS 24.229 §5.1.1.2). */
function hasCredentials({ headers }: SipRequest): boolean {
	return headers.some(
		({ id, value }) =>
			(id === 'authorization' || id === 'proxy-authorization') &&
			!/[\s,]response\s*=\s*""/i.test(value),
	);
}

/** RFC 3261 §10.2.2: a REGISTER that removes bindings, by its Expires or by every Contact's own. */
function isRemoval(request: SipRequest): boolean {
	if (request.method !== 'REGISTER') return false;
	const contacts = headerValues(request, 'contact');
	if (contacts.length === 0) return false;
	const expires = firstHeader(request, 'expires')?.value;
	return contacts.every((value) => {
		const own = /;\s*expires\s*=\s*"?(\d{1,10})/i.exec(value)?.[1];
		return Number(own ?? expires ?? Number.NaN) === 0;
	});
}

export function cseqNumber(message: SipMessage): number | undefined {
	const digits = /^\d{1,10}/.exec(firstHeader(message, 'cseq')?.value ?? '')?.[0];
	return digits === undefined ? undefined : Number(digits);
}
