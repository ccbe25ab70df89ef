/** Who was let in elsewhere in the same source: that the registrar knows a user is known without its password. */
import type { SipRequest } from '../sip/message.js';
import type { Observed } from '../trace/observed.js';
import { authenticationStep } from './authentication.js';
import type { Registration } from './registration.js';

/** The last REGISTER that was accepted, by the username and realm of its credentials. */
export type AcceptedCredentials = ReadonlyMap<string, Observed<SipRequest>>;

const KNOWN = new WeakMap<readonly Registration[], AcceptedCredentials>();

/** The accepted credentials of every attempt that registered or removed; put together once for the same list. */
export function acceptedCredentials(registrations: readonly Registration[]): AcceptedCredentials {
	const known = KNOWN.get(registrations) ?? new Map(registrations.flatMap(acceptedIn));
	KNOWN.set(registrations, known);
	return known;
}

function acceptedIn({ attempts }: Registration): [string, Observed<SipRequest>][] {
	return attempts.flatMap(({ outcome, transactions }) => {
		const last = transactions.at(-1);
		if (last === undefined || (outcome !== 'registered' && outcome !== 'unregistered')) return [];
		const { credentials, request } = authenticationStep(last);
		return credentials.map(({ digest }): [string, Observed<SipRequest>] => [
			acceptedKey(digest.usernameExtended ?? digest.username, digest.realm),
			request,
		]);
	});
}

/** The key of `AcceptedCredentials`; neither part can hold a line end. */
export function acceptedKey(username: string | undefined, realm: string | undefined): string {
	return `${username ?? ''}\n${realm ?? ''}`;
}
