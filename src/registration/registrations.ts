/** From the client transactions of one source to the registrations in it. */

import { formatEndpoint } from '../net/endpoint.js';
import { firstHeader } from '../sip/header-fields.js';
import type { SipRequest } from '../sip/message.js';
import { addressOfRecord, parseUri } from '../sip/uri.js';
import type { Instant } from '../time/instant.js';
import type {
	ConnectionEvent,
	DnsEvent,
	Observed,
	ProbeEvent,
	ResolutionEvent,
} from '../trace/observed.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { attemptsOf, decisiveAttempt, groupByDevice } from './group.js';
import { joinHops } from './hops.js';
import { type LookupFinder, lookupFinder } from './lookups.js';
import { aorOf, instanceIdOf, requestUriOf } from './register-request.js';
import type {
	Attempt,
	Leg,
	RegisterTransaction,
	Registration,
	RegistrationMessage,
} from './registration.js';
import { unresolvedRegistrations } from './unresolved.js';

export interface RegistrationInput {
	readonly transactions: readonly ClientTransaction[];
	/** What kept a probe from sending; a capture has none. */
	readonly failures: readonly (ConnectionEvent | ResolutionEvent)[];
	readonly probe: ProbeEvent | undefined;
	/** Questions to name servers that may be about SIP, in order of time. */
	readonly lookups: readonly DnsEvent[];
	/** Requests other than REGISTER. */
	readonly otherRequests: readonly Observed<SipRequest>[];
	/** Time of the source's last packet. */
	readonly observedUntil: Instant;
}

/** Every registration of one source, in order of their first REGISTER. */
export function registrationsOf(input: RegistrationInput): readonly Registration[] {
	const devices = groupByDevice(joinHops(input.transactions)).toSorted(
		(a, b) => startOf(a) - startOf(b),
	);
	if (devices.length === 0 && input.probe !== undefined)
		return [unsentRegistration(input, input.probe)];
	const lookupsOf = lookupFinder(input.lookups);
	return [
		...devices.flatMap((transactions) => registrationOf(transactions, input, lookupsOf)),
		...unresolvedRegistrations(input),
	];
}

function registrationOf(
	transactions: readonly RegisterTransaction[],
	{ observedUntil, failures }: RegistrationInput,
	lookupsOf: LookupFinder,
): Registration[] {
	const first = transactions[0]?.phone;
	if (first === undefined) return [];
	const attempts = withFailures(attemptsOf(transactions, observedUntil), failures);
	const decisive = decisiveAttempt(attempts);
	const { message } = first.request;
	return [
		{
			aor: aorOf(message),
			target: {
				host: requestUriOf(message)?.host ?? message.requestUri,
				port: first.server.port,
				transport: first.transport,
			},
			userAgent: firstHeader(message, 'user-agent')?.value,
			instanceId: instanceIdOf(message),
			callIds: [...new Set(transactions.flatMap(({ hops }) => hops.map(({ callId }) => callId)))],
			outcome: decisive?.outcome ?? 'open',
			finalStatus: decisive?.finalStatus,
			grantedExpires: decisive?.grantedExpires,
			path: pathOf(decisive?.transactions ?? transactions),
			attempts,
			decisive,
			messages: messagesOf(transactions),
			lookups: lookupsOf(
				requestUriOf(message)?.host,
				transactions.map(({ phone }) => phone.server.address),
			),
		},
	];
}

/** A connection that broke before any answer decides the last attempt; one that another target mended does not. */
function withFailures(
	attempts: readonly Attempt[],
	failures: readonly (ConnectionEvent | ResolutionEvent)[],
): readonly Attempt[] {
	const last = attempts.at(-1);
	if (last === undefined || failures.length === 0) return attempts;
	if (last.transactions.some(({ phone }) => phone.responses.length > 0)) return attempts;
	return [...attempts.slice(0, -1), { ...last, outcome: 'unreachable', failures }];
}

/** A probe that could not send a single REGISTER. */
function unsentRegistration({ failures }: RegistrationInput, probe: ProbeEvent): Registration {
	const uri = parseUri(probe.aor);
	const attempt: Attempt = {
		number: 1,
		transactions: [],
		outcome: failures.length > 0 ? 'unreachable' : 'open',
		finalStatus: undefined,
		grantedExpires: undefined,
		failures,
	};
	return {
		aor: uri.ok ? addressOfRecord(uri.value) : probe.aor,
		target: probe.target,
		userAgent: undefined,
		instanceId: undefined,
		callIds: [],
		outcome: attempt.outcome,
		finalStatus: undefined,
		grantedExpires: undefined,
		path: [],
		attempts: [attempt],
		decisive: attempt,
		messages: [],
		lookups: [],
	};
}

/** Every distinct pair of hops, phone first: those of the longest way first, as it names them all in order. */
function pathOf(transactions: readonly RegisterTransaction[]): readonly Leg[] {
	const legs = new Map<string, Leg>();
	const longestFirst = transactions.toSorted((a, b) => b.hops.length - a.hops.length);
	for (const { client, server, transport, source } of longestFirst.flatMap(({ hops }) => hops)) {
		const key = `${formatEndpoint(client)}>${formatEndpoint(server)}`;
		if (!legs.has(key)) legs.set(key, { client, server, transport, source });
	}
	return [...legs.values()];
}

function messagesOf(transactions: readonly RegisterTransaction[]): readonly RegistrationMessage[] {
	return transactions
		.flatMap(({ hops }) => hops)
		.flatMap(messagesOfHop)
		.toSorted((a, b) => a.observed.at - b.observed.at || a.observed.frame - b.observed.frame);
}

function messagesOfHop({ sends, responses }: ClientTransaction): readonly RegistrationMessage[] {
	const requests = sends.map((observed, index) => ({ observed, retransmission: index > 0 }));
	const answers = responses.map((observed, index) => ({
		observed,
		// A stateless server answers each copy with another nonce: the same status again is the same answer.
		retransmission: responses
			.slice(0, index)
			.some(({ message }) => message.statusCode === observed.message.statusCode),
	}));
	return [...requests, ...answers];
}

function startOf(transactions: readonly RegisterTransaction[]): Instant {
	return transactions[0]?.phone.request.at ?? 0;
}
