/*
 * Whether two captures show one REGISTER: the very same message, what a proxy made of it, or what a back-to-back user
 * agent did. Nothing is asked of addresses, as a NAT changes them, nor of time, as the clocks are not known yet.
 */
import { parsedValue } from '../bytes/parsed-value.js';
import { readChallenges } from '../sip/headers/authenticate.js';
import { readCredentials } from '../sip/headers/authorization.js';
import { readFrom } from '../sip/headers/from-to.js';
import { readVias, uniqueBranch } from '../sip/headers/via.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { userPart } from './hop-keys.js';
import { aorOf } from './register-request.js';

/** `forwarded`: a proxy put its Via on top. `rebuilt`: a back-to-back user agent sent a request of its own. */
export type SameRequest = 'same' | 'forwarded' | 'rebuilt';

/** What the second transaction is of the first, which is nearer to the phone; undefined where they are two requests. */
export function sameRequest(
	upstream: ClientTransaction,
	downstream: ClientTransaction,
): SameRequest | undefined {
	if (upstream.cseq === downstream.cseq && isUnchanged(upstream, downstream)) return 'same';
	const isOneCall = upstream.callId === downstream.callId && upstream.cseq === downstream.cseq;
	if (isOneCall && isBelow(upstream, downstream)) return 'forwarded';
	if (isOneCall && isBelow(downstream, upstream)) return undefined;
	// A digest without qop is the same for every refresh: within one Call-ID the CSeq says which one it is.
	if (upstream.callId === downstream.callId && !isOneCall) return undefined;
	if (userOf(upstream) !== userOf(downstream)) return undefined;
	return isOneCall || shareSecret(upstream, downstream) ? 'rebuilt' : undefined;
}

function isUnchanged(a: ClientTransaction, b: ClientTransaction): boolean {
	if (a.branch !== b.branch) return false;
	if (a.callId === b.callId) return true;
	// Some ALGs hide the private address in the Call-ID; the branch is unique without it, but for phones that keep theirs.
	if (uniqueBranch(a.branch) === undefined || userOf(a) !== userOf(b)) return false;
	return fromTag(a) === fromTag(b);
}

function isBelow({ branch }: ClientTransaction, { request }: ClientTransaction): boolean {
	if (branch === undefined) return false;
	return readVias(request.message)
		.slice(1)
		.some((via) => via.ok && via.value.branch === branch);
}

/** The response of a digest, or the nonce of the challenge that was passed on. */
function shareSecret(a: ClientTransaction, b: ClientTransaction): boolean {
	const [of, other] = [crossingKeys(a), crossingKeys(b)];
	return of.some((key) => other.includes(key));
}

/** What passes a back-to-back user agent unchanged: digest responses, and nonces of a request without credentials. */
export function crossingKeys({ request, final }: ClientTransaction): readonly string[] {
	const responses = readCredentials(request.message).flatMap(({ digest }) =>
		digest?.response === undefined ? [] : [`response|${digest.nonce ?? ''}|${digest.response}`],
	);
	if (responses.length > 0 || final === undefined) return responses;
	return readChallenges(final.message).flatMap(({ digest }) =>
		digest?.nonce === undefined ? [] : [`nonce|${digest.nonce}`],
	);
}

function fromTag({ request }: ClientTransaction): string | undefined {
	return parsedValue(readFrom(request.message))?.tag;
}

function userOf({ request }: ClientTransaction): string {
	return userPart(aorOf(request.message) ?? '');
}
