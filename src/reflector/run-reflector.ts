import type { Endpoint } from '../net/endpoint.js';
import { formatEndpoint } from '../net/endpoint.js';
import { isWithoutFamily, listenError } from './listen-error.js';
import type { Listener } from './listener.js';
import { Reflector, type ReflectorDeps, type ReflectorOptions } from './reflector.js';
import type { Tally } from './tally.js';
import { listenTcp } from './tcp-listener.js';
import { listenUdp } from './udp-listener.js';

export interface RunningReflector {
	readonly listeners: readonly Listener[];
	readonly tally: Tally;
	/** Resolves when every port is free again. */
	stop(): Promise<void>;
}

/** Opens UDP and TCP on each port. Throws `ListenError` where one cannot be had; then none is left open. */
export async function startReflector(
	/** Undefined: all addresses, of both families that this machine has. */
	address: string | undefined,
	ports: readonly number[],
	options: ReflectorOptions,
	deps: ReflectorDeps,
): Promise<RunningReflector> {
	const reflector = new Reflector(options, deps);
	const listeners: Listener[] = [];
	const close = async (): Promise<void> => {
		reflector.stop();
		await Promise.all(listeners.map((listener) => listener.close()));
	};
	const addresses = address === undefined ? ['0.0.0.0', '::'] : [address];
	try {
		for (const port of ports) {
			for (const one of addresses) {
				const isSpare = address === undefined && one === '::';
				listeners.push(...(await listenBoth({ address: one, port }, reflector, isSpare)));
			}
		}
	} catch (error) {
		await close();
		throw error;
	}
	return { listeners, tally: reflector.tally, stop: close };
}

async function listenBoth(
	local: Endpoint,
	reflector: Reflector,
	isSpare: boolean,
): Promise<readonly Listener[]> {
	const opened: Listener[] = [];
	for (const [name, listen] of [
		['UDP', listenUdp],
		['TCP', listenTcp],
	] as const) {
		try {
			opened.push(await listen(local, reflector));
		} catch (error) {
			if (isSpare && isWithoutFamily(error)) continue;
			await Promise.all(opened.map((listener) => listener.close()));
			throw listenError(name, formatEndpoint(local), error);
		}
	}
	return opened;
}
