/** A Request-URI that was changed behind the phone: the credentials still hold the one it was sent to. */

import { parsedValue } from '../bytes/parsed-value.js';
import { isIpAddress } from '../net/address.js';
import { formatHostPort } from '../net/endpoint.js';
import { readCredentials } from '../sip/headers/authorization.js';
import { findToUri, readFrom } from '../sip/headers/from-to.js';
import type { SipRequest } from '../sip/message.js';
import { parseUri, type SipUri } from '../sip/uri.js';

export interface EditedRequestUri {
	readonly before: string;
	readonly now: string;
}

/**
 * Where Request-URI and To name one place, From and the uri of the credentials another, and both are addresses, as the
 * SIP helper of Linux leaves them behind (nf_nat_sip). Undefined for any other difference: phones make those themselves.
 */
export function editedRequestUri(message: SipRequest): EditedRequestUri | undefined {
	const now = placeOf(parsedValue(parseUri(message.requestUri)));
	const from = placeOf(parsedValue(readFrom(message))?.uri);
	const digestUri = readCredentials(message).flatMap(({ digest }) => digest?.uri ?? [])[0];
	const before = digestUri === undefined ? undefined : placeOf(parsedValue(parseUri(digestUri)));
	if (now === undefined || before === undefined || now === before) return undefined;
	if (before !== from || placeOf(findToUri(message)) !== now) return undefined;
	return { before, now };
}

/** Host and port as they are written; undefined for a name, which no helper changes. */
function placeOf(uri: SipUri | undefined): string | undefined {
	if (uri?.host === undefined || !isIpAddress(uri.host)) return undefined;
	return formatHostPort(uri.host, uri.port);
}
