/* From an entry of a suite to a probe: the one place that knows both. */
import type { ProbeRequest } from '../probe-aor.js';
import { UsageError } from '../usage-error.js';
import type { SuiteEntry } from './suite.js';

const DEFAULT_EXPIRES = 60;
const DEFAULT_TIMEOUT_MS = 32_000;

/** What all probes of a run share. */
export interface ProbeSurroundings {
	readonly userAgent: string;
	readonly randomBytes: (length: number) => Uint8Array;
	readonly hasNetwork: () => boolean;
}

/** The transports that a suite may name. */
const TRANSPORTS: readonly ProbeRequest['transports'][number][] = [
	'udp',
	'tcp',
	'tls',
	'ws',
	'wss',
];

export function probeRequest(
	entry: SuiteEntry,
	signal: AbortSignal,
	{ userAgent, randomBytes, hasNetwork }: ProbeSurroundings,
): ProbeRequest {
	const { options } = entry;
	return {
		aor: entry.aor,
		authUser: entry.authUser,
		secret: entry.secret,
		server: options.server,
		transports: options.transport === undefined ? [] : [transportOf(options.transport)],
		allTargets: false,
		dns: undefined,
		tls: { ca: undefined, cert: undefined, key: undefined },
		tlsInsecure: false,
		keylogTo: undefined,
		wsPath: '/',
		interfaceOf: () => undefined,
		algorithm: options.algorithm,
		expires: options.expires ?? DEFAULT_EXPIRES,
		timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
		localPort: undefined,
		beside: options.beside,
		saveTo: undefined,
		userAgent,
		randomBytes,
		hasNetwork,
		signal,
		onStep: () => undefined,
		onWaiting: () => undefined,
	};
}

function transportOf(name: string): ProbeRequest['transports'][number] {
	const found = TRANSPORTS.find((one) => one === name);
	if (found === undefined) throw new UsageError(`this probe does not speak ${name}`);
	return found;
}
