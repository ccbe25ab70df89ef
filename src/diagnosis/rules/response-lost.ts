import { formatEndpoint, sameEndpoint } from '../../net/endpoint.js';
import {
	describeStatus,
	lastTransaction,
	MINIMUM_SENDS_AFTER_FINAL,
	sendsAfterFinal,
} from '../../registration/attempt-facts.js';
import {
	type LostResponse,
	lostResponse,
	unansweredInARow,
} from '../../registration/between-places.js';
import { isFailed } from '../../registration/outcome.js';
import { placeName } from '../../registration/place.js';
import type { Attempt, Registration } from '../../registration/registration.js';
import { TIMER_F_MS } from '../../sip/transaction-timers.js';
import { elapsedMs } from '../../time/instant.js';
import type { UnreachableEvent } from '../../trace/observed.js';
import type { ClientTransaction } from '../../transaction/client-transaction.js';
import { sentTimes } from '../../transaction/client-transaction.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT, type Verdict } from '../rule.js';

/** Whom the registrar has bound is called healthy unless nothing else is possible. */
const MINIMUM_AFTER_SUCCESS = 3;

export default defineRule({
	id: 'response-lost',
	severity: 'fatal',
	alsoWhereAccepted: true,
	title: 'The server answers, and the answer does not reach the phone',
	references: ['RFC 3261 §17.1.2.2', 'RFC 3581 §4'],
	explanation: {
		means:
			'The REGISTER arrived and was answered to the very address and port it came from. The phone sends the same branch again all the same: it has not seen the answer. Something on the way back drops it.',
		causes: [
			'A firewall lets requests out and blocks what comes back.',
			'The NAT mapping is gone or strict, or answers come from another address than was asked.',
			'The SIP ALG of the site sends the answer to a port nobody listens on.',
			'The phone asked another address, which a router leads to this one, and takes answers from that address alone: ICMP port unreachable comes back.',
		],
		confirm:
			'Capture at the phone at the same time: the answer is not there. On the firewall look for drops of UDP from the server.',
		lookAlikes: [
			'One or two copies can cross with the answer on a slow line.',
			'An answer to another port than the request came from: see missing-rport.',
			'A new branch instead of the same one proves that the phone received the answer.',
		],
	},
	fix: [
		{
			who: 'site-network',
			what: 'Allow answers of the registrar back in (stateful UDP), and switch a SIP ALG off.',
		},
		{ who: 'provider', what: 'Answer from the address and port that the request was sent to.' },
	],
	check({ attempt, vantage, places, registration, index }) {
		const last = lastTransaction(attempt);
		const lost = last === undefined ? undefined : lostResponse(last, places);
		if (lost !== undefined && isFailed(attempt.outcome)) {
			const others = unansweredInARow(registration, attempt)
				.filter((one) => one !== last)
				.flatMap((one) => lostResponse(one, places) ?? []);
			return betweenPlaces(lost, others);
		}
		const transaction = last?.phone;
		const isAccepted = attempt.outcome === 'registered';
		if (transaction?.final === undefined || !(isFailed(attempt.outcome) || isAccepted))
			return SILENT;
		const { final, client, server } = transaction;
		const repeated = sendsAfterFinal(transaction);
		if (repeated.length < (isAccepted ? MINIMUM_AFTER_SUCCESS : MINIMUM_SENDS_AFTER_FINAL))
			return SILENT;
		if (!sameEndpoint(final.dst, client) || vantage.vantage === 'client') return SILENT;
		const answers = transaction.responses.length;
		if (isAccepted && (vantage.vantage === 'unknown' || isSeenLater(attempt, registration)))
			return SILENT;
		if (vantage.vantage === 'unknown') {
			return {
				kind: 'cannot-tell',
				because: `the phone repeats its REGISTER ${repeated.length} times after the ${describeStatus(final)}; whether the answer was lost or ignored depends on where this was captured`,
				decidedBy: 'a capture at the phone, or --vantage',
			};
		}
		// It came as far as whoever says so: the phone itself, or the router before it.
		const refusal = index
			.refusedBy(client)
			.find(({ reason, at }) => reason === 'port' && at >= final.at);
		return {
			kind: 'fires',
			confidence: vantage.vantage === 'server' ? 'proven' : 'strong',
			...(isAccepted ? { severity: 'degraded' } : {}),
			summary: `${server.address} answered ${describeStatus(final)} to ${formatEndpoint(client)} ${answers} times, and the phone repeated the same branch ${repeated.length} times: ${fateOf(refusal, transaction)}.`,
			evidence: inOrder(
				evidenceOf(transaction.request, 'REGISTER', `from ${formatEndpoint(client)}`),
				evidenceOf(final, 'Status', `${describeStatus(final)} to ${formatEndpoint(final.dst)}`),
				...evidenceIf(refusal, 'ICMP', `port ${client.port} unreachable`),
				...evidenceIf(
					repeated.at(-1),
					'REGISTER',
					`same branch again, copy ${sentTimes(transaction)}`,
				),
			),
		};
	},
});

function fateOf(
	refusal: UnreachableEvent | undefined,
	{ client, server }: ClientTransaction,
): string {
	if (refusal === undefined) return 'the answer is lost on the way back';
	return `${refusal.reporter ?? client.address} refuses the answer (ICMP port unreachable), as nobody takes it there from ${formatEndpoint(server)}`;
}

/** The next REGISTER came before Timer F can have ended this one: the phone had its answer after all. */
function isSeenLater(attempt: Attempt, { attempts }: Registration): boolean {
	const next = attempts.find(({ number }) => number > attempt.number)?.transactions[0];
	const own = lastTransaction(attempt)?.phone.request;
	if (next === undefined || own === undefined) return false;
	return elapsedMs(own.at, next.phone.request.at) < TIMER_F_MS;
}

/** Two captures: the answer is in the one and not in the other. */
function betweenPlaces(
	{ seenAt, missingAt, final, copies, answered, unanswered }: LostResponse,
	others: readonly LostResponse[],
): Verdict {
	const { client, server } = answered;
	// Copies that crossed with a lost answer are no blocking; the phone gave up without one.
	const sends = [unanswered, ...others.map((one) => one.unanswered)].flatMap((hop) => hop.sends);
	if (sends.length <= MINIMUM_SENDS_AFTER_FINAL) return SILENT;
	const times = copies === 1 ? 'once' : `${copies} times`;
	const last = unanswered.sends.at(-1) ?? unanswered.request;
	return {
		kind: 'fires',
		confidence: 'proven',
		summary: `${placeName(seenAt)} shows ${describeStatus(final)} from ${server.address} to ${formatEndpoint(final.dst)} ${times}; in ${placeName(missingAt)} no answer arrives${
			others.length === 0 ? '' : `, nor to ${registersBefore(others.length)}`
		}: it is lost between the two.`,
		evidence: inOrder(
			evidenceOf(unanswered.request, 'REGISTER', `sent, in ${placeName(missingAt)}`),
			evidenceOf(final, 'Status', `${describeStatus(final)} to ${formatEndpoint(final.dst)}`),
			evidenceOf(last, 'REGISTER', `copy ${sentTimes(unanswered)}, still no answer`),
		),
		fix: [
			{
				who: 'site-network',
				what: `Between ${placeName(missingAt)} and ${placeName(seenAt)} look for a rule that drops ${answered.transport.toUpperCase()} from ${server.address} port ${server.port} to ${client.address}, or a NAT without state for it; allow what answers an outbound REGISTER, and switch a SIP ALG off.`,
			},
			{
				who: 'provider',
				what: 'Answer from the address and port that the request was sent to.',
			},
		],
	};
}

function registersBefore(count: number): string {
	return count === 1 ? 'the REGISTER before it' : `the ${count} REGISTERs before it`;
}
