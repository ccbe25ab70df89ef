import { firstHeader } from '../sip/header-fields.js';
import type { Instant } from '../time/instant.js';
import { authenticationStep } from './authentication.js';
import { groupedBy } from './lists-by-key.js';
import { aorOf, instanceIdOf } from './register-request.js';
import type { RegisterTransaction } from './registration.js';

/** All transactions of one Call-ID and address-of-record: the smallest thing that is surely one device. */
export interface Dialogue {
	/** With the source, as two captures may show two phones of one address-of-record. */
	readonly aor: string;
	readonly callId: string;
	readonly transactions: readonly RegisterTransaction[];
	readonly instance: string | undefined;
	/** Empty where there is none; where it may be behind the snaplen it is nobody else's. */
	readonly userAgent: string;
	readonly address: string;
	readonly from: Instant;
	readonly to: Instant;
	/** Nonces of the challenges that it was given. */
	readonly issued: ReadonlySet<string>;
	/**
	 * Nonces that its credentials answer although it was not given them before: those of another dialogue. Kamailio gives
	 * one nonce to all who ask within a second, so that one of its own says nothing.
	 */
	readonly answered: ReadonlySet<string>;
}

/** The dialogues of REGISTER transactions, in order of their first one. */
export function dialoguesOf(transactions: readonly RegisterTransaction[]): readonly Dialogue[] {
	const byCall = groupedBy(transactions, ({ phone: { request, callId, source } }) => {
		// A Call-ID that two hosts share (cloned configuration) does not make them one device.
		const device = instanceIdOf(request.message) ?? request.src.address;
		return `${source}|${aorOf(request.message) ?? ''}|${callId}|${device}`;
	});
	return [...byCall.values()].map(dialogueOf).toSorted((a, b) => a.from - b.from);
}

/** The last time anything of a transaction was seen at the phone. */
export function endOf({ phone }: RegisterTransaction): Instant {
	let end = Number.NEGATIVE_INFINITY;
	for (const { at } of phone.sends) end = Math.max(end, at);
	for (const { at } of phone.responses) end = Math.max(end, at);
	return end;
}

function dialogueOf(
	transactions: readonly [RegisterTransaction, ...RegisterTransaction[]],
): Dialogue {
	const { request: first, callId } = transactions[0].phone;
	const steps = transactions.map(authenticationStep);
	const issued = new Set<string>();
	const answered = new Set<string>();
	for (const { credentials, challenges } of steps) {
		for (const { digest } of credentials)
			if (digest.nonce !== undefined && !issued.has(digest.nonce)) answered.add(digest.nonce);
		for (const { digest } of challenges) if (digest.nonce !== undefined) issued.add(digest.nonce);
	}
	return {
		aor: `${first.source}|${aorOf(first.message) ?? ''}`,
		callId,
		transactions,
		instance: transactions
			.map(({ phone }) => instanceIdOf(phone.request.message))
			.find((instance) => instance !== undefined),
		userAgent: firstHeader(first.message, 'user-agent')?.value ?? (first.cut ? callId : ''),
		address: first.src.address,
		// Not Math.min of all: a phone that hammers has more transactions than a call takes arguments.
		from: transactions.reduce((from, { phone }) => Math.min(from, phone.request.at), first.at),
		to: transactions.reduce((to, one) => Math.max(to, endOf(one)), first.at),
		issued,
		answered,
	};
}
