/* Where a registration comes from and goes to, for counting failures. */
import { formatEndpoint } from '../net/endpoint.js';
import { networkOf } from '../net/network.js';
import type { Registration } from '../registration/registration.js';
import type { Whereabouts } from './analysis.js';

/** As the phone's leg shows it. */
export function whereaboutsOf({ userAgent, path }: Registration): Whereabouts {
	const leg = path[0];
	return {
		userAgent,
		network: leg === undefined ? undefined : networkOf(leg.client.address),
		server: leg === undefined ? undefined : formatEndpoint(leg.server),
	};
}
