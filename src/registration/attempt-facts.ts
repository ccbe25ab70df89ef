/** Plain questions about one attempt that more than one rule asks. */
import { firstHeader } from '../sip/header-fields.js';
import type { SipMessage, SipResponse } from '../sip/message.js';
import { elapsedMs } from '../time/instant.js';
import type { Observed, UnreachableEvent } from '../trace/observed.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { sentTimes } from '../transaction/client-transaction.js';
import type { Attempt, RegisterTransaction, Registration } from './registration.js';

/** The attempts with their numbers, from 1; those that were let go are counted, too. */
export function numbered(attempts: readonly Attempt[]): readonly Attempt[] {
	let number = 0;
	return attempts.map((attempt) => {
		number += attempt.repeated + 1;
		return { ...attempt, number };
	});
}

/** How many attempts a registration made, with those that were let go. */
export function attemptCount({ attempts }: Registration): number {
	return attempts.reduce((count, { repeated }) => count + 1 + repeated, 0);
}

export function lastTransaction(attempt: Attempt): RegisterTransaction | undefined {
	return attempt.transactions.at(-1);
}

/** The final response to the attempt's last transaction, as the phone's leg shows it. */
export function lastFinal(attempt: Attempt): Observed<SipResponse> | undefined {
	return lastTransaction(attempt)?.phone.final;
}

/**
 * True where not a single SIP response came from the server that was asked last; another one may have answered before
 * it, with a redirect or a refusal that the phone took elsewhere.
 */
export function hasNoResponse(attempt: Attempt): boolean {
	const server = lastTransaction(attempt)?.phone.server.address;
	return attempt.transactions
		.filter(({ phone }) => phone.server.address === server)
		.every(({ phone }) => phone.responses.length === 0);
}

/** The last final response that the server of this attempt's last REGISTER gave to an earlier one. */
export function lastAnswerBefore(
	attempt: Attempt,
	{ attempts }: Registration,
): Observed<SipResponse> | undefined {
	const last = lastTransaction(attempt);
	const server = last?.phone.server.address;
	return attempts
		.filter(({ number }) => number <= attempt.number)
		.flatMap(({ transactions }) => transactions)
		.filter((transaction) => transaction !== last)
		.filter(({ phone }) => phone.final !== undefined && phone.server.address === server)
		.at(-1)?.phone.final;
}

/** ICMP errors of these reasons that quote the attempt's last REGISTER. */
export function unreachableEvents(
	attempt: Attempt,
	...reasons: readonly UnreachableEvent['reason'][]
): readonly UnreachableEvent[] {
	const events = lastTransaction(attempt)?.phone.unreachable ?? [];
	return events.filter(({ reason }) => reasons.includes(reason));
}

/** `once`, `3 times over 1.5 s`. */
export function describeSends(transaction: ClientTransaction): string {
	const { sends } = transaction;
	const first = sends[0];
	const last = sends.at(-1);
	if (first === undefined || last === undefined || sends.length === 1) return 'once';
	return `${sentTimes(transaction)} times over ${seconds(elapsedMs(first.at, last.at))}`;
}

/** Milliseconds as seconds with at most one decimal: `31.5 s`, `0.02 s` below a tenth. */
export function seconds(ms: number): string {
	const value = ms / 1000;
	return `${value >= 0.1 ? Number(value.toFixed(1)) : Number(value.toFixed(3))} s`;
}

/** `31.5 s later`; `later` where it is not known by how much. */
export function laterBy(ms: number): string {
	return Number.isFinite(ms) ? `${seconds(ms)} later` : 'later';
}

/** The text of a response for a sentence: `404 Not Found`. */
export function describeStatus({ message }: Observed<SipResponse>): string {
	return `${message.statusCode} ${message.reasonPhrase}`.trim();
}

/** Fewer copies behind an answer may have crossed with it, or one answer was lost by chance. */
export const MINIMUM_SENDS_AFTER_FINAL = 2;

/** Copies of the request that were sent after its first final response was there. */
export function sendsAfterFinal({ sends, final }: ClientTransaction): ClientTransaction['sends'] {
	return final === undefined ? [] : sends.filter(({ at }) => at > final.at);
}

/** The server's own words beside the status: the header fields that explain a refusal, as `Name: value`. */
export function serverWords(message: SipMessage): readonly string[] {
	const ids = [
		'warning',
		'reason',
		'p-registrar-error',
		'error-info',
		'retry-after',
		'min-expires',
		'unsupported',
		'require',
	];
	return ids.flatMap((id) => {
		const field = firstHeader(message, id);
		return field === undefined ? [] : [`${field.name}: ${field.value}`];
	});
}

/**
 * Behind the phone's hop, where that has no answer: the first over UDP that was answered, such as the outer side of a NAT
 * that this capture, or another one, shows as well.
 */
export function answeredBeyond({
	phone,
	hops,
}: RegisterTransaction): ClientTransaction | undefined {
	if (phone.final !== undefined) return undefined;
	return hops.find(({ final, transport }) => final !== undefined && transport === 'udp');
}
