/** Whether the phone at an address has a registrar at some time, so that a failed connection of it means little. */

import { TIMER_F_MS } from '../sip/transaction-timers.js';
import { elapsedMs, type Instant } from '../time/instant.js';
import { attemptsOf } from './group.js';
import { type Device, MAX_PHONES } from './join-events.js';
import { groupedBy } from './lists-by-key.js';

/** A phone that fails over to another server is answered there soon after it gave the first one up, 127 s on Linux. */
const FAILOVER_MS = 128_000 + TIMER_F_MS;

/**
 * A question about a client address and the time of a failure: is it answered soon after, or does a binding last? Where
 * several phones share the address, the binding of another one says nothing.
 */
export function servedAt(devices: readonly Device[]): (address: string, at: Instant) => boolean {
	let byClient: ReadonlyMap<string | undefined, readonly Device[]> | undefined;
	return (address, at) => {
		// Most captures show no failed connection.
		byClient ??= groupedBy(devices, ([first]) => first?.phone.client.address);
		const known = byClient.get(address) ?? [];
		if (known.length > MAX_PHONES) return false;
		return (
			known.some((device) => isAnsweredSoon(device, at)) ||
			(known.length === 1 && known.some((device) => isBoundAt(device, at)))
		);
	};
}

function isAnsweredSoon(device: Device, at: Instant): boolean {
	return device
		.flatMap(({ phone }) => phone.responses)
		.some((response) => {
			const gap = elapsedMs(at, response.at);
			return gap >= 0 && gap <= FAILOVER_MS;
		});
}

function isBoundAt(device: Device, at: Instant): boolean {
	return attemptsOf(device, at).some(({ outcome, grantedExpires, transactions }) => {
		const final = transactions.at(-1)?.phone.final;
		if (outcome !== 'registered' || final === undefined || final.at > at) return false;
		return grantedExpires === undefined || elapsedMs(final.at, at) <= grantedExpires * 1000;
	});
}
