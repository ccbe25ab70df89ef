/*
 * What the probe, as a user agent server, answers to requests that a registrar sends to the Contact it was given
 * (RFC 3261 §8.2): it takes keep-alives and message waiting, and no calls.
 */
import { firstHeader, headerValues } from '../sip/header-fields.js';
import type { SipRequest } from '../sip/message.js';
import { serializeResponse } from '../sip/serialize-message.js';
import { ALLOWED_METHODS } from './allowed-methods.js';

/** Within a dialog or transaction that the probe never had (RFC 3261 §12.2.2, §9.2). */
const NEEDS_DIALOG = new Set(['BYE', 'CANCEL', 'INFO', 'PRACK', 'REFER', 'UPDATE']);
/** Event packages that servers notify phones of unasked: MWI (RFC 3842), and keep-alives named so. */
const UNSOLICITED = new Set(['message-summary', 'keep-alive']);

/**
 * The answer, or undefined where there is none (ACK, RFC 3261 §17.1.1.3) or none can be made. `toTag`: of this probe,
 * the same each time, so that a retransmission gets the same answer.
 */
export function answerRequest(
	request: SipRequest,
	toTag: string,
	userAgent: string,
): Uint8Array | undefined {
	if (request.method === 'ACK') return undefined;
	const to = firstHeader(request, 'to')?.value;
	const copied = ['from', 'call-id', 'cseq'].map((id) => firstHeader(request, id)?.value);
	const [from, callId, cseq] = copied;
	const vias = headerValues(request, 'via');
	if (vias.length === 0) return undefined;
	if (to === undefined || from === undefined || callId === undefined || cseq === undefined)
		return undefined;
	const [statusCode, reasonPhrase] = verdict(request);
	return serializeResponse({
		statusCode,
		reasonPhrase,
		headers: [
			...vias.map((value) => ['Via', value] as const),
			['From', from],
			['To', /;\s*tag\s*=/i.test(to) ? to : `${to};tag=${toTag}`],
			['Call-ID', callId],
			['CSeq', cseq],
			...(statusCode === 200 || statusCode === 405 ? [['Allow', ALLOWED_METHODS] as const] : []),
			['User-Agent', userAgent],
		],
		body: new Uint8Array(0),
	});
}

function verdict(request: SipRequest): readonly [number, string] {
	const { method } = request;
	if (method === 'OPTIONS') return [200, 'OK'];
	if (method === 'INVITE') return [486, 'Busy Here'];
	if (method === 'NOTIFY') {
		const event = firstHeader(request, 'event')?.value.split(';')[0]?.trim().toLowerCase();
		// RFC 6665 §4.1.3: nothing was subscribed to.
		return UNSOLICITED.has(event ?? '') ? [200, 'OK'] : [481, 'Subscription Does Not Exist'];
	}
	if (NEEDS_DIALOG.has(method)) return [481, 'Call/Transaction Does Not Exist'];
	return [405, 'Method Not Allowed'];
}
