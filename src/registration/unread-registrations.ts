/*
 * Phones of which no REGISTER was read, because their connection, TLS handshake or WebSocket never came up, or a fragment
 * is missing: one registration for each client, name or address, port and transport (design §2, aor). Only what is told
 * of a SIP port, and only where nothing shows that the phone got through in another way.
 */
import { isPrivateAddress } from '../net/address.js';
import { type Endpoint, sameEndpoint } from '../net/endpoint.js';
import type { Transport } from '../net/transport.js';
import type { Instant } from '../time/instant.js';
import type { FragmentEvent } from '../trace/observed.js';
import {
	type FlowEvent,
	flowKey,
	isConnectFailure,
	isFlowEvent,
	isFlowFailure,
	isFlowSuccess,
	isLargeSegmentLost,
} from './flow-event.js';
import { groupedBy } from './lists-by-key.js';
import { isOfRegister } from './lost-fragments.js';
import { attemptOfEvents, isSameAttempt } from './place-events.js';
import type { Attempt, AttemptEvent, Registration } from './registration.js';
import { areAmong, indexConnections } from './same-connection.js';

const SIP_PORT = 5060;
const SIPS_PORT = 5061;

/** One client that fails at more servers than this is looking for servers, not registering. */
const MAX_SERVERS_OF_CLIENT = 8;
const MAX_REGISTRATIONS = 1_000;

export interface UnreadInput {
	/** Events that no registration explains. */
	readonly left: readonly AttemptEvent[];
	/** Every event of the source: what else happened on the same flow and to the same client. */
	readonly events: readonly AttemptEvent[];
	/** The default ports, and those on which SIP was seen. */
	readonly sipPorts: ReadonlySet<number>;
	/** True where the client at this address is registered or answered at or soon after this time. */
	readonly isServedAt: (address: string, at: Instant) => boolean;
	readonly observedUntil: Instant;
}

interface Target {
	readonly client: Endpoint;
	readonly server: Endpoint;
	readonly host: string;
	readonly transport: Transport;
}

type TargetEvent = FlowEvent | FragmentEvent;

/** The registrations with `aor: undefined`, in order of their first event. */
export function unreadRegistrations(input: UnreadInput): readonly Registration[] {
	if (input.left.length === 0) return [];
	const flows = flowsOf(input.events);
	const successes = successesOf(input.events);
	const told = input.left.filter((event): event is TargetEvent =>
		isOurs(event, input.sipPorts, flows),
	);
	const groups = new Map<string, { target: Target; events: TargetEvent[] }>();
	for (const event of told) {
		const target = targetOf(event, flows);
		const { client, server, host, transport } = target;
		const key = [event.source, client.address, host, server.port, transport].join(' ');
		const group = groups.get(key) ?? { target, events: [] };
		// The latest flow names the client: that is the one the decisive attempt used.
		group.events.push(event);
		groups.set(key, { target, events: group.events });
	}
	const scanners = scannersIn([...groups.values()].map(({ target }) => target));
	const inside = indexConnections(told.filter(isInside));
	return (
		[...groups.values()]
			.filter(({ target }) => !scanners.has(target.client.address))
			// The same once more behind the NAT of this very host.
			.filter(({ events }) => events.some(isInside) || !areAmong(events, inside))
			.filter(({ events, target }) => {
				const { address } = target.client;
				const last = events.at(-1);
				if (isOvercome(last, target, successes.get(address) ?? [])) return false;
				return !input.isServedAt(address, last?.at ?? 0);
			})
			.slice(0, MAX_REGISTRATIONS)
			.flatMap(({ events, target }) => registrationOf(events, target, input.observedUntil))
	);
}

function isInside(event: TargetEvent): boolean {
	return event.kind !== 'fragments-lost' && isPrivateAddress(event.src.address);
}

/** What is told of the SIP ports, and of WebSocket on any: a refused connection elsewhere is somebody else's. */
function isOurs(event: AttemptEvent, sipPorts: ReadonlySet<number>, flows: Flows): boolean {
	if (event.kind === 'fragments-lost') return isOfRegister(event);
	if (!isFlowEvent(event) || !isFlowFailure(event)) return false;
	if (event.kind === 'websocket') return true;
	if (!sipPorts.has(event.dst.port)) return false;
	if (event.kind === 'tls' || isConnectFailure(event)) return true;
	// Of a connection that came up and was cut TLS tells more; a FIN alone may end an idle one.
	const facts = flows.get(flowKey(event));
	if (facts?.isUp === true) return false;
	return facts?.hasFailed === true || event.outcome === 'reset' || isLargeSegmentLost(event);
}

interface FlowFacts {
	readonly serverName: string | undefined;
	readonly transport: Transport;
	/** TLS or WebSocket did not come up on it, or did. */
	readonly hasFailed: boolean;
	readonly isUp: boolean;
}

type Flows = ReadonlyMap<string, FlowFacts>;

/** What TLS and WebSocket tell of each flow. */
function flowsOf(events: readonly AttemptEvent[]): Flows {
	const flows = new Map<string, FlowFacts>();
	for (const event of events) {
		if (event.kind !== 'tls' && event.kind !== 'websocket') continue;
		const key = flowKey(event);
		const known = flows.get(key);
		const named = event.kind === 'tls' ? event.serverName : undefined;
		flows.set(key, {
			serverName: named ?? known?.serverName,
			transport: event.kind === 'websocket' ? event.transport : (known?.transport ?? 'tls'),
			hasFailed: isFlowFailure(event) || known?.hasFailed === true,
			isUp: isFlowSuccess(event) || known?.isUp === true,
		});
	}
	return flows;
}

/** Client address → connections on which TLS or WebSocket carried data; when they began, and with whom. */
function successesOf(events: readonly AttemptEvent[]): ReadonlyMap<string, readonly FlowEvent[]> {
	const successes = events.filter(isFlowEvent).filter(isFlowSuccess);
	return groupedBy(successes, ({ src }) => src.address);
}

/** A later connection that works, or an earlier one to another server: nobody saw it end, so it may serve the phone. */
function isOvercome(
	last: TargetEvent | undefined,
	{ server }: Target,
	successes: readonly FlowEvent[],
): boolean {
	if (last === undefined) return true;
	return successes.some(({ at, dst }) => at >= last.at || !sameEndpoint(dst, server));
}

function targetOf(event: TargetEvent, flows: ReadonlyMap<string, FlowFacts>): Target {
	if (event.kind === 'fragments-lost') {
		const { first, src, dst } = event;
		return {
			client: { address: src, port: first?.srcPort ?? SIP_PORT },
			server: { address: dst, port: first?.dstPort ?? SIP_PORT },
			host: dst,
			transport: 'udp',
		};
	}
	const { src, dst } = event;
	const facts = flows.get(flowKey(event));
	const named = event.kind === 'connection' ? event.transport : facts?.transport;
	const byPort: Transport = dst.port === SIPS_PORT ? 'tls' : 'tcp';
	return {
		client: src,
		server: dst,
		host: facts?.serverName ?? dst.address,
		transport: facts?.transport ?? (named === undefined || named === 'tcp' ? byPort : named),
	};
}

function scannersIn(targets: readonly Target[]): ReadonlySet<string> {
	const servers = new Map<string, Set<string>>();
	for (const { client, server } of targets) {
		const known = servers.get(client.address) ?? new Set();
		servers.set(client.address, known.add(server.address));
	}
	return new Set(
		[...servers].flatMap(([client, known]) => (known.size > MAX_SERVERS_OF_CLIENT ? [client] : [])),
	);
}

function registrationOf(
	events: readonly TargetEvent[],
	{ client, server, host, transport }: Target,
	observedUntil: Instant,
): Registration[] {
	const attempts = attemptsOf(events, observedUntil);
	const decisive = attempts.findLast(({ outcome }) => outcome !== 'open');
	const source = events[0]?.source;
	// A single REGISTER that is not whole, and no time to see what becomes of it, is no registration yet.
	if (decisive === undefined || source === undefined) return [];
	return [
		{
			aor: undefined,
			target: { host, port: server.port, transport },
			userAgent: undefined,
			instanceId: undefined,
			callIds: [],
			outcome: decisive.outcome,
			finalStatus: undefined,
			grantedExpires: undefined,
			path: [{ client, server, transport, source }],
			attempts,
			decisive,
			messages: [],
			lookups: [],
		},
	];
}

function attemptsOf(events: readonly TargetEvent[], observedUntil: Instant): readonly Attempt[] {
	const runs: TargetEvent[][] = [];
	for (const event of events) {
		const run = runs.at(-1);
		const before = run?.at(-1);
		const goesOn = before !== undefined && isSameAttempt(before, event);
		if (run === undefined || !goesOn) runs.push([event]);
		else run.push(event);
	}
	return runs.map((run, index) => ({ ...attemptOfEvents(run, observedUntil), number: index + 1 }));
}
