/*
 * Weaker signs of where a capture was taken, asked where the packets bear no better one: who comes through a gateway by
 * its hardware address, and answers that are too soon to come from far away.
 */
import { isIpAddress, isPrivateAddress } from '../net/address.js';
import { topVia } from '../sip/headers/via.js';
import { elapsedMs } from '../time/instant.js';
import type { Observed } from '../trace/observed.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import type { VantageGuess } from './vantage.js';

/** No answer comes through the internet so soon. */
const NEAR_MS = 2;

/** Transactions looked at: where a capture was taken does not change. */
const MAX_LOOKED_AT = 1_000;

/** Several hosts of different networks with one hardware address have come through a router of this link. */
export function fromGateways(
	requests: readonly Observed[],
	responses: readonly Observed[],
): VantageGuess | undefined {
	const clients = gatewayOf(requests);
	const servers = gatewayOf(responses);
	if (clients !== undefined) {
		return {
			vantage: 'middle',
			reason: `REGISTERs of ${clients.addresses.join(' and ')} come from one hardware address (${clients.mac}): from a router, and not from the phones`,
		};
	}
	const [first] = requests;
	if (servers === undefined || first === undefined || !isPrivateAddress(first.src.address))
		return undefined;
	return {
		vantage: 'client',
		reason: `${servers.addresses.join(' and ')} answer from one hardware address (${servers.mac}): through a router, while the phone has a private address`,
	};
}

function gatewayOf(
	messages: readonly Observed[],
): { readonly mac: string; readonly addresses: readonly [string, string] } | undefined {
	const first = new Map<string, string>();
	for (const { packet, src } of messages.slice(0, MAX_LOOKED_AT)) {
		const { sourceMac } = packet;
		if (sourceMac === undefined) continue;
		const known = first.get(sourceMac);
		if (known === undefined) first.set(sourceMac, src.address);
		else if (networkOf(known) !== networkOf(src.address))
			return { mac: sourceMac, addresses: [known, src.address] };
	}
	return undefined;
}

/** The first half of an address: hosts that differ there are not on one link. */
function networkOf(address: string): string {
	const parts = address.includes(':') ? address.split(':', 4) : address.split('.', 2);
	return parts.join('.');
}

/**
 * A REGISTER whose Via names another, private address than its packet has passed a NAT; where it is answered at once
 * all the same, this is the server's side.
 */
export function fromResponseTimes(
	transactions: readonly ClientTransaction[],
): VantageGuess | undefined {
	for (const { request, responses } of transactions.slice(0, MAX_LOOKED_AT)) {
		const host = topVia(request.message)?.sentBy.host;
		const [answer] = responses;
		if (host === undefined || answer === undefined || !isIpAddress(host)) continue;
		if (!isPrivateAddress(host) || isPrivateAddress(request.src.address)) continue;
		const ms = elapsedMs(request.at, answer.at);
		if (ms > NEAR_MS) continue;
		return {
			vantage: 'server',
			reason: `the REGISTER of ${host} comes from ${request.src.address} (frame ${request.frame}), so it has passed a NAT, and is answered after ${ms} ms: the server is near`,
		};
	}
	return undefined;
}
