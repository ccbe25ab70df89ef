import { describeSends, describeStatus } from '../../registration/attempt-facts.js';
import { type RepeatedTransaction, repeatedForLoss } from '../../registration/packet-loss.js';
import type {
	Attempt,
	RegisterTransaction,
	Registration,
} from '../../registration/registration.js';
import { evidenceOf, inOrder } from '../evidence.js';
import type { Evidence } from '../finding.js';
import { defineRule, SILENT } from '../rule.js';

/** Below this many a share says nothing; one lost packet in a hundred is everyday life. */
const MINIMUM_TRANSACTIONS = 10;
const MINIMUM_SHARE = 0.05;

/** One or two lost packets are everyday life, though they are a tenth of a few. */
const MINIMUM_LOST = 3;
/** Named in the evidence; the rest is counted. */
const MAX_EVIDENCE = 5;

export default defineRule({
	id: 'intermittent-loss',
	severity: 'degraded',
	title: 'It registers, but only because lost packets were sent again',
	references: ['RFC 3261 §17.1.2.2', 'RFC 3261 §18.1.1'],
	explanation: {
		means:
			'REGISTERs had to be repeated before an answer came, again and again. SIP repeats what is lost; speech does not. Calls over this line will have gaps, and a refresh that is lost altogether takes the phone off.',
		causes: [
			'Wireless or an overloaded uplink near the phone.',
			'A wrong duplex setting, a bad cable, a rate limit for UDP.',
			'Loss at the provider, or a server that drops packets under load.',
		],
		confirm:
			'Capture at the phone and at the server at the same time: the difference shows the direction. Ping the server for some minutes and count.',
		lookAlikes: [
			'One repeated REGISTER is a single lost packet and harmless.',
			'A server that takes longer than 500 ms makes every phone repeat: then every copy gets an answer.',
			'A 100 Trying before the copy shows that the request was there.',
		],
	},
	fix: [
		{ who: 'site-network', what: 'Look for loss on wireless, switch ports and uplink.' },
		{ who: 'provider', what: 'Look for loss and rate limits in front of the registrar.' },
	],
	check({ attempt, registration }) {
		if (attempt.outcome !== 'registered') return SILENT;
		const repeated = lossOf(attempt, registration);
		const [first] = repeated?.transactions ?? [];
		if (repeated === undefined || first === undefined) return SILENT;
		const prompt = repeated.transactions.every((one) => one.prompt);
		return {
			kind: 'fires',
			confidence: prompt ? 'strong' : 'likely',
			summary: `${repeated.summary}${prompt ? `; ${first.transaction.server.address} answered the last copy at once` : ''}.`,
			evidence: inOrder(
				inWords(first),
				...repeated.transactions.slice(1, MAX_EVIDENCE).map(inWords),
			),
		};
	},
});

interface Repetition {
	readonly transactions: readonly RepeatedTransaction[];
	readonly summary: string;
}

/** A registration of many REGISTERs is judged as a whole: one bad moment in a week is everyday life. */
function lossOf(attempt: Attempt, registration: Registration): Repetition | undefined {
	const all = answeredOverUdp(registration);
	const count = timesOf(all);
	if (count < MINIMUM_TRANSACTIONS) return lostInEveryRoundTrip(attempt);
	return attempt === registration.decisive ? lostOften(all, count) : undefined;
}

/** A transaction, and how many like it there were: of those that were let go only their number is known. */
interface Weighted {
	readonly transaction: RegisterTransaction;
	readonly times: number;
}

function answeredOverUdp({ attempts }: Registration): readonly Weighted[] {
	return attempts
		.flatMap(({ transactions, repeated }) =>
			transactions.map((transaction) => ({ transaction, times: 1 + repeated })),
		)
		.filter(({ transaction: { phone } }) => phone.transport === 'udp' && phone.final !== undefined);
}

function timesOf(all: readonly Weighted[]): number {
	return all.reduce((sum, { times }) => sum + times, 0);
}

/** The registration was challenged, and both the REGISTER without and the one with credentials had to be repeated. */
function lostInEveryRoundTrip({ transactions }: Attempt): Repetition | undefined {
	const repeated = lossesOf(transactions);
	if (transactions.length < 2 || repeated.length < transactions.length) return undefined;
	return {
		transactions: repeated,
		summary: `Each of the ${repeated.length} REGISTERs of an attempt had to be sent again before it was answered`,
	};
}

/** Counted once, over all attempts, for the one that decides. */
function lostOften(all: readonly Weighted[], count: number): Repetition | undefined {
	const lossy = all.filter(({ transaction }) => repeatedForLoss(transaction.phone) !== undefined);
	const lost = timesOf(lossy);
	if (lost < MINIMUM_LOST || lost / count < MINIMUM_SHARE) return undefined;
	const percent = Math.round((lost / count) * 100);
	return {
		transactions: lossesOf(lossy.map(({ transaction }) => transaction)),
		summary: `${lost} of ${count} REGISTERs (${percent} %) had to be sent again before they were answered${spanWords(lossy)}`,
	};
}

/** From the first to the last that was lost: an hour of it is another fault than a day. */
function spanWords(lossy: readonly Weighted[]): string {
	const times = lossy.map(({ transaction }) => transaction.phone.request.at);
	const [first, last] = [times[0], times.at(-1)];
	if (first === undefined || last === undefined || last - first < 60_000_000) return '';
	const minutes = Math.round((last - first) / 60_000_000);
	return minutes < 120 ? `, over ${minutes} min` : `, over ${Math.round(minutes / 60)} h`;
}

function lossesOf(transactions: Attempt['transactions']): readonly RepeatedTransaction[] {
	return transactions.flatMap(({ phone }) => repeatedForLoss(phone) ?? []);
}

function inWords({ transaction }: RepeatedTransaction): Evidence {
	const { final, request } = transaction;
	const answer = final === undefined ? '' : `, then ${describeStatus(final)}`;
	return evidenceOf(request, 'REGISTER', `sent ${describeSends(transaction)}${answer}`);
}
