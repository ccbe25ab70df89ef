/** Whether two captures tell of one look-up: where no REGISTER was sent, the questions are all that they share. */
import type { DnsEvent } from '../trace/observed.js';
import type { AttemptEvent } from './registration.js';
import { type SightingIndex, sameClient } from './same-client.js';

/** A router that asks on for a phone asks again, or another resolver, before it gives up; and clocks differ a little. */
const SAME_MOMENT_US = 6_000_000;

const QUESTIONS = sameClient<DnsEvent>(({ type, name }) => `${type} ${name}`, SAME_MOMENT_US);

/** Whether any question of the one is a question of the other, by the same client or by what a NAT made of it. */
export function shareQuestion(one: readonly DnsEvent[], other: readonly DnsEvent[]): boolean {
	if (one.length === 0 || other.length === 0) return false;
	return QUESTIONS.areAmong(one, QUESTIONS.index(other));
}

/** Questions by what was asked. */
export function indexQuestions(questions: readonly DnsEvent[]): SightingIndex<DnsEvent> {
	return QUESTIONS.index(questions);
}

/** How far the questions are apart that fit best, less is nearer; undefined where none of them is of the index. */
export function questionDistance(
	questions: readonly DnsEvent[],
	index: SightingIndex<DnsEvent>,
): number | undefined {
	return QUESTIONS.distance(questions, index);
}

/** The questions among what happened to an attempt. */
export function questionsIn(failures: readonly AttemptEvent[]): readonly DnsEvent[] {
	return failures.filter((event) => event.kind === 'dns');
}
