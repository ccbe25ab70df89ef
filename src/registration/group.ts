/*
 * REGISTER transactions → registrations and their attempts (design §2): one registration is one device and one
 * address-of-record; an attempt ends with a 2xx, a refusal, 32 s of silence that no answer to its challenge breaks, or
 * before a removal.
 */

import { parsedValue } from '../bytes/parsed-value.js';
import { parseTo } from '../sip/headers/from-to.js';
import { T1_MS, TIMER_F_MS } from '../sip/transaction-timers.js';
import { addressOfRecord } from '../sip/uri.js';
import { elapsedMs, type Instant } from '../time/instant.js';
import { authenticationStep } from './authentication.js';
import { DeviceTable } from './device-table.js';
import { dialoguesOf, endOf } from './dialogue.js';
import { isGivenUp } from './failover.js';
import { groupedBy } from './lists-by-key.js';
import { endingOf } from './outcome.js';
import { aorOf, instanceText, plainAor, purposeOf } from './register-request.js';
import type { Attempt, RegisterTransaction } from './registration.js';
import { inOrderSent } from './sent-order.js';
import type { UnseenAfter } from './unseen-requests.js';

/** The transactions of each (address-of-record, device), in order of time. */
export function groupByDevice(
	transactions: readonly RegisterTransaction[],
): readonly (readonly RegisterTransaction[])[] {
	return byAor(transactions).flatMap((own) => (isOneDialogue(own) ? [own] : devicesOf(own)));
}

/** No device has two addresses-of-record. Of thousands of transactions most are of a few To values, read once each. */
function byAor(
	transactions: readonly RegisterTransaction[],
): readonly (readonly RegisterTransaction[])[] {
	const aors = new Map<string, string>();
	const groups = groupedBy(transactions, ({ phone: { to, request } }) => {
		let aor = aors.get(to);
		if (aor === undefined) {
			aor = plainAor(to) ?? aorOfTo(to) ?? aorOf(request.message) ?? '';
			aors.set(to, aor);
		}
		return aor;
	});
	return [...groups.values()];
}

/** The same as of the whole message, which nobody else has asked for yet; undefined where that has to be read. */
function aorOfTo(to: string): string | undefined {
	const read = parsedValue(parseTo(to));
	return read === undefined ? undefined : addressOfRecord(read.uri);
}

/** One Call-ID and instance at one address, as of nearly every phone: nothing else needs to be looked at. */
function isOneDialogue(transactions: readonly RegisterTransaction[]): boolean {
	const first = transactions[0]?.phone;
	if (first === undefined) return true;
	const instance = instanceText(first.request.message);
	return transactions.every(
		({ phone }) =>
			phone === first ||
			(phone.callId === first.callId &&
				phone.client.address === first.client.address &&
				instanceText(phone.request.message) === instance),
	);
}

function devicesOf(
	transactions: readonly RegisterTransaction[],
): readonly (readonly RegisterTransaction[])[] {
	const devices = new DeviceTable();
	for (const dialogue of dialoguesOf(transactions)) devices.add(dialogue);
	return devices
		.list()
		.map((members) =>
			members
				.flatMap((member) => member.transactions)
				.toSorted((a, b) => a.phone.request.at - b.phone.request.at),
		);
}

/**
 * Cuts one device's transactions into attempts; `observedUntil` is the time of the source's last packet, `unseenAfter` says
 * where the source misses what came next.
 */
export function attemptsOf(
	transactions: readonly RegisterTransaction[],
	observedUntil: Instant,
	unseenAfter: UnseenAfter = () => undefined,
): readonly Attempt[] {
	const runs: RegisterTransaction[][] = [];
	const ordered = inOrderSent(transactions);
	for (const transaction of ordered) {
		const run = runs.at(-1);
		const last = run?.at(-1);
		if (run === undefined || last === undefined || isEndOfAttempt(last, transaction))
			runs.push([transaction]);
		else run.push(transaction);
	}
	let number = 0;
	return runs.map((run, index) => {
		const next = runs[index + 1];
		const until = next === undefined ? observedUntil : startOf(next, observedUntil);
		const repeated = run[0]?.repeated ?? 0;
		// Those that were let go are counted.
		number += repeated + 1;
		// Who begins another attempt waits no longer for the answer to this one; who takes it back may be switched off.
		const isReplaced = next !== undefined && !isTakenBack(run, next);
		const patienceMs = isReplaced
			? 0
			: Math.max(shortestWait(run), COPIES_IN_LINE * slowestAnswer(ordered));
		const { outcome, grantedExpires, missed } = endingOf(run, { until, unseenAfter, patienceMs });
		const finalStatus = run.at(-1)?.phone.final?.message.statusCode;
		return {
			...{ number, repeated, transactions: run, outcome, finalStatus, grantedExpires },
			failures: [],
			...(missed !== undefined && { missed }),
		};
	});
}

/** When the third copy of a request over UDP would be sent again (RFC 3261 §17.1.2.2): slow registrars answer until then. */
const THIRD_COPY_MS = (1 + 2 + 4) * T1_MS;
/** When a SYN that was sent three times would be: on a line with loss a segment takes as long (RFC 6298 §5). */
const THIRD_SEGMENT_MS = 7_000;

function shortestWait(run: readonly RegisterTransaction[]): number {
	return run.at(-1)?.phone.transport === 'udp' ? THIRD_COPY_MS : THIRD_SEGMENT_MS;
}

/** A server that takes its time for each message takes it for each copy, one after the other. */
const COPIES_IN_LINE = 4;

/**
 * In ms: a proxy that waits for a registrar of which nothing comes takes half a minute, each time; so does a phone for
 * each REGISTER that turns to its next server once the first one has been silent.
 */
function slowestAnswer(transactions: readonly RegisterTransaction[]): number {
	let slowest = 0;
	for (const [index, transaction] of transactions.entries()) {
		const next = transactions[index + 1];
		const { phone } = isGivenUp(transaction, next) && next !== undefined ? next : transaction;
		if (phone.final !== undefined)
			slowest = Math.max(slowest, elapsedMs(transaction.phone.request.at, phone.final.at));
	}
	return slowest;
}

function startOf(run: readonly RegisterTransaction[] | undefined, otherwise: Instant): Instant {
	return run?.[0]?.phone.request.at ?? otherwise;
}

/**
 * Design §2, attempt: a 2xx, a final other than 401/407/423/494/3xx, or 32 s of silence, but before the answer to its
 * challenge; and where the phone takes back what it had asked for.
 */
export function isEndOfAttempt(last: RegisterTransaction, next: RegisterTransaction): boolean {
	if (next.repeated !== undefined || isEnding(last) || takesBack(last, next)) return true;
	const silence = elapsedMs(endOf(last), next.phone.request.at);
	return silence >= TIMER_F_MS && !answersChallengeOf(last, next);
}

/** Who takes a binding away has given up asking for it, unless that answers its challenge. */
function takesBack(last: RegisterTransaction, next: RegisterTransaction): boolean {
	const { message } = next.phone.request;
	// Nearly none does, and a Contact need not be read for it.
	if (!EXPIRES_NOW.test(message.wire)) return false;
	if (purposeOf(message) !== 'remove' || answersChallengeOf(last, next)) return false;
	return purposeOf(last.phone.request.message) === 'bind';
}

function isTakenBack(
	run: readonly RegisterTransaction[],
	next: readonly RegisterTransaction[],
): boolean {
	const [last, first] = [run.at(-1), next[0]];
	return last !== undefined && first !== undefined && takesBack(last, first);
}

const EXPIRES_NOW = /expires[ \t]*[:=]\s*"?0/i;

/** However late: a user takes a while to type the password, and a phone may try a server that is dead before this one. */
function answersChallengeOf(last: RegisterTransaction, next: RegisterTransaction): boolean {
	const { challenges, credentials } = authenticationStep(last);
	if (challenges.length === 0 || credentials.length > 0) return false;
	const nonces = new Set(challenges.map(({ digest }) => digest.nonce));
	return authenticationStep(next).credentials.some(({ digest }) => nonces.has(digest.nonce));
}

/** Whether its final response ends the attempt, whatever comes next. */
export function isEnding({ phone }: RegisterTransaction): boolean {
	const status = phone.final?.message.statusCode;
	if (status === undefined || (status >= 300 && status < 400)) return false;
	return !GOES_ON.includes(status);
}

const GOES_ON = [401, 407, 423, 494];

/** Design §2, outcome: the last ended attempt that asked for a binding; without one a removal, then a query. */
export function decisiveAttempt(attempts: readonly Attempt[]): Attempt | undefined {
	const ended = attempts.filter(({ outcome }) => outcome !== 'open');
	const last = ended.at(-1);
	// Who was registered has asked for it, as nearly every phone at the end of a capture.
	if (last?.outcome === 'registered') return last;
	for (const purpose of ['bind', 'remove', 'query'] as const) {
		const found = ended.findLast((attempt) => askedFor(attempt) === purpose);
		if (found !== undefined) return found;
	}
	return attempts.at(-1);
}

function askedFor(attempt: Attempt): string | undefined {
	const request = attempt.transactions.at(-1)?.phone.request;
	return request === undefined ? 'bind' : purposeOf(request.message);
}
