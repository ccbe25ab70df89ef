import { firstHeader } from '../sip/header-fields.js';
import type { SipResponse } from '../sip/message.js';

/**
 * Whether a response answers the request with this branch (RFC 3261 §17.1.3). The branch is a random text of ours, so a
 * Via that is odd otherwise still tells whose it is.
 */
export function hasBranch(response: SipResponse, branch: string): boolean {
	return firstHeader(response, 'via')?.value.includes(branch) === true;
}
