/* Where to register, asked anew for each flow: the one place of `watch` that knows how a registrar is found. */
import type { Endpoint } from '../../net/endpoint.js';
import type { Instant } from '../../time/instant.js';
import type { ResolutionEvent } from '../../trace/observed.js';
import { locateRegistrar } from '../locate/locate-registrar.js';
import type { Resolver } from '../resolver.js';
import type { ProbeTarget } from '../target.js';
import type { ProbeTransportName } from '../transport.js';

export interface Server {
	readonly transport: ProbeTransportName;
	readonly remote: Endpoint;
}

export type FoundServers =
	| { readonly kind: 'found'; readonly servers: readonly [Server, ...Server[]] }
	| {
			readonly kind: 'not-found';
			readonly outcome: ResolutionEvent['outcome'];
			readonly name: string;
			readonly errno: string;
	  };

export interface FindDeps {
	readonly resolver: Resolver;
	readonly now: () => Instant;
	readonly random: () => number;
}

/** Never rejects. `transport`: as the user wishes; undefined: as the domain says (RFC 3263). */
export async function findServers(
	{ host, port, secure }: ProbeTarget,
	transport: ProbeTransportName | undefined,
	deps: FindDeps,
): Promise<FoundServers> {
	const located = await locateRegistrar({ host, port, secure, transport }, deps);
	if (located.kind === 'not-located') {
		const { outcome, errno, name } = located;
		return { kind: 'not-found', outcome, name, errno };
	}
	const [first, ...more] = located.targets.map((target) => {
		return { transport: target.transport, remote: target.endpoint };
	});
	// There is always one: the type of `map` does not say so.
	if (first === undefined) throw new Error('a registrar that was found has a target');
	return { kind: 'found', servers: [first, ...more] };
}
