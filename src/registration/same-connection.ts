/** Whether two captures, or two sides of a NAT, show one connection that carried no readable REGISTER. */
import { formatEndpoint } from '../net/endpoint.js';
import { type FlowEvent, isFlowEvent } from './flow-event.js';
import type { AttemptEvent } from './registration.js';
import { type SightingIndex, sameClient } from './same-client.js';

/** A connection begins at one time on both sides of a network, as far as clocks agree and SYNs are repeated. */
const SAME_MOMENT_US = 5_000_000;

const CONNECTIONS = sameClient<FlowEvent>(({ dst }) => formatEndpoint(dst), SAME_MOMENT_US);

/** Connections by the server that they were opened to. */
export function indexConnections(events: readonly AttemptEvent[]): SightingIndex<FlowEvent> {
	return CONNECTIONS.index(events.filter(isFlowEvent));
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
export function areAmong(
	events: readonly AttemptEvent[],
	index: SightingIndex<FlowEvent>,
): boolean {
	return CONNECTIONS.areAmong(events.filter(isFlowEvent), index);
}

/** How far the connections are apart that fit best, less is nearer; undefined where none of the one is of the index. */
export function connectionDistance(
	events: readonly AttemptEvent[],
	index: SightingIndex<FlowEvent>,
): number | undefined {
	return CONNECTIONS.distance(events.filter(isFlowEvent), index);
}
