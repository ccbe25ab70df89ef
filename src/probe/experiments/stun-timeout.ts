/*
 * The lifetime of a NAT mapping by a STUN server that answers to another port (RFC 5780 §4.6): one port asks and is
 * silent; later another port of this machine asks the server to answer to the first one's mapping. What arrives there
 * proves it alive, also where the NAT keeps the port.
 */
import { type Endpoint, formatEndpoint } from '../../net/endpoint.js';
import { pause } from '../pause.js';
import { measureLifetime, type NatTimeoutResult, type Trial } from './measure-lifetime.js';
import { openStunClient, type StunClient, type StunDeps } from './stun-client.js';

export interface StunTimeoutInputs {
	readonly server: Endpoint;
	/** Address of this machine towards it. */
	readonly localAddress: string;
	/** Longest silence, seconds. */
	readonly max: number;
}

/** Undefined where the server does not answer to another port. */
export async function stunTimeoutExperiment(
	inputs: StunTimeoutInputs,
	deps: StunDeps,
): Promise<NatTimeoutResult | undefined> {
	const helper = await openStunClient({ address: inputs.localAddress, port: 0 }, deps);
	if ('errno' in helper) return undefined;
	try {
		// Without any silence it must arrive, or the server does not know how.
		const control = await trial(0, inputs, { ...deps, helper });
		if (control.result !== 'alive') return undefined;
		return await measureLifetime({
			where: `STUN ${formatEndpoint(inputs.server)}`,
			max: inputs.max,
			isByArrival: true,
			timers: deps.timers,
			signal: deps.signal,
			trial: (silence, signal) => trial(silence, inputs, { ...deps, signal, helper }),
		});
	} finally {
		await helper.close();
	}
}

async function trial(
	silence: number,
	{ server, localAddress }: StunTimeoutInputs,
	deps: StunDeps & { readonly helper: StunClient },
): Promise<Trial> {
	const nothing = { silence, result: 'unknown', local: undefined, before: undefined } as const;
	const client = await openStunClient({ address: localAddress, port: 0 }, deps);
	if ('errno' in client) return { ...nothing, after: 'no port could be had' };
	try {
		const { local } = client;
		const before = (await client.ask(server))?.mapped;
		if (before === undefined) return { ...nothing, local, after: 'no answer' };
		const tried = { silence, local, before };
		await pause(silence * 1000, deps.timers, deps.signal);
		const heard = await deps.helper.askFor(client, server, before.port);
		if (heard !== undefined) return { ...tried, result: 'alive', after: 'the answer came through' };
		return deps.signal?.aborted === true
			? { ...tried, result: 'unknown', after: 'not needed any more' }
			: { ...tried, result: 'expired', after: 'the answer did not come' };
	} finally {
		await client.close();
	}
}
