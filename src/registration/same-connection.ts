/** Whether two captures tell of one connection that carried no readable REGISTER: no Call-ID says so, only the flow. */
import { isPrivateAddress } from '../net/address.js';
import { sameEndpoint } from '../net/endpoint.js';
import { type FlowEvent, isFlowEvent } from './flow-event.js';
import type { AttemptEvent } from './registration.js';

/** A connection begins at one time on both sides of a network, as far as clocks agree and SYNs are repeated. */
const SAME_MOMENT_US = 5_000_000;

/** The events of one that are about a connection of the other. */
export function shareConnection(
	one: readonly AttemptEvent[],
	other: readonly AttemptEvent[],
): boolean {
	const others = other.filter(isFlowEvent);
	return one.filter(isFlowEvent).some((event) => others.some((each) => isSame(event, each)));
}

/** To the same server at the same time, by the same client or by what a NAT made of it. */
function isSame(a: FlowEvent, b: FlowEvent): boolean {
	if (!sameEndpoint(a.dst, b.dst) || Math.abs(a.at - b.at) > SAME_MOMENT_US) return false;
	if (a.src.address === b.src.address) return a.src.port === b.src.port;
	return isPrivateAddress(a.src.address) !== isPrivateAddress(b.src.address);
}
