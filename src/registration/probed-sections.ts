import { TIMER_F_MS } from '../sip/transaction-timers.js';
import type { Instant } from '../time/instant.js';
import type { ProbeEvent } from '../trace/observed.js';
import type { AttemptEvent, RegisterTransaction } from './registration.js';

/** What a probe sent and was told for one of the registrations that it set out to make. */
export interface ProbedSection {
	readonly probe: ProbeEvent;
	readonly transactions: readonly RegisterTransaction[];
	readonly failures: readonly AttemptEvent[];
	/** Until when it was watched. */
	readonly until: Instant;
}

interface Probed {
	readonly probes: readonly ProbeEvent[];
	readonly transactions: readonly RegisterTransaction[];
	readonly failures: readonly AttemptEvent[];
	readonly observedUntil: Instant;
}

/** When and where in its file something was seen. */
type Moment = Pick<ProbeEvent, 'at' | 'frame'>;

/** Cuts a probe, or several that follow each other, where it says what it sets out to do next. */
export function probedSections(input: Probed): readonly ProbedSection[] {
	const { probes, transactions, failures, observedUntil } = input;
	return probes.map((probe, index) => {
		const next = probes[index + 1];
		const isWithin = (moment: Moment): boolean => {
			const hasBegun = index === 0 || !isBefore(moment, probe);
			return hasBegun && (next === undefined || isBefore(moment, next));
		};
		return {
			probe,
			transactions: transactions.filter(({ phone }) => isWithin(phone.request)),
			failures: failures.filter(isWithin),
			// One that ended by itself would not have gone on, however long it is watched.
			until: (next?.at ?? observedUntil) + (probe.isOver ? TIMER_F_MS * 1000 : 0),
		};
	});
}

/** Within one tick of the clock the frames tell. */
function isBefore(one: Moment, other: Moment): boolean {
	return one.at < other.at || (one.at === other.at && one.frame < other.frame);
}
