/** Who registers, where it is not whom it is for: From and To of a REGISTER (RFC 3261 §10.3 step 4). */
import { findToUri, readFrom } from '../sip/headers/from-to.js';
import type { SipRequest } from '../sip/message.js';
import { addressOfRecord } from '../sip/uri.js';

export interface OtherSender {
	readonly from: string;
	readonly to: string;
}

/** Addresses-of-record of From and To; undefined where they are the same, or cannot be read. */
export function otherSender(request: SipRequest): OtherSender | undefined {
	const from = readFrom(request);
	const to = findToUri(request);
	if (from?.ok !== true || to === undefined) return undefined;
	const uris = { from: addressOfRecord(from.value.uri), to: addressOfRecord(to) };
	// A port that only one of them has is a middlebox's doing, and no other user.
	const isSame =
		from.value.uri.userUnescaped === to.userUnescaped &&
		from.value.uri.host?.toLowerCase() === to.host?.toLowerCase();
	return isSame ? undefined : uris;
}
