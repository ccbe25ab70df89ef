/*
 * Which registration an event of the network explains: the one whose flow it names, else the only phone at that address
 * that was about to register, or whose server it concerns. What fits nobody is left over: it may be a phone of which no
 * REGISTER was read.
 */
import { formatEndpoint, sameEndpoint } from '../net/endpoint.js';
import type { Transport } from '../net/transport.js';
import { elapsedMs, type Instant } from '../time/instant.js';
import type { FragmentEvent, NeighbourEvent } from '../trace/observed.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { type FlowEvent, flowKey, flowOf } from './flow-event.js';
import { appendToList } from './lists-by-key.js';
import { beginningsOf } from './lost-fragments.js';
import { isNextHop } from './next-hop.js';
import { patienceMs } from './place-events.js';
import type { AttemptEvent, RegisterTransaction } from './registration.js';

/** More phones than this behind one address are a NAT or a trunk: nobody can say whose connection failed. */
export const MAX_PHONES = 64;

/** The REGISTER transactions of one device and address-of-record, in order of time. */
export type Device = readonly RegisterTransaction[];

export interface JoinedEvents {
	readonly ofDevice: ReadonlyMap<Device, readonly AttemptEvent[]>;
	/** Events of clients that no REGISTER was read of. */
	readonly left: readonly AttemptEvent[];
}

/** Every event with the devices it concerns; resolutions are a probe's and are left to it. */
export function joinEvents(
	devices: readonly Device[],
	events: readonly AttemptEvent[],
	neighbours: readonly NeighbourEvent[],
	sipPorts: ReadonlySet<number>,
): JoinedEvents {
	const ofDevice = new Map<Device, AttemptEvent[]>();
	if (events.length === 0) return { ofDevice, left: [] };
	const hasFragments = events.some(({ kind }) => kind === 'fragments-lost');
	const index = {
		...indexOf(devices),
		byBeginning: hasFragments ? indexBeginnings(devices) : new Map<string, Device>(),
		sipPorts: portsOf(events, sipPorts),
	};
	const left: AttemptEvent[] = [];
	for (const event of events.toSorted((a, b) => a.at - b.at)) {
		const found = devicesOf(event, index, neighbours);
		if (found === 'nobody') left.push(event);
		else for (const device of found) appendToList(ofDevice, device, event);
	}
	return { ofDevice, left };
}

/** WebSocket for SIP is on any port that was asked for it. */
function portsOf(
	events: readonly AttemptEvent[],
	sipPorts: ReadonlySet<number>,
): ReadonlySet<number> {
	const upgraded = events.flatMap((event) => (event.kind === 'websocket' ? [event.dst.port] : []));
	return new Set([...sipPorts, ...upgraded]);
}

interface Index {
	readonly sipPorts: ReadonlySet<number>;
	readonly byFlow: ReadonlyMap<string, readonly Device[]>;
	readonly byClient: ReadonlyMap<string, readonly Device[]>;
	readonly byCallId: ReadonlyMap<string, readonly Device[]>;
	/** By source and frame of the messages that are in a first fragment. */
	readonly byBeginning: ReadonlyMap<string, Device>;
	/** Addresses that answer or are asked as servers. */
	readonly servers: ReadonlySet<string>;
}

function indexBeginnings(devices: readonly Device[]): ReadonlyMap<string, Device> {
	return new Map(
		devices.flatMap((device) =>
			beginningsOf(hopsOf(device)).map(({ source, frame }) => [`${source} ${frame}`, device]),
		),
	);
}

function indexOf(
	devices: readonly Device[],
): Pick<Index, 'byFlow' | 'byClient' | 'byCallId' | 'servers'> {
	const byFlow = new Map<string, Device[]>();
	const byClient = new Map<string, Device[]>();
	const byCallId = new Map<string, Device[]>();
	const servers = new Set<string>();
	for (const device of devices) {
		const hops = hopsOf(device);
		for (const { server } of hops) servers.add(server.address);
		// A set for each device: a trunk's thousands of phones share one address.
		const flows = hops.map(({ client, server }) => flowKey({ src: client, dst: server }));
		for (const flow of new Set(flows)) appendToList(byFlow, flow, device);
		for (const client of new Set(hops.map((hop) => hop.client.address)))
			appendToList(byClient, client, device);
		for (const callId of new Set(hops.map((hop) => hop.callId)))
			appendToList(byCallId, callId, device);
	}
	return { byFlow, byClient, byCallId, servers };
}

function devicesOf(
	event: AttemptEvent,
	index: Index,
	neighbours: readonly NeighbourEvent[],
): readonly Device[] | 'nobody' {
	switch (event.kind) {
		case 'resolution':
		case 'dns':
			return 'nobody';
		case 'fragments-lost':
			return ofFragments(event, index);
		case 'neighbour-unanswered': {
			const known = (index.byClient.get(event.asker) ?? []).slice(0, MAX_PHONES);
			return known.filter((device) => isNextHop(event, device, neighbours));
		}
		case 'foreign-answer':
			return index.byFlow.get(flowOf(event) ?? '') ?? [];
		case 'connection':
		case 'tls':
		case 'websocket':
			return ofFlow(event, index);
	}
}

function ofFlow(event: FlowEvent, index: Index): readonly Device[] | 'nobody' {
	const onFlow = index.byFlow.get(flowKey(event));
	if (onFlow !== undefined) return onFlow;
	const { src, dst } = event;
	// A server that connects to the Contact of a phone is not a phone that registers.
	if (index.servers.has(src.address) && index.byClient.has(dst.address)) return [];
	const known = index.byClient.get(src.address) ?? [];
	if (known.length > MAX_PHONES) return 'nobody';
	const sameServer = known.filter((device) =>
		hopsOf(device).some(({ server, transport }) => {
			return isStream(transport) && sameEndpoint(server, dst);
		}),
	);
	// Of another server only what is meant for SIP: a phone asks web servers as well.
	const near = index.sipPorts.has(dst.port) ? known.filter((each) => isNear(each, event)) : [];
	const candidates = sameServer.length > 0 ? sameServer : near;
	// Several phones behind one NAT: nobody can say whose connection it was, unless they are lines of one flow.
	return candidates.length > 0 && isOnePhone(candidates) ? candidates : 'nobody';
}

function isStream(transport: Transport): boolean {
	return transport !== 'udp';
}

/** About to register: shortly before its first REGISTER, or not long after its last message. */
function isNear(device: Device, event: AttemptEvent): boolean {
	const { at } = event;
	const first = device[0]?.phone.request.at ?? at;
	const last = Math.max(first, ...device.map(({ phone }) => lastOf(phone)));
	const patience = patienceMs(event);
	return elapsedMs(at, first) <= patience && elapsedMs(last, at) <= patience;
}

function lastOf({ sends, responses }: ClientTransaction): Instant {
	return Math.max(0, ...sends.map(({ at }) => at), ...responses.map(({ at }) => at));
}

function isOnePhone(devices: readonly Device[]): boolean {
	const flows = devices.map(
		(device) => new Set(hopsOf(device).map(({ client }) => formatEndpoint(client))),
	);
	const [first] = flows;
	return flows.every((flow) => [...flow].some((client) => first?.has(client)));
}

/** By the message or the Call-ID in the first fragment; without a first fragment by addresses, where they name one device. */
function ofFragments(event: FragmentEvent, index: Index): readonly Device[] | 'nobody' {
	for (const frame of event.frames) {
		const own = index.byBeginning.get(`${event.source} ${frame}`);
		if (own !== undefined) return [own];
	}
	const callId = callIdIn(event.first?.text ?? '');
	if (callId !== undefined) return index.byCallId.get(callId) ?? 'nobody';
	const ends = [
		[event.src, event.dst],
		[event.dst, event.src],
	] as const;
	for (const [client, server] of ends) {
		const behind = index.byClient.get(client) ?? [];
		if (behind.length > MAX_PHONES) return [];
		const known = behind.filter((device) =>
			hopsOf(device).some((hop) => hop.server.address === server && hop.transport === 'udp'),
		);
		const near = known.filter((device) => isNear(device, event));
		if (near.length > 0) return isOnePhone(near) ? near : [];
	}
	return event.first === undefined ? [] : 'nobody';
}

/** The Call-ID of a message whose end is missing, long or compact form (RFC 3261 §20.8). */
export function callIdIn(text: string): string | undefined {
	return /^(?:call-id|i)[ \t]*:[ \t]*(\S+)/im.exec(text)?.[1];
}

function hopsOf(device: Device): readonly ClientTransaction[] {
	return device.flatMap(({ hops }) => hops);
}
