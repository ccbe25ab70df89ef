/* The questions about the names of STUN servers and reflectors, kept for the saved file as those about the registrar are. */
import type { Endpoint } from '../../net/endpoint.js';
import { dnsResponse } from '../dns-message.js';
import type { ProbeRecorder } from '../recorder.js';
import { errnoOf } from '../socket-failure.js';
import type { NameResolver } from './resolve-server.js';

export interface HelperResolver extends NameResolver {
	/** The name server that is asked; undefined where none is known. */
	readonly server?: Endpoint | undefined;
}

const DNS_PORT = 53;
const NO_ERROR = 0;
/** RFC 1035 §4.1.1, by the words of node:dns; of anything else no answer came. */
const RCODES: ReadonlyMap<string, number> = new Map([
	['ENODATA', NO_ERROR],
	['ESERVFAIL', 2],
	['ENOTFOUND', 3],
	['EREFUSED', 5],
]);

/** The resolver, with each answer rebuilt and kept. `local`: the address that asks, as far as the library tells. */
export function keptResolver(
	resolver: HelperResolver,
	local: string,
	recorder: Pick<ProbeRecorder, 'aside'>,
): NameResolver {
	const keep = (type: 'A' | 'AAAA', name: string, data: readonly string[], rcode: number) => {
		const payload = dnsResponse({ name, type, data, rcode });
		if (payload === undefined) return;
		const src = resolver.server ?? { address: '0.0.0.0', port: DNS_PORT };
		const dst = { address: local, port: 0 };
		recorder.aside({ dissector: 'dns', transport: 'udp', src, dst, payload });
	};
	const kept = async (type: 'A' | 'AAAA', name: string, asked: Promise<readonly string[]>) => {
		try {
			const data = await asked;
			keep(type, name, data, NO_ERROR);
			return data;
		} catch (error) {
			const rcode = RCODES.get(errnoOf(error));
			if (rcode !== undefined) keep(type, name, [], rcode);
			throw error;
		}
	};
	return {
		resolve4: (name) => kept('A', name, resolver.resolve4(name)),
		resolve6: (name) => kept('AAAA', name, resolver.resolve6(name)),
		// The hosts file is no packet.
		lookup: (name) => resolver.lookup(name),
	};
}
