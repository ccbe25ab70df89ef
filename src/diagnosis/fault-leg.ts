/*
 * Where on a path through a proxy or SBC it happened: which leg the refusal comes from, or has no answer. Both sides of
 * a NAT are one leg, as they lead to the same server.
 */
import { describeStatus, lastTransaction } from '../registration/attempt-facts.js';
import { isFailed } from '../registration/outcome.js';
import { ownAccountLeg } from '../registration/own-account-leg.js';
import type { Attempt, RegisterTransaction } from '../registration/registration.js';
import { legsOf } from '../registration/server-legs.js';
import { displayText } from '../sip/display-text.js';
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
	const own = ownAccountWords(lastTransaction(attempt));
	if (last.final === undefined)
		return own === undefined
			? `No final answer comes on the leg ${behind}, to which ${addressOf(first)} passed it on.`
			: `No final answer comes on the leg ${behind}, where ${addressOf(first)} registers ${own}.`;
	const said = describeStatus(last.final);
	if (own !== undefined && last.final.message.statusCode >= 300)
		return `On the leg ${behind}, where ${addressOf(first)} registers ${own}, the answer is ${said}: look there and not at the phone.`;
	if (last.final.message.statusCode === answer) return `The ${said} comes from the leg ${behind}.`;
	return `On the leg ${behind} the answer is ${said}; what follows happens on the leg phone → SBC ${addressOf(first)}.`;
}

/** `with an account of its own (user "trunk7")`; undefined where it passes on what the phone sent. */
function ownAccountWords(transaction: RegisterTransaction | undefined): string | undefined {
	const own = transaction === undefined ? undefined : ownAccountLeg(transaction);
	if (own === undefined) return undefined;
	const name = own.username === undefined ? '' : ` (user "${displayText(own.username)}")`;
	return `with an account of its own${name}`;
}

function addressOf({ server }: ClientTransaction): string {
	return server.address;
}
