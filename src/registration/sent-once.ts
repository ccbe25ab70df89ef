/*
 * Over UDP a REGISTER that nobody answers is sent again after T1 = 500 ms, one that is being tried after T2 = 4 s
 * (RFC 3261 §17.1.2.2), and a phone that does not do that begins anew. One that was sent once, and behind which the phone
 * is content, was answered as likely as not: tcpdump may drop any packet. Nothing can be made of that silence. Nor of one over
 * TCP that reports in HEP alone tell of: they may get lost themselves, and the acknowledgment of the answer is not in them.
 */
import { isReported } from '../trace/hep-report.js';
import { sentTimes } from '../transaction/client-transaction.js';
import { isGivenUp } from './failover.js';
import { isBeginningOf } from './lost-fragments.js';
import type { Attempt, AttemptEvent, RegisterTransaction } from './registration.js';

/** The attempts of one device; those of which only such a REGISTER is unanswered are left open. */
export function withoutSentOnce(attempts: readonly Attempt[]): readonly Attempt[] {
	return attempts.map((attempt, index) => {
		if (!isSentOnce(attempt)) return attempt;
		const isOneOfMany = [attempts[index - 1], attempts[index + 1]].some(
			(neighbour) => neighbour?.outcome === 'unanswered',
		);
		return isOneOfMany ? attempt : { ...attempt, outcome: 'open', missed: { kind: 'answer' } };
	});
}

/** Of its last REGISTER no final answer is there, and of all before it one is, or the next server was asked. */
function isSentOnce({ outcome, transactions, failures, repeated }: Attempt): boolean {
	if (outcome !== 'unanswered' || repeated > 0) return false;
	const [first, ...others] = transactions.filter(
		(one, index) => one.phone.final === undefined && !isGivenUp(one, transactions[index + 1]),
	);
	if (first === undefined || others.length > 0 || first !== transactions.at(-1)) return false;
	return isAlone(first) && failures.every((event) => isRestOf(event, first));
}

/** That its other fragments are not here does not say that they are lost. */
function isRestOf(event: AttemptEvent, { phone: { request } }: RegisterTransaction): boolean {
	return event.kind === 'fragments-lost' && isBeginningOf(event, request);
}

/** Sent once over UDP, or as reports have it, and nobody says why; behind the phone's own hop nothing was seen, or its answer. */
function isAlone({ phone, hops }: RegisterTransaction): boolean {
	const { transport, unreachable } = phone;
	const isOneHop = hops.length === 1;
	return (
		(transport === 'udp' || isReported(phone.request)) &&
		sentTimes(phone) === 1 &&
		unreachable.length === 0 &&
		(isOneHop || hops.some(({ final }) => final !== undefined))
	);
}
