/* Whether what was observed is a request, a response, or a REGISTER. */
import type { SipMessage, SipRequest, SipResponse } from '../sip/message.js';
import type { Observed } from './observed.js';

export function isRequest(observed: Observed<SipMessage>): observed is Observed<SipRequest> {
	return observed.message.kind === 'request';
}

export function isResponse(observed: Observed<SipMessage>): observed is Observed<SipResponse> {
	return observed.message.kind === 'response';
}

export function isRegister(observed: Observed<SipMessage>): observed is Observed<SipRequest> {
	return isRequest(observed) && observed.message.method === 'REGISTER';
}
