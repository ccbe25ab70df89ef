/*
 * REGISTER transactions → registrations and their attempts (design §2): one registration is one device and one
 * address-of-record; an attempt ends with a 2xx, a refusal, or 32 s of silence.
 */

import { firstHeader } from '../sip/header-fields.js';
import { elapsedMs, type Instant } from '../time/instant.js';
import { lastFinal } from './attempt-facts.js';
import { authenticationStep } from './authentication.js';
import { ownBinding } from './binding.js';
import { outcomeOf, TRANSACTION_TIMEOUT_MS } from './outcome.js';
import { aorOf, instanceIdOf, purposeOf } from './register-request.js';
import type { Attempt, RegisterTransaction } from './registration.js';

/** All transactions of one Call-ID and address-of-record: the smallest thing that is surely one device. */
interface Dialogue {
	readonly aor: string;
	readonly callId: string;
	readonly transactions: RegisterTransaction[];
	readonly instance: string | undefined;
	readonly userAgent: string;
	readonly address: string;
	readonly from: Instant;
	readonly to: Instant;
}

/** The transactions of each (address-of-record, device), in order of time. */
export function groupByDevice(
	transactions: readonly RegisterTransaction[],
): readonly (readonly RegisterTransaction[])[] {
	const devices = new Map<string, Dialogue[][]>();
	for (const dialogue of dialoguesOf(transactions)) {
		const known = devices.get(dialogue.aor) ?? [];
		const device = known.find(
			(members) =>
				members.some((member) => isSameDevice(member, dialogue)) ||
				members.every((member) => isSameHostLater(member, dialogue)),
		);
		if (device === undefined) known.push([dialogue]);
		else device.push(dialogue);
		devices.set(dialogue.aor, known);
	}
	return [...devices.values()]
		.flat()
		.map((members) =>
			members
				.flatMap((member) => member.transactions)
				.toSorted((a, b) => a.phone.request.at - b.phone.request.at),
		);
}

function dialoguesOf(transactions: readonly RegisterTransaction[]): readonly Dialogue[] {
	const byCall = new Map<string, RegisterTransaction[]>();
	for (const transaction of transactions) {
		const { request, callId, source } = transaction.phone;
		// A Call-ID that two hosts share (cloned configuration) does not make them one device.
		const key = `${source}|${aorOf(request.message) ?? ''}|${callId}|${instanceIdOf(request.message) ?? request.src.address}`;
		const list = byCall.get(key);
		if (list === undefined) byCall.set(key, [transaction]);
		else list.push(transaction);
	}
	return [...byCall.values()].flatMap(dialogueOf).toSorted((a, b) => a.from - b.from);
}

function dialogueOf(transactions: RegisterTransaction[]): Dialogue[] {
	const first = transactions[0]?.phone.request;
	if (first === undefined) return [];
	return [
		{
			aor: `${first.source}|${aorOf(first.message) ?? ''}`,
			callId: transactions[0]?.phone.callId ?? '',
			transactions,
			instance: transactions
				.map(({ phone }) => instanceIdOf(phone.request.message))
				.find((instance) => instance !== undefined),
			userAgent: firstHeader(first.message, 'user-agent')?.value ?? '',
			address: first.src.address,
			from: Math.min(...transactions.map(({ phone }) => phone.request.at)),
			to: Math.max(...transactions.map(endOf)),
		},
	];
}

/**
 * Instance, else Call-ID, else an answer to the other's nonce. A Call-ID in two places at the same time is a cloned
 * configuration; at different times it is one phone whose address changed.
 */
function isSameDevice(a: Dialogue, b: Dialogue): boolean {
	if (a.instance !== undefined && b.instance !== undefined) return a.instance === b.instance;
	if (a.callId === b.callId && (a.address === b.address || isApart(a, b))) return true;
	return answersNonceOf(a, b) || answersNonceOf(b, a);
}

/** The same host and User-Agent without overlap in time: a phone that was started anew. */
function isSameHostLater(a: Dialogue, b: Dialogue): boolean {
	if (a.instance !== undefined && b.instance !== undefined) return a.instance === b.instance;
	return a.address === b.address && a.userAgent === b.userAgent && isApart(a, b);
}

function isApart(a: Dialogue, b: Dialogue): boolean {
	return a.to < b.from || b.to < a.from;
}

function answersNonceOf(answering: Dialogue, challenged: Dialogue): boolean {
	const issued = new Set(
		challenged.transactions
			.flatMap((transaction) => authenticationStep(transaction).challenges)
			.map(({ digest }) => digest.nonce),
	);
	if (issued.size === 0) return false;
	return answering.transactions
		.flatMap((transaction) => authenticationStep(transaction).credentials)
		.some(({ digest }) => digest.nonce !== undefined && issued.has(digest.nonce));
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
	const request = run.at(-1)?.phone.request;
	const binding =
		outcome === 'registered' && final !== undefined && request !== undefined
			? ownBinding(request.message, final.message)
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

function endOf({ phone }: RegisterTransaction): Instant {
	return Math.max(...phone.sends.map(({ at }) => at), ...phone.responses.map(({ at }) => at));
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
