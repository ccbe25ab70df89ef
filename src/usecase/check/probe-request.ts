/* From an entry of a suite to a probe: the one place that knows both. */
import { NO_EXPERIMENTS } from '../../probe/experiments/run-experiments.js';
import type { ProbeRequest } from '../probe-aor.js';
import type { SuiteEntry } from './suite.js';

const DEFAULT_EXPIRES = 60;
const DEFAULT_TIMEOUT_MS = 32_000;

/** What all probes of a run share. */
export interface ProbeSurroundings {
	readonly userAgent: string;
	readonly randomBytes: (length: number) => Uint8Array;
	readonly hasNetwork: () => boolean;
	readonly interfaceOf: (address: string) => string | undefined;
}

export function probeRequest(
	entry: SuiteEntry,
	signal: AbortSignal,
	{ userAgent, randomBytes, hasNetwork, interfaceOf }: ProbeSurroundings,
): ProbeRequest {
	const { options, registering } = entry;
	return {
		aor: entry.aor,
		authUser: entry.authUser,
		secret: entry.secret,
		server: options.server,
		transports: options.transports,
		allTargets: false,
		dns: options.dns,
		tls: options.tls,
		tlsInsecure: options.tlsInsecure,
		keylogTo: undefined,
		wsPath: options.wsPath ?? '/',
		algorithm: options.algorithm,
		expires: options.expires ?? DEFAULT_EXPIRES,
		timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
		localPort: undefined,
		beside: options.beside,
		saveTo: undefined,
		userAgent: options.userAgent ?? userAgent,
		randomBytes,
		hasNetwork,
		interfaceOf,
		registering,
		...(options.alg ? { experiments: { ...NO_EXPERIMENTS, alg: true } } : {}),
		signal,
		onStep: () => undefined,
		onWaiting: () => undefined,
	};
}
