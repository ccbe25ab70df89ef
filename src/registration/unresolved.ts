/*
 * Phones that never got to send a REGISTER because the DNS led them nowhere: a registration without an
 * address-of-record (design §2, aor), one for each client and domain.
 */
import { isPrivateAddress } from '../net/address.js';
import { isSecure } from '../net/transport.js';
import { findToUri } from '../sip/headers/from-to.js';
import type { SipRequest } from '../sip/message.js';
import { elapsedMs, type Instant } from '../time/instant.js';
import type { DnsEvent, Observed } from '../trace/observed.js';
import { groupedBy } from './lists-by-key.js';
import { domainOf, isAddressQuestion, lookupsFor, serviceOf } from './lookups.js';
import { failedLookups } from './name-failure.js';
import { requestUriOf } from './register-request.js';
import type { RegisterTransaction, Registration } from './registration.js';

/** A question sent once is not unanswered before this: its answer may come after the end of the source. */
const PATIENCE_MS = 4_000;

/** A resolver that got an answer asks the next question at once. */
const NEXT_QUESTION_MS = 1_000;

/** A router waits for its own resolver before it answers a phone, or asks again. */
const FORWARD_MS = 6_000;

/** Domains that one client may look for: a phone has a few, and who asks for thousands is none. */
const MAX_DOMAINS = 32;

export interface UnresolvedInput {
	readonly lookups: readonly DnsEvent[];
	readonly transactions: readonly RegisterTransaction[];
	/** Requests other than REGISTER: what they name, and whom they reached. */
	readonly otherRequests: readonly Observed<SipRequest>[];
	/** Addresses of phones that were told before. */
	readonly formerClients: ReadonlySet<string>;
	readonly observedUntil: Instant;
}

/** One registration a client and domain that the DNS did not lead to any server. */
export function unresolvedRegistrations(input: UnresolvedInput): readonly Registration[] {
	const { lookups, transactions, otherRequests, formerClients } = input;
	if (lookups.length === 0) return [];
	const speakers = new Set([
		...transactions
			.flatMap(({ hops }) => hops)
			.flatMap(({ client, server }) => [client.address, server.address]),
		// Whom a request reached is a server, or a phone that is registered.
		...otherRequests.map(({ dst }) => dst.address),
	]);
	const sipNames = new Set(otherRequests.flatMap(domainsOf));
	const forwarded = forwardedQuestions(lookups);
	const own = lookups.filter((event) => {
		const client = event.src.address;
		return !speakers.has(client) && !formerClients.has(client) && !forwarded.has(event);
	});
	const byClient = groupedBy(own, ({ src }) => src.address);
	return [...byClient.values()].flatMap((asked) =>
		domainsIn(asked, sipNames).flatMap(
			(domain) => unresolvedRegistration(domain, lookupsFor(domain, asked), input) ?? [],
		),
	);
}

/** The domains that a request is about. */
function domainsOf({ message }: Observed<SipRequest>): readonly string[] {
	const hosts = [requestUriOf(message)?.host, findToUri(message)?.host];
	return hosts.flatMap((host) => host?.toLowerCase() ?? []);
}

/**
 * What a router asks on for its phones, or the same packet behind its NAT: the question came to this host as well, or a
 * private address asked it at about the same time as a public one.
 */
function forwardedQuestions(lookups: readonly DnsEvent[]): ReadonlySet<DnsEvent> {
	const received = new Set(lookups.map((event) => questionKey(event, event.dst.address)));
	const inside = new Map<string, Instant>();
	for (const event of lookups) {
		if (isPrivateAddress(event.src.address)) inside.set(questionKey(event), event.at);
	}
	const isForwarded = (event: DnsEvent) => {
		if (received.has(questionKey(event, event.src.address))) return true;
		const asked = inside.get(questionKey(event));
		if (asked === undefined || isPrivateAddress(event.src.address)) return false;
		return Math.abs(elapsedMs(asked, event.at)) <= FORWARD_MS;
	};
	return new Set(lookups.filter(isForwarded));
}

function questionKey({ type, name }: DnsEvent, host = ''): string {
	return `${host} ${type} ${name}`;
}

/** Domains whose SIP server was looked for. A name behind which a resolver put its search domain is not one. */
function domainsIn(asked: readonly DnsEvent[], sipNames: ReadonlySet<string>): readonly string[] {
	const services = [...new Set(asked.flatMap((event) => domainOf(event) ?? []))].slice(
		0,
		MAX_DOMAINS,
	);
	const named = new Set(services.flatMap((domain) => lookupsFor(domain, asked)));
	const hosts = asked
		.filter((event) => isAddressQuestion(event) && !named.has(event))
		.map(({ name }) => name)
		.filter((name) => /^sips?\./.test(name) || sipNames.has(name));
	const domains = [...new Set([...services, ...hosts])].slice(0, 2 * MAX_DOMAINS);
	return domains.filter((domain) => !domains.some((other) => domain.startsWith(`${other}.`)));
}

function unresolvedRegistration(
	domain: string,
	lookups: readonly DnsEvent[],
	{ observedUntil }: UnresolvedInput,
): Registration | undefined {
	const failures = failedLookups(lookups).filter(
		(event) => event.outcome !== 'unanswered' || isAskedAgain(lookups),
	);
	const isOver = failures.some((event) => event.outcome === 'nxdomain' && isAddressQuestion(event));
	if (failures.length === 0 || (!isOver && failures.some((one) => isOpen(one, observedUntil))))
		return undefined;
	const transport = lookups.flatMap(({ name }) => serviceOf(name)?.transport ?? [])[0] ?? 'udp';
	const attempt = {
		number: 1,
		repeated: 0,
		transactions: [],
		outcome: 'unreachable',
		finalStatus: undefined,
		grantedExpires: undefined,
		failures,
	} as const;
	return {
		aor: undefined,
		target: {
			host: domain,
			port: isSecure(transport) ? 5061 : 5060,
			transport,
		},
		userAgent: undefined,
		instanceId: undefined,
		callIds: [],
		outcome: 'unreachable',
		finalStatus: undefined,
		grantedExpires: undefined,
		path: [],
		attempts: [attempt],
		decisive: attempt,
		messages: [],
		lookups,
	};
}

/**
 * Who gets no answer asks again, or another question (RFC 1035 §4.2.1): where one alone has none, the capture may miss it.
 */
function isAskedAgain(lookups: readonly DnsEvent[]): boolean {
	const unanswered = lookups.filter(({ outcome }) => outcome === 'unanswered');
	return unanswered.reduce((sum, { copies }) => sum + copies, 0) >= 2;
}

/** Without NAPTR or SRV a phone asks for the next (RFC 3263 §4.2): where the source ends here, it may have. */
function isOpen(event: DnsEvent, observedUntil: Instant): boolean {
	const since = elapsedMs(event.at, observedUntil);
	if (event.outcome === 'unanswered') return event.copies < 2 && since < PATIENCE_MS;
	return !isAddressQuestion(event) && since < NEXT_QUESTION_MS;
}
