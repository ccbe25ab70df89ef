/** REGISTERs of one Call-ID whose CSeq does not rise (RFC 3261 §10.2). */
import { parsedValue } from '../bytes/parsed-value.js';
import { firstHeader } from '../sip/header-fields.js';
import { readExpires } from '../sip/headers/expires.js';
import type { SipResponse } from '../sip/message.js';
import { elapsedMs } from '../time/instant.js';
import type { Observed } from '../trace/observed.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { ownBinding } from './binding.js';
import type { Attempt, Registration } from './registration.js';

/** Clocks and roundings of seconds. */
const TOLERANCE_S = 3;

export interface CSeqStep {
	readonly before: ClientTransaction;
	readonly after: ClientTransaction;
	readonly final: Observed<SipResponse> | undefined;
	/** What it led to, where that is in the source. */
	readonly effect: 'refused' | 'not-renewed' | undefined;
}

const previous = new WeakMap<Registration, ReadonlyMap<ClientTransaction, ClientTransaction>>();

/** The last step of the attempt that does not go up; one whose effect shows before others. */
export function cseqStep(attempt: Attempt, registration: Registration): CSeqStep | undefined {
	const before = previous.get(registration) ?? predecessors(registration);
	previous.set(registration, before);
	const steps = attempt.transactions.flatMap(({ phone }) => {
		const earlier = before.get(phone);
		return earlier === undefined || !isStep(earlier, phone) ? [] : [stepOf(earlier, phone)];
	});
	return steps.find(({ effect }) => effect !== undefined) ?? steps.at(-1);
}

/** The REGISTER before each, of the same Call-ID, from the same place to the same server. */
function predecessors({
	attempts,
}: Registration): ReadonlyMap<ClientTransaction, ClientTransaction> {
	const found = new Map<ClientTransaction, ClientTransaction>();
	const last = new Map<string, ClientTransaction>();
	for (const { phone } of attempts.flatMap(({ transactions }) => transactions)) {
		const key = `${phone.callId}|${phone.client.address}|${phone.server.address}`;
		const earlier = last.get(key);
		if (earlier !== undefined) found.set(phone, earlier);
		last.set(key, phone);
	}
	return found;
}

function isStep(before: ClientTransaction, after: ClientTransaction): boolean {
	if (before.cseq === undefined || after.cseq === undefined || after.cseq > before.cseq)
		return false;
	// The same branch is the same REGISTER to the server, whatever else changed in it.
	return before.branch !== undefined && before.branch !== after.branch;
}

function stepOf(before: ClientTransaction, after: ClientTransaction): CSeqStep {
	return { before, after, final: after.final, effect: effectOf(before, after) };
}

function effectOf(before: ClientTransaction, after: ClientTransaction): CSeqStep['effect'] {
	const status = after.final?.message.statusCode;
	if (after.final === undefined || status === undefined) return undefined;
	if (status === 400 || status === 500) {
		const { message } = after.final;
		const words = `${message.reasonPhrase} ${firstHeader(message, 'p-registrar-error')?.value ?? ''} ${firstHeader(message, 'warning')?.value ?? ''}`;
		return /c-?seq|sequence|out of order/i.test(words) ? 'refused' : undefined;
	}
	return status < 300 && isNotRenewed(before, after) ? 'not-renewed' : undefined;
}

/** What is left of the old binding, and nothing more: the registrar has not taken the new REGISTER. */
function isNotRenewed(before: ClientTransaction, after: ClientTransaction): boolean {
	if (before.final === undefined || after.final === undefined) return false;
	const was = granted(before);
	const is = granted(after);
	if (was === undefined || is === undefined) return false;
	const left = was - elapsedMs(before.final.at, after.final.at) / 1000;
	// Right after the first one, what is left is as much as a new binding would have.
	return was - left > TOLERANCE_S * 3 && Math.abs(left - is) <= TOLERANCE_S;
}

function granted({ request, final, server }: ClientTransaction): number | undefined {
	if (final === undefined || final.message.statusCode >= 300) return undefined;
	const own = ownBinding(request.message, final.message, server.address);
	return own?.contact?.expires ?? parsedValue(readExpires(final.message));
}
