/*
 * Credentials that a proxy or SBC did not pass on as they were, though they answer a challenge of the server behind it:
 * that server is the one to check them. One that challenges the phone itself, or registers with an account of its own,
 * may take them away (RFC 3261 §16.6, §22.3).
 */
import { readChallenges } from '../sip/headers/authenticate.js';
import { readCredentials } from '../sip/headers/authorization.js';
import type { SipRequest, SipResponse } from '../sip/message.js';
import { isChallenge } from '../sip/status-codes.js';
import type { Observed } from '../trace/observed.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { credentialChanges, type FieldChange } from './message-change.js';
import { passagesOf } from './passage.js';
import type { Place } from './place.js';
import type { Attempt } from './registration.js';

export interface RelayedCredentials {
	readonly before: Observed<SipRequest>;
	readonly after: Observed<SipRequest>;
	readonly changes: readonly [FieldChange, ...FieldChange[]];
	/** The challenge of the server behind, which they answer. */
	readonly challenge: Observed<SipResponse>;
	/** What that server said to what was left of them. */
	readonly final: Observed<SipResponse>;
}

/** The last such REGISTER of an attempt; undefined where everything was passed on as it came. */
export function relayedCredentials({ transactions }: Attempt): RelayedCredentials | undefined {
	const issued = new Map<string, Observed<SipResponse>>();
	let found: RelayedCredentials | undefined;
	for (const { hops } of transactions) {
		found = hops.flatMap((after, at) => relayed(hops[at - 1], after, issued) ?? []).at(-1) ?? found;
		for (const hop of hops.slice(1))
			for (const [key, final] of issuedBy(hop)) issued.set(key, final);
	}
	return found;
}

/** Whether the registrar got other credentials than the phone sent: what it says of them says nothing of the phone's. */
export function areAlteredOnTheWay(attempt: Attempt, places: readonly Place[]): boolean {
	if (relayedCredentials(attempt) !== undefined) return true;
	return attempt.transactions
		.flatMap((transaction) => passagesOf(transaction, places))
		.some(({ change }) => change.credentials.length > 0);
}

/** The nonces of a server that is not the phone's own. */
function issuedBy({ final, server }: ClientTransaction) {
	if (final === undefined) return [];
	return readChallenges(final.message).flatMap(({ digest }) =>
		digest?.nonce === undefined ? [] : [[keyOf(server.address, digest.nonce), final] as const],
	);
}

function relayed(
	before: ClientTransaction | undefined,
	after: ClientTransaction,
	issued: ReadonlyMap<string, Observed<SipResponse>>,
): RelayedCredentials | undefined {
	const { final } = after;
	if (before === undefined || final === undefined) return undefined;
	// Both sides of a NAT lead to one server: what happens there is no doing of a proxy.
	if (before.server.address === after.server.address) return undefined;
	if (!isChallenge(final.message.statusCode)) return undefined;
	// What a snaplen cut off was not taken away by anybody.
	if (before.request.cut || after.request.cut) return undefined;
	const [challenge] = readCredentials(before.request.message).flatMap(
		({ digest }) => issued.get(keyOf(after.server.address, digest?.nonce ?? '')) ?? [],
	);
	if (challenge === undefined) return undefined;
	const [first, ...others] = credentialChanges(before.request.message, after.request.message);
	if (first === undefined) return undefined;
	const changes = [first, ...others] as const;
	return { before: before.request, after: after.request, changes, challenge, final };
}

function keyOf(address: string, nonce: string): string {
	return `${address} ${nonce}`;
}
