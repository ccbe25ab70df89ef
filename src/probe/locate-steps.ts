/*
 * The words of the steps `name`, `address` and `transport`.
 */
import { type Endpoint, formatEndpoint } from '../net/endpoint.js';
import type { Located } from './locate.js';
import type { ProbeStep } from './probe-step.js';
import type { ProbeTransportName } from './transport.js';

const MAX_NAMED = 6;

/** The `name` step. */
export function nameStep(host: string, located: Located): [ProbeStep['state'], string] {
	if (located.kind === 'not-located')
		return ['failed', `${host} ${WHY_NOT[located.outcome]} (${located.errno})`];
	const { addresses, from } = located;
	const more = addresses.length > MAX_NAMED ? ` and ${addresses.length - MAX_NAMED} more` : '';
	const named = addresses.slice(0, MAX_NAMED).join(', ') + more;
	switch (from) {
		case 'literal':
			return ['skipped', `${host} is an address, nothing to resolve`];
		case 'dns':
			return ['ok', `${host} is ${named}`];
		case 'system':
			return [
				'ok',
				`${host} is ${named} by this machine's own hosts file or resolver; the DNS has no answer`,
			];
	}
}

const WHY_NOT = {
	nxdomain: 'does not exist in the DNS',
	'no-record': 'has neither an A nor an AAAA record',
	'timed-out': 'could not be resolved: no DNS server answered',
	failure: 'could not be resolved: the DNS server failed or refused',
} as const;

/** The `address` step. `failed`: what was tried before, in words. */
export function addressStep(
	remote: Endpoint,
	of: number,
	failed: readonly string[],
): [ProbeStep['state'], string] {
	const which = of > 1 ? `, one of ${of} addresses` : '';
	const text = `sending to ${formatEndpoint(remote)}${which}`;
	return failed.length === 0
		? ['ok', text]
		: ['warning', `${text}; before that ${failed.join('; ')}`];
}

/** A UDP socket proves nothing yet; a TCP connection does. */
export function transportWords(transport: ProbeTransportName, local: Endpoint): string {
	return transport === 'udp'
		? `UDP from ${formatEndpoint(local)}; only an answer will show that it arrives`
		: `TCP connected from ${formatEndpoint(local)}`;
}
