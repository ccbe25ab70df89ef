/*
 * Over UDP a REGISTER that nobody answers is sent again after T1 = 500 ms (RFC 3261 §17.1.2.2), and a phone that does not
 * do that begins anew. One that was sent once, and behind which the phone is content, was answered as likely as not:
 * tcpdump may drop any packet. Nothing can be made of that silence.
 */
import { sentTimes } from '../transaction/client-transaction.js';
import type { Attempt, RegisterTransaction } from './registration.js';

/** The attempts of one device; those of which only such a REGISTER is unanswered are left open. */
export function withoutSentOnce(attempts: readonly Attempt[]): readonly Attempt[] {
	return attempts.map((attempt, index) => {
		if (!isSentOnce(attempt)) return attempt;
		const isOneOfMany = [attempts[index - 1], attempts[index + 1]].some(
			(neighbour) => neighbour?.outcome === 'unanswered',
		);
		return isOneOfMany ? attempt : { ...attempt, outcome: 'open', isSentOnce: true };
	});
}

/** Its last REGISTER met nothing but silence, and none before it did. */
function isSentOnce({ outcome, transactions, failures, repeated }: Attempt): boolean {
	if (outcome !== 'unanswered' || failures.length > 0 || repeated > 0) return false;
	const [first, ...others] = transactions.filter(({ phone }) => phone.responses.length === 0);
	return (
		first !== undefined && others.length === 0 && first === transactions.at(-1) && isAlone(first)
	);
}

/** Seen on one hop, once, and nobody says why. */
function isAlone({ phone, hops }: RegisterTransaction): boolean {
	const { transport, unreachable } = phone;
	return (
		transport === 'udp' && sentTimes(phone) === 1 && hops.length === 1 && unreachable.length === 0
	);
}
