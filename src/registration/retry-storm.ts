/** Failed attempts in quick succession. Computed once for a registration. */
import type { SipRequest } from '../sip/message.js';
import { elapsedMs } from '../time/instant.js';
import type { Observed } from '../trace/observed.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { lastTransaction } from './attempt-facts.js';
import { isFailed } from './outcome.js';
import type { Attempt, RegisterTransaction, Registration } from './registration.js';

const PAUSE_MS = 10_000;
/** So many failures in a row are a storm. */
export const STORM_MINIMUM = 6;

export interface RetryStorm {
	readonly first: Observed<SipRequest>;
	readonly last: Observed<SipRequest>;
	/** From the first to the last, those included that were let go. */
	readonly count: number;
	/** How many came before the first and were let go. */
	readonly before: number;
	readonly longestPauseMs: number;
	readonly spanMs: number;
}

const known = new WeakMap<Registration, { readonly storm: RetryStorm | undefined }>();

/** The longest run of failures with less than 10 s between them; undefined where there are fewer than six. */
export function retryStorm(registration: Registration): RetryStorm | undefined {
	const found = known.get(registration) ?? { storm: find(registration) };
	known.set(registration, found);
	return found.storm;
}

function find({ attempts }: Registration): RetryStorm | undefined {
	let best: readonly Attempt[] = [];
	let run: Attempt[] = [];
	for (const attempt of attempts) {
		const follows = run.length === 0 || pauseBetween(run.at(-1), attempt) < PAUSE_MS;
		if (!isFailed(attempt.outcome)) run = [];
		else if (follows) run.push(attempt);
		else run = [attempt];
		if (run.length > best.length) best = run;
	}
	const before = best[0]?.repeated ?? 0;
	const first = best[0]?.transactions[0]?.phone.request;
	const last = best.at(-1)?.transactions[0]?.phone.request;
	if (best.length < STORM_MINIMUM || first === undefined || last === undefined) return undefined;
	const longestPauseMs = best.reduce(
		(longest, attempt, index) =>
			Math.max(longest, index === 0 ? 0 : pauseBetween(best[index - 1], attempt)),
		0,
	);
	return {
		...{ first, last, longestPauseMs, before },
		count: best.reduce((sum, { repeated }) => sum + 1 + repeated, -before),
		spanMs: elapsedMs(first.at, last.at),
	};
}

/** Whether a REGISTER comes so soon after the end of the one before that, if both fail, it hammers. */
export function isHastyAfter(before: RegisterTransaction, next: RegisterTransaction): boolean {
	return pauseAfter(before.phone, next.phone) < PAUSE_MS;
}

/** Of those that were let go between the two each had its own. */
function pauseBetween(before: Attempt | undefined, after: Attempt): number {
	const last = before === undefined ? undefined : lastTransaction(before)?.phone;
	const next = after.transactions[0]?.phone;
	if (last === undefined || next === undefined) return Infinity;
	return pauseAfter(last, next) / (1 + after.repeated);
}

/** From the answer, or the last copy, to the next REGISTER. */
function pauseAfter({ final, sends, request }: ClientTransaction, next: ClientTransaction): number {
	return elapsedMs(final?.at ?? sends.at(-1)?.at ?? request.at, next.request.at);
}
