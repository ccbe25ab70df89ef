/*
 * Runs a probe against something on loopback and keeps everything it said.
 */
import { randomBytes } from 'node:crypto';
import type { ProbeStep, ProbeStepId } from '../../src/probe/probe-step.js';
import type { Resolver } from '../../src/probe/resolver.js';
import {
	type ProbeDeps,
	type ProbeOptions,
	type ProbeResult,
	runProbe,
} from '../../src/probe/run-probe.js';
import { openTcpTransport } from '../../src/probe/tcp-transport.js';
import type { ProbeTransportName } from '../../src/probe/transport.js';
import { openUdpTransport } from '../../src/probe/udp-transport.js';
import type { NetworkEvent, Observed } from '../../src/trace/observed.js';
import { VirtualTimers } from './virtual-timers.js';

export interface Ran extends ProbeResult {
	readonly messages: readonly Observed[];
	readonly events: readonly NetworkEvent[];
	step(id: ProbeStepId): ProbeStep;
}

/** A resolver that knows these names (A only) and no other. */
export function fakeResolver(names: Readonly<Record<string, readonly string[]>>): Resolver {
	const fail = (code: string): Promise<never> =>
		Promise.reject(Object.assign(new Error(code), { code }));
	return {
		resolve4: (name) => Promise.resolve(names[name]).then((found) => found ?? fail('ENOTFOUND')),
		resolve6: (name) => fail(names[name] === undefined ? 'ENOTFOUND' : 'ENODATA'),
		resolveSrv: () => fail('ENOTFOUND'),
		resolveNaptr: () => fail('ENOTFOUND'),
		lookup: () => fail('ENOTFOUND'),
		server: undefined,
	};
}

/** `transport`: in short for one of them, UDP unless said otherwise. */
type Options = Partial<ProbeOptions> & { readonly transport?: ProbeTransportName | undefined };

/** No time passes for it unless `timers` are given: it goes on by what arrives alone. */
export async function probe(
	{ transport = 'udp', ...options }: Options = {},
	deps: Partial<ProbeDeps> = {},
): Promise<Ran> {
	const messages: Observed[] = [];
	const events: NetworkEvent[] = [];
	const result = await runProbe(
		{
			aor: '1001@example.com',
			authUser: undefined,
			secret: { kind: 'password', password: 'secret' },
			server: undefined,
			transports: [transport],
			algorithm: undefined,
			expires: 60,
			timeoutMs: 32_000,
			localPort: undefined,
			beside: false,
			userAgent: 'sipdoctor-test',
			...options,
		},
		{
			sink: { message: (one) => messages.push(one), event: (one) => events.push(one) },
			now: () => Math.round((performance.timeOrigin + performance.now()) * 1000),
			randomBytes,
			// A machine that stands still for a second must not make it send again.
			timers: new VirtualTimers(),
			resolver: fakeResolver({}),
			transports: { udp: openUdpTransport, tcp: openTcpTransport },
			signal: undefined,
			...deps,
		},
	);
	const step = (id: ProbeStepId): ProbeStep => {
		const found = result.steps.find((one) => one.id === id);
		if (found === undefined) throw new Error(`no step ${id}`);
		return found;
	};
	return { ...result, messages, events, step };
}
