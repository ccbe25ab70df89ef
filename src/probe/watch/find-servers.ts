/* Where to register, asked anew for each flow: the one place of `watch` that knows how a registrar is found. */
import type { Endpoint } from '../../net/endpoint.js';
import type { ResolutionEvent } from '../../trace/observed.js';
import { locate } from '../locate.js';
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

/** Never rejects. `transport`: as the user wishes; undefined: as the domain says. */
export async function findServers(
	target: ProbeTarget,
	transport: ProbeTransportName | undefined,
	resolver: Resolver,
): Promise<FoundServers> {
	const located = await locate(target.host, resolver);
	if (located.kind === 'not-located') {
		const { outcome, errno } = located;
		return { kind: 'not-found', outcome, name: target.host, errno };
	}
	const [first, ...more] = located.addresses;
	const server = (address: string): Server => ({
		transport: transport ?? 'udp',
		remote: { address, port: target.port },
	});
	return { kind: 'found', servers: [server(first), ...more.map(server)] };
}
