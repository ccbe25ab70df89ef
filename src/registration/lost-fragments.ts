import type { FragmentEvent } from '../trace/observed.js';
import { lastTransaction } from './attempt-facts.js';
import type { Attempt } from './registration.js';

/** The incomplete messages of an attempt since the last answer that came whole: a lost copy of an answered one is mended. */
export function lostFragmentsOf(attempt: Attempt): readonly FragmentEvent[] {
	const final = lastTransaction(attempt)?.phone.final;
	return attempt.failures.filter((event): event is FragmentEvent => {
		return event.kind === 'fragments-lost' && (final === undefined || event.at >= final.at);
	});
}
