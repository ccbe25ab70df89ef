/* REGISTERs that a source does not show, and that were answered: tcpdump may drop any packet (`packets dropped by kernel`). */
import { type Endpoint, formatEndpoint } from '../net/endpoint.js';
import type { SipResponse } from '../sip/message.js';
import { identityOf } from '../sip/message-identity.js';
import type { Instant } from '../time/instant.js';
import type { Observed } from '../trace/observed.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { groupedBy } from './lists-by-key.js';
import { plainAor } from './register-request.js';

/** What a phone was answered to a REGISTER that is not there, which it sent after another of its own, up to a time. */
export type UnseenAfter = (
	transaction: ClientTransaction,
	until: Instant,
) => Observed<SipResponse> | undefined;

/** `orphans`: responses to REGISTERs that the source does not show. */
export function unseenRequests(orphans: readonly Observed<SipResponse>[]): UnseenAfter {
	const byDialogue = groupedBy(orphans, ({ source, message, dst }) =>
		dialogueKey(source, identityOf(message).callId, dst),
	);
	const byPhone = groupedBy(orphans, ({ source, message, dst }) => {
		const { to } = identityOf(message);
		return phoneKey(source, plainAor(to) ?? to, dst);
	});
	return (transaction, until) => {
		const { source, callId, to, client, request } = transaction;
		const isInTime = ({ at }: Observed): boolean => at >= request.at && at <= until;
		const later = byDialogue
			.get(dialogueKey(source, callId, client))
			?.findLast((orphan) => isInTime(orphan) && isBehind(orphan, transaction));
		// With another Call-ID its CSeq says nothing.
		return (
			later ??
			byPhone
				.get(phoneKey(source, plainAor(to) ?? to, client))
				?.findLast((one) => isInTime(one) && identityOf(one.message).callId !== callId)
		);
	};
}

/** A NAT may give it another port. */
function dialogueKey(source: string, callId: string, { address }: Endpoint): string {
	return `${source} ${address} ${callId}`;
}

function phoneKey(source: string, aor: string, phone: Endpoint): string {
	return `${source} ${formatEndpoint(phone)} ${aor}`;
}

/**
 * The CSeq of a dialogue grows (RFC 3261 §10.2); a phone whose server is silent tries the next with the same, in a
 * transaction of its own (RFC 3263 §4.3).
 */
function isBehind(
	{ message, src }: Observed<SipResponse>,
	{ cseq, branch, server }: ClientTransaction,
): boolean {
	const own = identityOf(message);
	if (own.cseq === undefined || cseq === undefined) return false;
	if (own.cseq.number !== cseq) return own.cseq.number > cseq;
	return own.branch !== branch && src.address !== server.address;
}
