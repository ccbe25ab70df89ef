import type { Instant } from '../time/instant.js';
import type { BindingStore } from './binding-store.js';
import type { AskedContact, RegisterPurpose } from './register-purpose.js';
import { type Reply, reply } from './reply.js';

export interface ExpiryRules {
	/** Seconds. */
	readonly minExpires: number;
	readonly maxExpires: number;
	readonly now: Instant;
}

const SECOND = 1_000_000;

/** Does what a REGISTER asks (RFC 3261 §10.3 steps 6 to 8): all of it or nothing, and lists what is bound then. */
export function updateBindings(
	store: BindingStore,
	aor: string,
	purpose: RegisterPurpose,
	rules: ExpiryRules,
): Reply {
	const { now, minExpires } = rules;
	if (purpose.kind === 'remove-all') store.removeAll(aor);
	if (purpose.kind === 'bind' || purpose.kind === 'remove') {
		// §10.3 step 7: shorter than the registrar likes, and shorter than an hour.
		const isBrief = ({ expires }: AskedContact): boolean =>
			expires !== undefined && expires > 0 && expires < minExpires && expires < 3600;
		if (purpose.contacts.some(isBrief)) return reply(423, [['Min-Expires', String(minExpires)]]);
		for (const contact of purpose.contacts) {
			if (!apply(store, aor, contact, rules)) return reply(403, [], 'Too Many Registered Contacts');
		}
	}
	const listed = store
		.list(aor, now)
		.map(({ contact, until }) => `${contact};expires=${Math.ceil((until - now) / SECOND)}`);
	return reply(
		200,
		listed.map((value) => ['Contact', value]),
	);
}

function apply(store: BindingStore, aor: string, asked: AskedContact, rules: ExpiryRules): boolean {
	const { contact, uri, expires = rules.maxExpires } = asked;
	if (expires === 0) {
		store.remove(aor, uri, rules.now);
		return true;
	}
	const until = rules.now + Math.min(expires, rules.maxExpires) * SECOND;
	return store.bind(aor, { contact, uri, until }, rules.now);
}
