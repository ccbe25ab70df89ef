/*
 * The parts that a capture was cut into by time (`tcpdump -G`, `-C`) as one source: a request at the end of one part
 * goes on in the next, with its copies and its answers.
 */
import { formatEndpoint, sameEndpoint } from '../net/endpoint.js';
import { joinedTraffic } from '../registration/scanner-log.js';
import type { SipResponse } from '../sip/message.js';
import { identityOf } from '../sip/message-identity.js';
import type { Observed } from '../trace/observed.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { mapHops } from './map-hops.js';
import type { ReadSource } from './read-source.js';

/** Sources in order of time, as one that bears the first one's name. */
export function joinParts(parts: readonly [ReadSource, ...ReadSource[]]): ReadSource {
	return parts.slice(1).reduce(joinNext, parts[0]);
}

function joinNext(before: ReadSource, next: ReadSource): ReadSource {
	const { transactions, orphanResponses } = joinTransactions(before, next);
	return {
		facts: {
			...before.facts,
			lastPacketAt: next.facts.lastPacketAt ?? before.facts.lastPacketAt,
		},
		transactions,
		responseTimes: before.responseTimes.plus(next.responseTimes),
		otherRequests: [...before.otherRequests, ...next.otherRequests],
		neighbours: [...before.neighbours, ...next.neighbours],
		failures: [...before.failures, ...next.failures],
		lookups: [...before.lookups, ...next.lookups],
		orphanResponses: [...before.orphanResponses, ...orphanResponses],
		formerClients: new Set([...before.formerClients, ...next.formerClients]),
		keepAlives: [...before.keepAlives, ...next.keepAlives],
		keptAlive: new Set([...before.keptAlive, ...next.keptAlive]),
		stun: [...before.stun, ...next.stun],
		refused: [...before.refused, ...next.refused],
		notCaptured: [...before.notCaptured, ...next.notCaptured],
		scanners: joinedTraffic([before.scanners, next.scanners]),
		probes: [...before.probes, ...next.probes],
		experiments: [...before.experiments, ...next.experiments],
		otherAnswers: [...before.otherAnswers, ...next.otherAnswers],
		checked: next.checked,
	};
}

function joinTransactions(
	before: ReadSource,
	next: ReadSource,
): Pick<ReadSource, 'transactions' | 'orphanResponses'> {
	const copies = new Map<string, ClientTransaction>();
	for (const { hops } of next.transactions) for (const hop of hops) copies.set(hopKey(hop), hop);
	const orphans = new Map<string, Observed<SipResponse>[]>();
	for (const response of next.orphanResponses) {
		const key = answerKey(identityOf(response.message));
		orphans.set(key, [...(orphans.get(key) ?? []), response]);
	}
	const continued = new Set<ClientTransaction>();
	const answers = new Set<Observed<SipResponse>>();
	const joined = before.transactions.map((transaction) =>
		mapHops(transaction, (hop) => {
			const copy = copies.get(hopKey(hop));
			if (copy !== undefined) continued.add(copy);
			const late =
				hop.final === undefined
					? (orphans.get(answerKey(hop)) ?? []).filter((response) => isAnswer(response, hop))
					: [];
			for (const response of late) answers.add(response);
			return joinedHop(hop, copy, late);
		}),
	);
	const others = next.transactions.filter(({ phone }) => !continued.has(phone));
	return {
		transactions: [...joined, ...others],
		orphanResponses: next.orphanResponses.filter((response) => !answers.has(response)),
	};
}

function joinedHop(
	hop: ClientTransaction,
	copy: ClientTransaction | undefined,
	late: readonly Observed<SipResponse>[],
): ClientTransaction {
	if (copy === undefined && late.length === 0) return hop;
	const responses = [...hop.responses, ...late, ...(copy?.responses ?? [])];
	return {
		...hop,
		sends: [...hop.sends, ...(copy?.sends ?? [])],
		moreSends: (hop.moreSends ?? 0) + (copy?.moreSends ?? 0),
		responses,
		final: responses.find(({ message }) => message.statusCode >= 200),
		unreachable: [...hop.unreachable, ...(copy?.unreachable ?? [])],
	};
}

function hopKey({ client, server, branch, callId, cseq, request }: ClientTransaction): string {
	const { credentials } = identityOf(request.message);
	const ends = `${formatEndpoint(client)} ${formatEndpoint(server)}`;
	return [ends, branch ?? '', callId, cseq ?? '', credentials].join('|');
}

function answerKey({
	branch,
	callId,
	cseq,
}: {
	readonly branch: string | undefined;
	readonly callId: string;
	readonly cseq: number | { readonly number: number } | undefined;
}): string {
	const number = typeof cseq === 'object' ? cseq.number : cseq;
	return [branch ?? '', callId, number ?? ''].join('|');
}

/** By direction, as its identity is that of the hop. */
function isAnswer({ src, dst }: Observed<SipResponse>, hop: ClientTransaction): boolean {
	return sameEndpoint(dst, hop.client) && src.address === hop.server.address;
}
