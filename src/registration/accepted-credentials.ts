/** Who was let in elsewhere in the same source: that the registrar knows a user is known without its password. */
import type { DigestCredentials } from '../digest/digest.js';
import type { SipRequest } from '../sip/message.js';
import type { Observed } from '../trace/observed.js';
import { authenticationStep } from './authentication.js';
import type { Registration } from './registration.js';

/** The last REGISTER that was accepted, and its credentials. */
export interface Accepted {
	readonly request: Observed<SipRequest>;
	readonly digest: DigestCredentials;
}

/** By the username and realm of the credentials, `acceptedKey`. */
export type AcceptedCredentials = ReadonlyMap<string, Accepted>;

const KNOWN = new WeakMap<readonly Registration[], AcceptedCredentials>();

/** The accepted credentials of every attempt that registered or removed; put together once for the same list. */
export function acceptedCredentials(registrations: readonly Registration[]): AcceptedCredentials {
	const known = KNOWN.get(registrations) ?? lastOfEach(registrations.flatMap(acceptedIn));
	KNOWN.set(registrations, known);
	return known;
}

function lastOfEach(all: readonly Accepted[]): AcceptedCredentials {
	const last = new Map<string, Accepted>();
	for (const one of all) {
		const key = acceptedKey(one.digest.usernameExtended ?? one.digest.username, one.digest.realm);
		const known = last.get(key);
		if (known === undefined || known.request.at < one.request.at) last.set(key, one);
	}
	return last;
}

function acceptedIn({ attempts }: Registration): readonly Accepted[] {
	return attempts.flatMap(({ outcome, transactions }) => {
		const last = transactions.at(-1);
		if (last === undefined || (outcome !== 'registered' && outcome !== 'unregistered')) return [];
		const { credentials, request } = authenticationStep(last);
		return credentials.map(({ digest }) => ({ request, digest }));
	});
}

/** The key of `AcceptedCredentials`; neither part can hold a line end. */
export function acceptedKey(username: string | undefined, realm: string | undefined): string {
	return `${username ?? ''}\n${realm ?? ''}`;
}

/** Realms and accepted REGISTERs looked through for them: one provider has one or two. */
const MOST_REALMS = 6;
const MOST_LOOKED_THROUGH = 1_000;

/** The distinct realms of the first accepted credentials. */
export function acceptedRealms(accepted: AcceptedCredentials): readonly string[] {
	const realms = new Set<string>();
	let looked = 0;
	for (const { digest } of accepted.values()) {
		if (digest.realm !== undefined) realms.add(digest.realm);
		looked += 1;
		if (realms.size >= MOST_REALMS || looked >= MOST_LOOKED_THROUGH) break;
	}
	return [...realms];
}
