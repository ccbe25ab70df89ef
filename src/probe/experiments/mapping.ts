/*
 * How a NAT maps one local port (RFC 4787 §4.1), from what several servers saw of it: the same mapping towards all
 * (endpoint-independent), another one for each (endpoint-dependent, "symmetric"), or none at all.
 */
import { type Endpoint, formatEndpoint, sameEndpoint } from '../../net/endpoint.js';

/** What one server saw of the local port. */
export interface Sighting {
	/** Who said so, `STUN 203.0.113.140:3478`. */
	readonly by: string;
	readonly mapped: Endpoint;
}

export interface Mapping {
	readonly kind: 'no-nat' | 'endpoint-independent' | 'endpoint-dependent' | 'cannot-tell';
	readonly text: string;
}

/** Judges what was seen of `local`; the order of the sightings is that of the words. */
export function judgeMapping(local: Endpoint, sightings: readonly Sighting[]): Mapping {
	const [first, ...more] = sightings;
	if (first === undefined) {
		return {
			kind: 'cannot-tell',
			text: 'how the NAT maps is not known: nobody said what they saw',
		};
	}
	if (sightings.every(({ mapped }) => sameEndpoint(mapped, local))) {
		const by = sightings.map((one) => one.by).join(' and ');
		return {
			kind: 'no-nat',
			text: `no NAT: ${by} saw ${formatEndpoint(local)}, the socket itself`,
		};
	}
	const port =
		first.mapped.port === local.port ? 'the NAT keeps the port' : 'the NAT changes the port';
	const other = more.find(({ mapped }) => !sameEndpoint(mapped, first.mapped));
	if (other !== undefined) {
		return {
			kind: 'endpoint-dependent',
			text: `endpoint-dependent mapping (a "symmetric" NAT): ${sawWords(first)}, ${sawWords(other)}, of the same local port ${local.port}; an address learnt by STUN is of no use for the registrar`,
		};
	}
	if (more.length === 0) {
		return {
			kind: 'cannot-tell',
			text: `${sawWords(first)}; ${port}; whether it does so for each destination anew, one server cannot tell`,
		};
	}
	const by = sightings.map((one) => one.by).join(' and ');
	return {
		kind: 'endpoint-independent',
		text: `endpoint-independent mapping as far as seen: ${by} saw the same ${formatEndpoint(first.mapped)}; ${port}`,
	};
}

function sawWords({ by, mapped }: Sighting): string {
	return `${by} saw ${formatEndpoint(mapped)}`;
}
