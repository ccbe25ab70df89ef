/** Whether two captures tell of one look-up: where no REGISTER was sent, the questions are all that they share. */
import { isPrivateAddress } from '../net/address.js';
import type { DnsEvent } from '../trace/observed.js';
import type { AttemptEvent } from './registration.js';

/** A router that asks on for a phone asks again, or another resolver, before it gives up; and clocks differ a little. */
const SAME_MOMENT_US = 6_000_000;

/** Questions of one name and type that are looked at: a resolver of a whole network asks more than a phone. */
const MAX_CANDIDATES = 512;

/** Whether any question of the one is a question of the other, by the same client or by what a NAT made of it. */
export function shareQuestion(one: readonly DnsEvent[], other: readonly DnsEvent[]): boolean {
	if (one.length === 0 || other.length === 0) return false;
	const asked = new Map<string, DnsEvent[]>();
	for (const event of other) {
		const key = questionOf(event);
		const known = asked.get(key);
		if (known === undefined) asked.set(key, [event]);
		else if (known.length < MAX_CANDIDATES) known.push(event);
	}
	return one.some((event) => asked.get(questionOf(event))?.some((each) => isSame(event, each)));
}

/** The questions among what happened to an attempt. */
export function questionsIn(failures: readonly AttemptEvent[]): readonly DnsEvent[] {
	return failures.filter((event) => event.kind === 'dns');
}

function questionOf({ type, name }: DnsEvent): string {
	return `${type} ${name}`;
}

function isSame(a: DnsEvent, b: DnsEvent): boolean {
	if (Math.abs(a.at - b.at) > SAME_MOMENT_US) return false;
	if (a.src.address === b.src.address) return a.src.port === b.src.port;
	return isPrivateAddress(a.src.address) !== isPrivateAddress(b.src.address);
}
