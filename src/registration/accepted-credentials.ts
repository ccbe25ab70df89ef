/** Who was let in elsewhere in the same source: that the registrar knows a user is known without its password. */
import type { DigestCredentials } from '../digest/digest.js';
import type { SipRequest } from '../sip/message.js';
import type { Observed } from '../trace/observed.js';
import { authenticationStep } from './authentication.js';
import type { RegisterTransaction } from './registration.js';

/** The last REGISTER that was accepted, and its credentials. */
export interface Accepted {
	readonly request: Observed<SipRequest>;
	readonly digest: DigestCredentials;
}

/** By the username and realm of the credentials, `acceptedKey`. */
export type AcceptedCredentials = ReadonlyMap<string, Accepted>;

const KNOWN = new WeakMap<readonly RegisterTransaction[], AcceptedCredentials>();

/** The accepted credentials of all that got a 2xx; put together once for the same list. */
export function acceptedCredentials(
	transactions: readonly RegisterTransaction[],
): AcceptedCredentials {
	const known = KNOWN.get(transactions) ?? lastOfEach(transactions.flatMap(acceptedIn));
	KNOWN.set(transactions, known);
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

function acceptedIn(transaction: RegisterTransaction): readonly Accepted[] {
	if ((transaction.phone.final?.message.statusCode ?? 500) >= 300) return [];
	const { credentials, request } = authenticationStep(transaction);
	return credentials.map(({ digest }) => ({ request, digest }));
}

/** The key of `AcceptedCredentials`; neither part can hold a line end. */
export function acceptedKey(username: string | undefined, realm: string | undefined): string {
	return `${username ?? ''}\n${realm ?? ''}`;
}

/** Realms and accepted REGISTERs looked through for them: one provider has one or two. */
const MOST_REALMS = 6;
const MOST_LOOKED_THROUGH = 1_000;

const REALMS = new WeakMap<AcceptedCredentials, readonly string[]>();

/** The distinct realms of the first accepted credentials; put together once, as every digest search asks. */
export function acceptedRealms(accepted: AcceptedCredentials): readonly string[] {
	const known = REALMS.get(accepted) ?? realmsIn(accepted);
	REALMS.set(accepted, known);
	return known;
}

function realmsIn(accepted: AcceptedCredentials): readonly string[] {
	const realms = new Set<string>();
	let looked = 0;
	for (const { digest } of accepted.values()) {
		if (digest.realm !== undefined) realms.add(digest.realm);
		looked += 1;
		if (realms.size >= MOST_REALMS || looked >= MOST_LOOKED_THROUGH) break;
	}
	return [...realms];
}
