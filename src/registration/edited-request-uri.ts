/** A Request-URI that was changed behind the phone: the credentials still hold the one it was sent to. */

import { parsedValue } from '../bytes/parsed-value.js';
import { isIpAddress, isPrivateAddress } from '../net/address.js';
import { formatHostPort } from '../net/endpoint.js';
import { headerValues, splitValues } from '../sip/header-fields.js';
import { readCredentials } from '../sip/headers/authorization.js';
import { findToUri, readFrom } from '../sip/headers/from-to.js';
import { topVia } from '../sip/headers/via.js';
import type { SipRequest } from '../sip/message.js';
import { parseUri, type SipUri } from '../sip/uri.js';

export interface EditedRequestUri {
	readonly before: string;
	readonly now: string;
}

/**
 * Where Request-URI and To name one place, the uri of the credentials another, and both are addresses, as the SIP helper
 * of Linux leaves them behind (nf_nat_sip). From is edited as well where its port is that of the packet; then all three
 * bear the port that the helper writes, behind the one Via of a phone in a private network. Undefined for any other
 * difference: phones and SBCs make those themselves.
 */
export function editedRequestUri(message: SipRequest): EditedRequestUri | undefined {
	const now = placeOf(parsedValue(parseUri(message.requestUri)));
	const from = placeOf(parsedValue(readFrom(message))?.uri);
	const digestUri = readCredentials(message).flatMap(({ digest }) => digest?.uri ?? [])[0];
	const before = digestUri === undefined ? undefined : placeOf(parsedValue(parseUri(digestUri)));
	if (now === undefined || before === undefined || now === before) return undefined;
	if (placeOf(findToUri(message)) !== now) return undefined;
	if (before !== from && !(from === now && isHelpersPlace(now) && isPhonesOwn(message)))
		return undefined;
	return { before, now };
}

/** The helper always writes the port. */
function isHelpersPlace(place: string): boolean {
	return /[\d\]]:\d+$/.test(place);
}

/** Nobody who writes SIP in the open has had it in his hands: he would have added a Via (RFC 3261 §16.6 step 8). */
function isPhonesOwn(message: SipRequest): boolean {
	const sentBy = topVia(message)?.sentBy.host;
	if (headerValues(message, 'via').flatMap(splitValues).length > 1) return false;
	return sentBy !== undefined && isPrivateAddress(sentBy);
}

/** Host and port as they are written; undefined for a name, which no helper changes. */
function placeOf(uri: SipUri | undefined): string | undefined {
	if (uri?.host === undefined || !isIpAddress(uri.host)) return undefined;
	return formatHostPort(uri.host, uri.port);
}
