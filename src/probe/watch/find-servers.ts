/* Where to register, asked anew for each flow: the one place of `watch` that knows how a registrar is found. */
import type { Endpoint } from '../../net/endpoint.js';
import type { ResolutionEvent } from '../../trace/observed.js';
import { type LocateDeps, locateRegistrar } from '../locate/locate-registrar.js';
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

/** Never rejects. `transport`: as the user wishes; undefined: as the domain says. */
export async function findServers(
	target: ProbeTarget,
	transport: ProbeTransportName | undefined,
	deps: LocateDeps,
): Promise<FoundServers> {
	const { host, port, secure } = target;
	const located = await locateRegistrar({ host, port, transport, secure }, deps);
	if (located.kind === 'not-located') {
		const { outcome, errno, name } = located;
		return { kind: 'not-found', outcome, name, errno };
	}
	const [first, ...more] = located.targets.map(
		({ transport: used, endpoint }): Server => ({ transport: used, remote: endpoint }),
	);
	if (first === undefined) throw new Error('a registrar that was located has a target');
	return { kind: 'found', servers: [first, ...more] };
}
