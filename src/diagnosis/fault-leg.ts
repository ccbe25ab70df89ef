/*
 * Where on a path through a proxy or SBC it happened: which leg the refusal comes from, or has no answer. Both sides of
 * a NAT are one leg, as they lead to the same server.
 */
import { describeStatus, lastTransaction } from '../registration/attempt-facts.js';
import { isFailed } from '../registration/outcome.js';
import type { Attempt } from '../registration/registration.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import type { Finding } from './finding.js';

/** The cause of a failed attempt with the leg it happened on, where there is more than one. */
export function withLeg(cause: Finding | undefined, attempt: Attempt): Finding | undefined {
	if (cause === undefined || !isFailed(attempt.outcome) || cause.attempt !== attempt.number)
		return cause;
	const isTold = /\bleg \S+ ?\S* → /.test(cause.summary);
	const words = isTold ? undefined : legWords(attempt);
	return words === undefined ? cause : { ...cause, summary: `${cause.summary} ${words}` };
}

function legWords(attempt: Attempt): string | undefined {
	const legs = legsOf(lastTransaction(attempt)?.hops ?? []);
	const servers = attempt.transactions.flatMap(({ hops }) => legsOf(hops)).map(addressOf);
	if (new Set(servers).size < 2) return undefined;
	const [first] = legs;
	const last = legs.at(-1);
	if (first === undefined || last === undefined) return undefined;
	const answer = first.final?.message.statusCode;
	if (legs.length === 1) {
		// It passed earlier REGISTERs on, and not this one.
		const isPassedOn = attempt.transactions.some(
			({ hops }) => addressOf(hops[0]) === addressOf(first) && legsOf(hops).length > 1,
		);
		return isPassedOn
			? `This is on the leg phone → SBC ${addressOf(first)}, which did not pass this REGISTER on.`
			: undefined;
	}
	const behind = `SBC ${last.client.address} → registrar ${addressOf(last)}`;
	if (last.final === undefined)
		return `No final answer comes on the leg ${behind}, to which ${addressOf(first)} passed it on.`;
	const said = describeStatus(last.final);
	if (last.final.message.statusCode === answer) return `The ${said} comes from the leg ${behind}.`;
	return `On the leg ${behind} the answer is ${said}; what follows happens on the leg phone → SBC ${addressOf(first)}.`;
}

/** One a server, the phone's first. */
function legsOf(hops: readonly ClientTransaction[]): readonly ClientTransaction[] {
	const byServer = new Map<string, ClientTransaction>();
	// Of several sightings of one leg the nearest to its server knows most.
	for (const hop of hops) {
		const known = byServer.get(addressOf(hop));
		if (known === undefined || known.final === undefined) byServer.set(addressOf(hop), hop);
	}
	return [...byServer.values()];
}

function addressOf({ server }: ClientTransaction): string {
	return server.address;
}
