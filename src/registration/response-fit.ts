/**
 * Why a user agent client discards a response that reached it (RFC 3261 §8.1.3.3, §17.1.3, §18.1.2), in words that
 * name both values. The comparison knows nothing of who changed it.
 */

import { parsedValue } from '../bytes/parsed-value.js';
import { formatHostPort } from '../net/endpoint.js';
import { firstHeader } from '../sip/header-fields.js';
import { readCSeq } from '../sip/headers/cseq.js';
import { readFrom } from '../sip/headers/from-to.js';
import { readVias, topVia } from '../sip/headers/via.js';
import type { SipMessage, SipRequest, SipResponse } from '../sip/message.js';
import type { Observed } from '../trace/observed.js';

export interface Misfit {
	readonly field: string;
	readonly text: string;
}

/** The first header by which the response is none to this request; undefined where it fits. */
export function misfitOf(
	request: Observed<SipRequest>,
	response: Observed<SipResponse>,
): Misfit | undefined {
	if (request.cut || response.cut) return undefined;
	return (
		viaCount(request.message, response.message) ??
		branch(request.message, response.message) ??
		sentBy(request.message, response.message) ??
		cseq(request.message, response.message) ??
		callId(request.message, response.message) ??
		fromTag(request.message, response.message)
	);
}

/** §8.1.3.3: a response with more than one Via is not for this element. */
function viaCount(request: SipRequest, response: SipResponse): Misfit | undefined {
	const sent = readVias(request).length;
	const came = readVias(response).length;
	if (sent === came) return undefined;
	return { field: 'Via', text: `${sent} Via in the REGISTER, ${came} in the response` };
}

function branch(request: SipRequest, response: SipResponse): Misfit | undefined {
	return differs('Via branch', topVia(request)?.branch, topVia(response)?.branch);
}

/** §18.1.2: sent-by must be the value the client put there. */
function sentBy(request: SipRequest, response: SipResponse): Misfit | undefined {
	return differs('Via sent-by', sentByOf(request), sentByOf(response));
}

function sentByOf(message: SipMessage): string | undefined {
	const via = topVia(message);
	if (via === undefined) return undefined;
	const { host, port } = via.sentBy;
	const place = formatHostPort(host.toLowerCase(), port);
	return port === undefined ? `${place} without a port` : place;
}

function cseq(request: SipRequest, response: SipResponse): Misfit | undefined {
	return differs('CSeq', cseqOf(request), cseqOf(response));
}

function cseqOf(message: SipMessage): string | undefined {
	const value = parsedValue(readCSeq(message));
	return value === undefined ? undefined : `${value.number} ${value.method}`;
}

function callId(request: SipRequest, response: SipResponse): Misfit | undefined {
	return differs(
		'Call-ID',
		firstHeader(request, 'call-id')?.value,
		firstHeader(response, 'call-id')?.value,
	);
}

function fromTag(request: SipRequest, response: SipResponse): Misfit | undefined {
	return differs(
		'From tag',
		parsedValue(readFrom(request))?.tag,
		parsedValue(readFrom(response))?.tag,
	);
}

/** What is missing on the one side cannot be compared, but for what only the response lost. */
function differs(
	field: string,
	sent: string | undefined,
	came: string | undefined,
): Misfit | undefined {
	if (sent === undefined || sent === came) return undefined;
	return { field, text: `sent as ${sent}, came back as ${came ?? 'nothing'}` };
}
