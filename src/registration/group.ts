/*
 * REGISTER transactions → registrations and their attempts (design §2): one registration is one device and one
 * address-of-record; an attempt ends with a 2xx, a refusal, or 32 s of silence.
 */

import { elapsedMs, type Instant } from '../time/instant.js';
import { lastFinal } from './attempt-facts.js';
import { ownBinding } from './binding.js';
import { DeviceTable } from './device-table.js';
import { dialoguesOf, endOf } from './dialogue.js';
import { outcomeOf, TRANSACTION_TIMEOUT_MS } from './outcome.js';
import { purposeOf } from './register-request.js';
import type { Attempt, RegisterTransaction } from './registration.js';

/** The transactions of each (address-of-record, device), in order of time. */
export function groupByDevice(
	transactions: readonly RegisterTransaction[],
): readonly (readonly RegisterTransaction[])[] {
	const devices = new DeviceTable();
	for (const dialogue of dialoguesOf(transactions)) devices.add(dialogue);
	return devices
		.list()
		.map((members) =>
			members
				.flatMap((member) => member.transactions)
				.toSorted((a, b) => a.phone.request.at - b.phone.request.at),
		);
}

/** Cuts one device's transactions into attempts; `observedUntil` is the time of the source's last packet. */
export function attemptsOf(
	transactions: readonly RegisterTransaction[],
	observedUntil: Instant,
): readonly Attempt[] {
	const runs: RegisterTransaction[][] = [];
	for (const transaction of transactions) {
		const run = runs.at(-1);
		const last = run?.at(-1);
		if (run === undefined || last === undefined || isEnd(last, transaction))
			runs.push([transaction]);
		else run.push(transaction);
	}
	return runs.map((run, index) =>
		attemptOf(
			run,
			index + 1,
			index === runs.length - 1 ? observedUntil : startOf(runs[index + 1], observedUntil),
		),
	);
}

function attemptOf(run: readonly RegisterTransaction[], number: number, until: Instant): Attempt {
	const outcome = outcomeOf(run, until);
	const attempt = { number, transactions: run, outcome, failures: [] };
	const final = lastFinal({ ...attempt, finalStatus: undefined, grantedExpires: undefined });
	const phone = run.at(-1)?.phone;
	const binding =
		outcome === 'registered' && final !== undefined && phone !== undefined
			? ownBinding(phone.request.message, final.message, phone.server.address)
			: undefined;
	return { ...attempt, finalStatus: final?.message.statusCode, grantedExpires: binding?.expires };
}

function startOf(run: readonly RegisterTransaction[] | undefined, otherwise: Instant): Instant {
	return run?.[0]?.phone.request.at ?? otherwise;
}

/** Design §2, attempt: a 2xx, a final other than 401/407/423/494/3xx, or 32 s of silence. */
function isEnd(last: RegisterTransaction, next: RegisterTransaction): boolean {
	const status = last.phone.final?.message.statusCode;
	const goesOn =
		status === undefined ||
		[401, 407, 423, 494].includes(status) ||
		(status >= 300 && status < 400);
	return !goesOn || elapsedMs(endOf(last), next.phone.request.at) >= TRANSACTION_TIMEOUT_MS;
}

/** Design §2, outcome: the last ended attempt that asked for a binding; without one a removal, then a query. */
export function decisiveAttempt(attempts: readonly Attempt[]): Attempt | undefined {
	const ended = attempts.filter(({ outcome }) => outcome !== 'open');
	for (const purpose of ['bind', 'remove', 'query'] as const) {
		const found = ended.findLast((attempt) => askedFor(attempt) === purpose);
		if (found !== undefined) return found;
	}
	return attempts.at(-1);
}

function askedFor(attempt: Attempt): string | undefined {
	const request = attempt.transactions.at(-1)?.phone.request;
	return request === undefined ? 'bind' : purposeOf(request.message);
}
