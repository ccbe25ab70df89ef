/** Whether two captures tell of one connection that carried no readable REGISTER: no Call-ID says so, only the flow. */
import { isPrivateAddress } from '../net/address.js';
import { formatEndpoint } from '../net/endpoint.js';
import { type FlowEvent, isFlowEvent } from './flow-event.js';
import type { AttemptEvent } from './registration.js';

/** A connection begins at one time on both sides of a network, as far as clocks agree and SYNs are repeated. */
const SAME_MOMENT_US = 5_000_000;

/** Connections to one server that are looked at: a crowd, or an attack, needs no more. */
const MAX_CANDIDATES = 512;

/** Connections by the server that they were opened to. */
export type ConnectionIndex = ReadonlyMap<string, readonly FlowEvent[]>;

export function indexConnections(events: readonly AttemptEvent[]): ConnectionIndex {
	const byServer = new Map<string, FlowEvent[]>();
	for (const event of events.filter(isFlowEvent)) {
		const key = formatEndpoint(event.dst);
		const known = byServer.get(key);
		if (known === undefined) byServer.set(key, [event]);
		else if (known.length < MAX_CANDIDATES) known.push(event);
	}
	return byServer;
}

/** Whether any event of the one is about a connection of the other. */
export function shareConnection(
	one: readonly AttemptEvent[],
	other: readonly AttemptEvent[],
): boolean {
	if (one.length === 0 || other.length === 0) return false;
	return areAmong(one, indexConnections(other));
}

/** Whether any of the events is about a connection of the index. */
export function areAmong(events: readonly AttemptEvent[], index: ConnectionIndex): boolean {
	return events
		.filter(isFlowEvent)
		.some((event) => index.get(formatEndpoint(event.dst))?.some((each) => isSame(event, each)));
}

/** To the same server at the same time, by the same client or by what a NAT made of it. */
function isSame(a: FlowEvent, b: FlowEvent): boolean {
	if (Math.abs(a.at - b.at) > SAME_MOMENT_US) return false;
	if (a.src.address === b.src.address) return a.src.port === b.src.port;
	return isPrivateAddress(a.src.address) !== isPrivateAddress(b.src.address);
}
