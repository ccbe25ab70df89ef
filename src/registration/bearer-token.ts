/* Bearer tokens in place of Digest (RFC 8898). The token itself never leaves this file. */
import { type Challenge, readChallenges } from '../sip/headers/authenticate.js';
import { readCredentials } from '../sip/headers/authorization.js';
import type { SipRequest, SipResponse } from '../sip/message.js';
import { isChallenge } from '../sip/status-codes.js';

/** The header field in which a request carries a bearer token; undefined where it carries none. */
export function bearerHeader(request: SipRequest): string | undefined {
	return readCredentials(request).find(({ scheme }) => isBearer(scheme))?.header;
}

/** What asks for a bearer token in a 401 or 407. */
export function bearerChallenge(response: SipResponse): Challenge | undefined {
	if (!isChallenge(response.statusCode)) return undefined;
	return readChallenges(response).find(({ scheme }) => isBearer(scheme));
}

/** True where a password would not do: nothing but tokens is asked for. */
export function wantsTokenOnly(response: SipResponse): boolean {
	const challenges = readChallenges(response);
	return challenges.length > 0 && challenges.every(({ scheme }) => isBearer(scheme));
}

function isBearer(scheme: string): boolean {
	return scheme.toLowerCase() === 'bearer';
}
