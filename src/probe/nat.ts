/*
 * Whether there is a NAT between the probe and the server: the server says in received and rport of the top Via where
 * the request came from (RFC 3261 §18.2.1, RFC 3581 §4), the socket knows where it left.
 */
import { canonicalAddress, isIpAddress, isPrivateAddress } from '../net/address.js';
import { type Endpoint, formatEndpoint } from '../net/endpoint.js';
import { topVia } from '../sip/headers/via.js';
import type { Mapping } from './experiments/mapping.js';
import type { ProbeStep } from './probe-step.js';
import type { Received } from './register-session.js';

/** Where a request was seen to come from, by its answer. */
export interface Seen {
	readonly address: string;
	/** Undefined where the server does not know rport. */
	readonly port: number | undefined;
	readonly local: Endpoint;
	readonly remote: Endpoint;
}

/** The `nat` step, from every response of the run and, where STUN servers were asked, from what they saw. */
export function readNat(
	received: readonly Received[],
	mapping?: Mapping | undefined,
): Pick<ProbeStep, 'state' | 'text'> {
	const seen = fromAnswers(received, mapping !== undefined);
	if (mapping === undefined) return seen;
	if (mapping.kind === 'cannot-tell') return { ...seen, text: `${seen.text}; ${mapping.text}` };
	if (seen.state === 'cannot-tell') return { state: 'ok', text: mapping.text };
	const state = mapping.kind === 'endpoint-dependent' ? 'warning' : seen.state;
	return { state, text: `${seen.text}; ${mapping.text}` };
}

function fromAnswers(
	received: readonly Received[],
	isMappingKnown: boolean,
): Pick<ProbeStep, 'state' | 'text'> {
	const seen = received.flatMap((one) => seenSource(one) ?? []);
	const last = seen.at(-1);
	if (last === undefined) {
		const because =
			received.length === 0
				? 'no answer came'
				: 'the answers carry neither received nor rport, though rport was asked for (RFC 3581)';
		return { state: 'cannot-tell', text: `whether there is a NAT is not known: ${because}` };
	}
	const moved = seen.find((one) => one.address !== last.address || moves(one, last));
	if (moved !== undefined) {
		const text = `the server saw ${where(moved)} first and ${where(last)} later: the address or port in front of it changes between requests`;
		return { state: 'warning', text };
	}
	return judge(last, isMappingKnown);
}

/** One connection after another has another port; only within one local port a change is news. */
function moves(one: Seen, last: Seen): boolean {
	if (one.local.port !== last.local.port) return false;
	return one.port !== undefined && last.port !== undefined && one.port !== last.port;
}

function judge(seen: Seen, isMappingKnown: boolean): Pick<ProbeStep, 'state' | 'text'> {
	const { local, remote, port } = seen;
	if (seen.address !== local.address) {
		return {
			state: 'ok',
			text: `behind a NAT: this socket is ${formatEndpoint(local)}, the server saw ${where(seen)}; ${portWords(seen, isMappingKnown)}`,
		};
	}
	if (port !== undefined && port !== local.port) {
		return {
			state: 'warning',
			text: `the server saw this machine's own address with another port: ${where(seen)} instead of ${formatEndpoint(local)}; something on the way translates ports`,
		};
	}
	if (isPrivateAddress(local.address) && !isPrivateAddress(remote.address)) {
		return {
			state: 'warning',
			text: `${remote.address} is public, yet its answer says received=${seen.address}, this machine's private address: something on the way rewrites SIP (an ALG), or the server is on this network`,
		};
	}
	if (port === undefined) {
		return {
			state: 'ok',
			text: `no NAT seen: the server saw ${seen.address}, this machine's own address (the server gave no rport)`,
		};
	}
	return {
		state: 'ok',
		text: `no NAT: the server saw ${where(seen)}, this socket's own address and port`,
	};
}

function portWords({ port, local }: Seen, isMappingKnown: boolean): string {
	if (port === undefined) return 'its port is not known (the server gave no rport)';
	if (port === local.port) return 'the NAT kept the port';
	return isMappingKnown
		? 'the NAT changed the port'
		: 'the NAT changed the port; whether it does so for each destination anew, one server cannot tell';
}

function where({ address, port }: Seen): string {
	return port === undefined ? address : formatEndpoint({ address, port });
}

/** Undefined where the answer does not say. */
export function seenSource({ response, local, remote }: Received): Seen | undefined {
	const via = topVia(response);
	if (via === undefined) return undefined;
	const port = typeof via.rport === 'number' ? via.rport : undefined;
	// RFC 3261 §18.2.1: no received where sent-by is already the source address.
	const address = via.received ?? (port === undefined ? undefined : local.address);
	if (address === undefined || !isIpAddress(address)) return undefined;
	return { address: canonicalAddress(address), port, local, remote };
}
