/** `sipdoctor reflect`: answers what comes until it is told to stop. */

import { isIpAddress } from '../net/address.js';
import { FAULTS, findFault } from '../reflector/faults/catalogue.js';
import type { Listener } from '../reflector/listener.js';
import type { ToldRequest } from '../reflector/reflector.js';
import { startReflector } from '../reflector/run-reflector.js';
import type { Tally } from '../reflector/tally.js';
import { wireText } from '../sip/display-text.js';
import { parseAccounts } from './accounts.js';
import { UsageError } from './usage-error.js';

export interface ReflectRequest {
	/** Undefined: all addresses. */
	readonly address: string | undefined;
	readonly ports: readonly number[];
	/** The text of `--accounts` and its name. */
	readonly accounts: { readonly text: string; readonly name: string } | undefined;
	readonly realm: string | undefined;
	readonly algorithms: readonly string[];
	/** Seconds. */
	readonly nonceLifetime: number;
	readonly minExpires: number;
	readonly maxExpires: number;
	readonly fault: string | undefined;
	readonly ratePerSecond: number;
	readonly anySize: boolean;
	/** Seconds; undefined: until the signal. */
	readonly duration: number | undefined;
	readonly signal: AbortSignal;
	readonly randomBytes: (length: number) => Uint8Array;
	readonly onListening: (listeners: readonly Listener[]) => void;
	readonly onRequest: (told: ToldRequest) => void;
}

/** Runs to its end. Throws `UsageError`, and `ListenError` where a port cannot be had. */
export async function reflect(request: ReflectRequest): Promise<Tally> {
	const { address, ports, accounts, minExpires, maxExpires } = request;
	if (address !== undefined && !isIpAddress(address)) {
		throw new UsageError(`--address ${address} is no IP address`, 'Leave it out for all of them.');
	}
	if (minExpires > maxExpires) {
		throw new UsageError(
			`--min-expires ${minExpires} is larger than --max-expires ${maxExpires}`,
			'Give a smaller --min-expires as well.',
		);
	}
	const running = await startReflector(
		address,
		[...new Set(ports)],
		{
			...{ minExpires, maxExpires, anySize: request.anySize },
			accounts: accounts === undefined ? [] : parseAccounts(accounts.text, accounts.name),
			realm: request.realm === undefined ? undefined : wireText(request.realm),
			algorithms: [...new Set(request.algorithms)],
			nonceLifetime: request.nonceLifetime,
			fault: request.fault === undefined ? undefined : playable(request.fault, accounts),
			ratePerSecond: request.ratePerSecond,
		},
		{
			now: () => Date.now() * 1000,
			after: (ms, action) => {
				const handle = setTimeout(action, ms);
				return () => clearTimeout(handle);
			},
			key: request.randomBytes(32),
			onRequest: request.onRequest,
		},
	);
	request.onListening(running.listeners);
	await endOf(request);
	await running.stop();
	return running.tally;
}

function playable(name: string, accounts: ReflectRequest['accounts']) {
	const fault = findFault(name);
	if (fault === undefined) {
		throw new UsageError(
			`there is no fault "${name}"`,
			`Known are ${FAULTS.map((one) => one.name).join(', ')}.`,
		);
	}
	if (fault.needsAccounts === true && accounts === undefined) {
		throw new UsageError(
			`--fault ${name} needs --accounts`,
			'It shows itself only to a phone that knows its password.',
		);
	}
	return fault;
}

function endOf({ signal, duration }: ReflectRequest): Promise<void> {
	return new Promise((resolve) => {
		if (signal.aborted) {
			resolve();
			return;
		}
		const limit = duration === undefined ? undefined : setTimeout(resolve, duration * 1000);
		signal.addEventListener(
			'abort',
			() => {
				clearTimeout(limit);
				resolve();
			},
			{ once: true },
		);
	});
}

/** Every fault that can be played; `leadsTo` is the diagnosis, `inProbe` that of a probe; null where a good phone registers. */
export function faults() {
	return FAULTS.map(({ name, explanation, leadsTo, inProbe }) => ({
		name,
		explanation,
		leadsTo: leadsTo ?? null,
		inProbe: inProbe ?? leadsTo ?? null,
	}));
}
