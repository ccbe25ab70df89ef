/** From the client transactions of one source to the registrations in it. */

import { type Endpoint, formatEndpoint, sameEndpoint } from '../net/endpoint.js';
import { firstHeader } from '../sip/header-fields.js';
import type { SipRequest, SipResponse } from '../sip/message.js';
import { addressOfRecord, parseUri } from '../sip/uri.js';
import type { Instant } from '../time/instant.js';
import type {
	DnsEvent,
	NeighbourEvent,
	NotCapturedEvent,
	Observed,
	ProbeEvent,
} from '../trace/observed.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { isStandIn } from '../transaction/cut-messages.js';
import { notCapturedByWay, withoutNotCaptured } from './answer-not-captured.js';
import { answeredUnseen } from './answered-unseen.js';
import { failoverOf, refusedBefore } from './failover.js';
import { isFlowEvent, isFlowFailure } from './flow-event.js';
import { attemptsOf, decisiveAttempt, groupByDevice } from './group.js';
import { joinEvents } from './join-events.js';
import { type LookupFinder, lookupFinder } from './lookups.js';
import { withoutOneSided } from './one-sided.js';
import { type EventsOfDevice, placeEvents } from './place-events.js';
import { probedSections } from './probed-sections.js';
import { aorOf, instanceIdOf, plainAor, requestUriOf } from './register-request.js';
import type {
	Attempt,
	AttemptEvent,
	Leg,
	RegisterTransaction,
	Registration,
	RegistrationMessage,
} from './registration.js';
import { usesProtection } from './security-agreement.js';
import { withoutSentOnce } from './sent-once.js';
import { servedAt } from './served-at.js';
import { unreadRegistrations } from './unread-registrations.js';
import { unresolvedRegistrations } from './unresolved.js';
import { unseenRequests } from './unseen-requests.js';

/** RFC 3261 §19.1.2: the ports of a SIP and of a SIPS URI without one. */
const SIP_PORT = 5060;
const SIPS_PORT = 5061;

export interface RegistrationInput {
	/** In order of time. */
	readonly transactions: readonly RegisterTransaction[];
	/** What the network told besides ICMP. */
	readonly failures: readonly AttemptEvent[];
	/** Addresses seen on the link, by which a gateway is known. */
	readonly neighbours: readonly NeighbourEvent[];
	/** Responses to REGISTERs that the source does not show. */
	readonly orphanResponses: readonly Observed<SipResponse>[];
	/** Data of connections with SIP that the source does not show. */
	readonly notCaptured: readonly NotCapturedEvent[];
	/** The registrations that a probe set out to make, in order; empty for a capture. */
	readonly probes: readonly ProbeEvent[];
	/** Addresses of phones that were told before. */
	readonly formerClients: ReadonlySet<string>;
	/** Questions to name servers that may be about SIP, in order of time. */
	readonly lookups: readonly DnsEvent[];
	/** Requests other than REGISTER. */
	readonly otherRequests: readonly Observed<SipRequest>[];
	/** Time of the source's last packet. */
	readonly observedUntil: Instant;
}

/** Every registration of one source, in order of their first REGISTER; those without one come last. */
export function registrationsOf(input: RegistrationInput): readonly Registration[] {
	const { failures, neighbours, observedUntil } = input;
	const devices = groupByDevice(input.transactions).toSorted((a, b) => startOf(a) - startOf(b));
	const lookupsOf = lookupFinder(input.lookups);
	if (input.probes.length > 0) return probedRegistrations(input, lookupsOf);
	const sipPorts = new Set([SIP_PORT, SIPS_PORT]);
	for (const { hops } of input.transactions)
		for (const { server } of hops) sipPorts.add(server.port);
	const { ofDevice, left } = joinEvents(devices, failures, neighbours, sipPorts);
	const unseen = answeredUnseen(failures, input.orphanResponses);
	const unseenAfter = unseenRequests(input.orphanResponses);
	const notCaptured = notCapturedByWay(input.notCaptured);
	const place = (events: readonly AttemptEvent[]): EventsOfDevice => {
		return { events, answeredUnseen: unseen, observedUntil };
	};
	return [
		...devices.flatMap((transactions) => {
			const attempts = attemptsOf(transactions, observedUntil, unseenAfter);
			const events = ofDevice.get(transactions) ?? [];
			const placed = withoutSentOnce(placeEvents(attempts, place(events)));
			const told = withoutOneSided(withoutNotCaptured(placed, notCaptured));
			return registrationOf(transactions, told, lookupsOf);
		}),
		...unreadRegistrations({
			left: left.filter((event) => !unseen.has(event) && !isOfFormer(event, input.formerClients)),
			events: failures,
			sipPorts,
			isServedAt: servedAt(devices),
			observedUntil,
		}),
		...unresolvedRegistrations(input),
	];
}

/** A probe makes one registration after the other, and what it was told in between is about the one under way. */
function probedRegistrations(
	input: RegistrationInput,
	lookupsOf: LookupFinder,
): readonly Registration[] {
	return probedSections(input).flatMap(({ probe, transactions, failures, until }) => {
		const devices = groupByDevice(transactions).toSorted((a, b) => startOf(a) - startOf(b));
		if (devices.length === 0) return [unsentRegistration({ ...input, failures }, probe)];
		return devices.flatMap((device) => {
			const attempts = withFailures(attemptsOf(device, until), failures);
			return registrationOf(device, attempts, lookupsOf, failures).map((one) => {
				return { ...one, probe };
			});
		});
	});
}

function isOfFormer(event: AttemptEvent, former: ReadonlySet<string>): boolean {
	if (former.size === 0 || !('src' in event)) return false;
	return former.has(typeof event.src === 'string' ? event.src : event.src.address);
}

function registrationOf(
	transactions: readonly RegisterTransaction[],
	attempts: readonly Attempt[],
	lookupsOf: LookupFinder,
	told: readonly AttemptEvent[] = [],
): Registration[] {
	const first = transactions[0]?.phone;
	if (first === undefined) return [];
	const decisive = decisiveAttempt(attempts);
	const { message } = first.request;
	const refused = refusedBefore(transactions, told);
	const { server, transport } = refused ?? first;
	const host = requestUriOf(message)?.host;
	return [
		{
			aor: plainAor(first.to) ?? aorOf(message),
			target: { host: host ?? message.requestUri, port: server.port, transport },
			failover: failoverOf(transactions, decisive, refused),
			userAgent: firstHeader(message, 'user-agent')?.value,
			instanceId: instanceIdOf(message),
			callIds: callIdsOf(transactions),
			outcome: decisive?.outcome ?? 'open',
			finalStatus: decisive?.finalStatus,
			grantedExpires: decisive?.grantedExpires,
			path: pathOf(legsOf(decisive, transactions)),
			attempts,
			decisive,
			messages: messagesOf(transactions),
			lookups: lookupsOf(
				host,
				transactions.map(({ phone }) => phone.server.address),
			),
		},
	];
}

/** The distinct ones of every hop, as far as they were captured. */
function callIdsOf(transactions: readonly RegisterTransaction[]): readonly string[] {
	const ids = new Set<string>();
	for (const { hops } of transactions)
		for (const { callId } of hops) if (!isStandIn(callId)) ids.add(callId);
	return [...ids];
}

/** The decisive attempt's transactions; those of all where it has none of its own. */
export function legsOf(
	decisive: Attempt | undefined,
	all: readonly RegisterTransaction[],
): readonly RegisterTransaction[] {
	return decisive === undefined || decisive.transactions.length === 0 ? all : decisive.transactions;
}

/**
 * A connection that broke before any answer decides the last attempt; one that another target mended does not, nor one
 * that was broken before the last REGISTER left.
 */
function withFailures(
	attempts: readonly Attempt[],
	told: readonly AttemptEvent[],
): readonly Attempt[] {
	const last = attempts.at(-1);
	if (last === undefined) return attempts;
	if (last.transactions.some(({ phone }) => phone.responses.length > 0)) return attempts;
	const sentAt = last.transactions.at(-1)?.phone.request.at ?? 0;
	const failures = told.filter((event) => event.at >= sentAt && isFailure(event));
	if (failures.length === 0) return attempts;
	return [...attempts.slice(0, -1), { ...last, outcome: 'unreachable', failures }];
}

/** As opposed to a handshake that succeeded. */
function isFailure(event: AttemptEvent): boolean {
	return !isFlowEvent(event) || isFlowFailure(event);
}

/** A probe that could not send a single REGISTER. */
function unsentRegistration(
	{ failures: told, lookups }: RegistrationInput,
	probe: ProbeEvent,
): Registration {
	const failures = told.filter(isFailure);
	const uri = parseUri(probe.aor);
	const attempt: Attempt = {
		number: 1,
		repeated: 0,
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
		lookups,
		probe,
	};
}

/**
 * Every distinct pair of hops, phone first: those of the longest way first, as it names them all in order. A server that
 * said nothing and was left for another one is on no way; what two go on with within IPsec is no other way.
 */
export function pathOf(transactions: readonly RegisterTransaction[]): readonly Leg[] {
	const last = transactions.at(-1)?.phone.server;
	const taken = transactions.filter(
		({ phone }) =>
			phone.responses.length > 0 || last === undefined || sameEndpoint(phone.server, last),
	);
	const longestFirst = taken.length > 1 ? taken.toSorted(byLength) : taken;
	const legs = new Map<string, Leg>();
	const [first] = longestFirst[0]?.hops ?? [];
	let before: Leg | undefined;
	for (const { phone, hops } of longestFirst) {
		for (const hop of hops) {
			const { client, server, transport, source } = hop;
			// Mostly it is one way all along.
			if (before !== undefined && isBetween(before, client, server)) continue;
			if (hop === phone && isProtectedLeg(first, hop)) continue;
			const key = `${formatEndpoint(client)}>${formatEndpoint(server)}`;
			before = legs.get(key) ?? { client, server, transport, source };
			legs.set(key, before);
		}
	}
	return [...legs.values()];
}

/** 3GPP TS 33.203 §7.1: within IPsec the two that spoke before use other ports. */
function isProtectedLeg(first: ClientTransaction | undefined, hop: ClientTransaction): boolean {
	if (first === undefined || hop === first) return false;
	const { client, server, request } = hop;
	return (
		server.address === first.server.address &&
		client.address === first.client.address &&
		usesProtection(request.message)
	);
}

function byLength(a: RegisterTransaction, b: RegisterTransaction): number {
	return b.hops.length - a.hops.length;
}

function isBetween(leg: Leg, client: Endpoint, server: Endpoint): boolean {
	return sameEndpoint(leg.client, client) && sameEndpoint(leg.server, server);
}

/** Every message of every hop in order of time. */
export function messagesOf(
	transactions: readonly RegisterTransaction[],
): readonly RegistrationMessage[] {
	const messages: RegistrationMessage[] = [];
	for (const { hops } of transactions) for (const hop of hops) addMessages(messages, hop);
	return messages.sort(inOrder);
}

function inOrder({ observed: a }: RegistrationMessage, { observed: b }: RegistrationMessage) {
	return a.at - b.at || a.frame - b.frame;
}

function addMessages(
	messages: RegistrationMessage[],
	{ sends, responses }: ClientTransaction,
): void {
	for (const observed of sends) messages.push({ observed, retransmission: observed !== sends[0] });
	for (const observed of responses) {
		// A stateless server answers each copy with another nonce: the same status again is the same answer.
		const first = responses.find(
			({ message }) => message.statusCode === observed.message.statusCode,
		);
		messages.push({ observed, retransmission: observed !== first });
	}
}

function startOf(transactions: readonly RegisterTransaction[]): Instant {
	return transactions[0]?.phone.request.at ?? 0;
}
