/*
 * What is tried out once the REGISTER is over and its binding removed: STUN, the bait for an ALG, the reflector, SIP
 * hops, the lifetime of the mapping; each only where asked for. Then the steps `nat`, `alg` and `keepalive`, of which
 * the answers to the REGISTER alone tell something. A guest sends no credentials here, and one request a second.
 */
import type { Endpoint } from '../../net/endpoint.js';
import { elapsedMs, type Instant } from '../../time/instant.js';
import type { ExperimentId } from '../../trace/experiment-words.js';
import type { Checklist } from '../checklist.js';
import type { OpenDatagrams } from '../datagram-socket.js';
import { readNat } from '../nat.js';
import type { ProbeStepId } from '../probe-step.js';
import type { ProbeRecorder } from '../recorder.js';
import type { Received } from '../register-session.js';
import { errnoOf } from '../socket-failure.js';
import type { Timers } from '../timers.js';
import type { OpenTransport } from '../transport.js';
import { type AlgDeps, type AlgResult, algExperiment } from './alg.js';
import { algStep } from './alg-step.js';
import { seenIn, seenWords } from './alg-verdict.js';
import { type Experiment, inconclusive } from './experiment.js';
import { keepaliveStep } from './keepalive-step.js';
import { type HelperResolver, keptResolver } from './kept-resolver.js';
import { SIP_PORT } from './local-port.js';
import type { NatTimeoutResult } from './measure-lifetime.js';
import { natTimeoutExperiment } from './nat-timeout.js';
import type { Asking } from './probing-request.js';
import { reflectorExperiment } from './reflector.js';
import { type NameResolver, resolveServer } from './resolve-server.js';
import { failedResult, type StunResult, stunExperiment } from './stun.js';
import { stunTimeoutExperiment } from './stun-timeout.js';
import { tracerouteExperiment } from './traceroute.js';

/** What the user wants to have tried. */
export interface ExperimentOptions {
	readonly alg: boolean;
	/** `HOST[:PORT]` each; empty: none is asked. */
	readonly stun: readonly string[];
	readonly traceroute: boolean;
	/** `HOST[:PORT]` of a `sipdoctor reflect`. */
	readonly reflector: string | undefined;
	/** The longest silence to try, seconds; undefined: the lifetime is not measured. */
	readonly natTimeout: number | undefined;
}

export const NO_EXPERIMENTS: ExperimentOptions = {
	alg: false,
	stun: [],
	traceroute: false,
	reflector: undefined,
	natTimeout: undefined,
};

export interface ExperimentsDeps {
	readonly transports: {
		readonly udp: OpenTransport;
		readonly tcp: OpenTransport;
		readonly tls?: OpenTransport | undefined;
	};
	readonly openDatagrams: OpenDatagrams;
	readonly resolver: HelperResolver;
	readonly recorder: ProbeRecorder;
	readonly checklist: Checklist;
	readonly now: () => Instant;
	readonly timers: Timers;
	readonly randomBytes: (length: number) => Uint8Array;
	readonly signal: AbortSignal | undefined;
	/** Called as each experiment begins, with what it does. */
	readonly onTrying?: (what: string) => void;
}

/** What the REGISTER came to, as far as the experiments build on it. */
export interface Registered {
	readonly received: readonly Received[];
	/** `udp`, `tcp` … */
	readonly transport: string;
	readonly local: Endpoint;
	readonly remote: Endpoint;
	readonly requestUri: string;
	/** Wire text. */
	readonly aor: string;
	readonly userAgent: string;
}

const STUN_PORT = 3478;
const TLS_PORT = 5061;
const REFLECTOR_PORT = 5060;

/** Every experiment that was asked for, in order; says the steps. Ctrl-C ends the one that runs and skips the rest. */
export async function runExperiments(
	wanted: ExperimentOptions,
	registered: Registered,
	deps: ExperimentsDeps,
): Promise<readonly Experiment[]> {
	const run: Run = {
		...{ wanted, registered, deps, asking: askingOf(registered, deps) },
		names: keptResolver(deps.resolver, registered.local.address, deps.recorder),
		...{ done: [], took: new Map() },
	};
	const { checklist } = deps;
	checklist.skipBefore('nat', 'not reached');
	const stun = await stunOf(run);
	const alg = await algOf(run);
	say(checklist, 'nat', () => natStep(run, stun, alg), tookMs(run, 'stun'));
	await reflect(run);
	const algMs = tookMs(run, 'alg', 'reflector');
	say(checklist, 'alg', () => algStep(registered.received, run.done), algMs);
	if (wanted.traceroute) await traceHops(run);
	const lifetime = await lifetimeOf(run);
	say(checklist, 'keepalive', () => keepaliveStep(lifetime), tookMs(run, 'nat-timeout'));
	return run.done;
}

interface Run {
	readonly wanted: ExperimentOptions;
	readonly registered: Registered;
	readonly deps: ExperimentsDeps;
	/** For the names of helpers. */
	readonly names: NameResolver;
	readonly asking: Asking;
	readonly done: Experiment[];
	/** How long each took, milliseconds. */
	readonly took: Map<ExperimentId, number>;
}

function askingOf(
	{ requestUri, aor, userAgent }: Registered,
	{ randomBytes }: ExperimentsDeps,
): Asking {
	const token = (length: number): string => Buffer.from(randomBytes(length)).toString('hex');
	return { requestUri, aor, userAgent, token };
}

/** A check that crashed is a result and not the end. */
async function attempt(
	run: Run,
	id: ExperimentId,
	experiment: () => Promise<Experiment>,
): Promise<void> {
	const { signal } = run.deps;
	if (isAborted(signal)) return;
	run.deps.onTrying?.(tryingWords(id, run.wanted));
	const since = run.deps.now();
	const done = await experiment().catch((error: unknown) =>
		inconclusive(id, `this check failed by itself (${errnoOf(error)})`),
	);
	const told = isAborted(signal) ? inconclusive(id, 'interrupted before it was done') : done;
	run.took.set(id, elapsedMs(since, run.deps.now()));
	run.done.push(told);
	run.deps.recorder.event({ kind: 'experiment', ...told });
}

function tryingWords(id: ExperimentId, { natTimeout = 0 }: ExperimentOptions): string {
	switch (id) {
		case 'stun':
			return 'asking STUN servers';
		case 'alg':
			return 'looking for an ALG';
		case 'reflector':
			return 'comparing octets with the reflector';
		case 'traceroute':
			return 'looking for SIP hops';
		case 'nat-timeout':
			return `waiting for the NAT to forget, up to ${natTimeout} s`;
	}
}

function isAborted(signal: AbortSignal | undefined): boolean {
	return signal?.aborted === true;
}

/** Of those that ran, together; undefined where none did. */
function tookMs({ took }: Run, ...ids: readonly ExperimentId[]): number | undefined {
	const known = ids.flatMap((id) => took.get(id) ?? []);
	return known.length === 0 ? undefined : known.reduce((sum, ms) => sum + ms, 0);
}

function say(
	checklist: Checklist,
	id: ProbeStepId,
	step: () => ReturnType<typeof readNat>,
	ms: number | undefined,
): void {
	try {
		const { state, text } = step();
		checklist.say(id, state, text, ms);
	} catch (error) {
		checklist.say(id, 'cannot-tell', `this check failed by itself (${errnoOf(error)})`);
	}
}

async function stunOf(run: Run): Promise<StunResult | undefined> {
	const { wanted, registered, deps } = run;
	if (wanted.stun.length === 0) return undefined;
	const { local, transport, received } = registered;
	let result: StunResult | undefined;
	await attempt(run, 'stun', async () => {
		const servers = await Promise.all(
			wanted.stun.map((text) => resolveServer(text, STUN_PORT, local.address, run.names)),
		);
		// The mapping of a connection is no mapping of a UDP port.
		const registrarSaw = transport === 'udp' ? sourceOf(received, local) : undefined;
		result = await stunExperiment({ servers, local, registrarSaw }, deps);
		return result.experiment;
	});
	return result ?? failedResult('interrupted before it was done');
}

/** What the last answer to this port says of it. */
function sourceOf(received: readonly Received[], local: Endpoint): Endpoint | undefined {
	const last = received.filter((one) => one.local.port === local.port).at(-1);
	if (last === undefined) return undefined;
	const { address, port } = seenIn(last);
	return address === undefined || port === undefined ? undefined : { address, port };
}

function algInputs({ registered, asking }: Run): Parameters<typeof algExperiment>[0] {
	const { received, transport, local } = registered;
	const remote = plainRemote(registered);
	const answersRegister = transport === 'udp' && received.length > 0;
	return { local, remote, tlsRemote: tlsRemote(registered, remote), asking, answersRegister };
}

async function algOf(run: Run): Promise<AlgResult | undefined> {
	let result: AlgResult | undefined;
	if (!run.wanted.alg) return undefined;
	await attempt(run, 'alg', async () => {
		result = await algExperiment(algInputs(run), algDeps(run));
		return result.experiment;
	});
	return result;
}

/** Where an ALG edits what the server says of the NAT, what it said to a request without the own address counts. */
function natStep(
	{ registered }: Run,
	stun: StunResult | undefined,
	alg: AlgResult | undefined,
): ReturnType<typeof readNat> {
	const step = readNat(registered.received, stun?.mapping);
	const outside = alg?.outside;
	if (alg?.experiment.verdict !== 'alg-proven' || outside?.address === undefined) return step;
	if (outside.address === registered.local.address) return step;
	const socket = registered.local.address;
	return {
		state: 'ok',
		text: `behind a NAT: this machine is ${socket}, and to a request in which the ALG finds nothing the server says that it came from ${seenWords(outside)}`,
	};
}

/** Where UDP and TCP are listened to: of a registration over TLS or WebSocket, presumably at the default port. */
function plainRemote({ transport, remote }: Registered): Endpoint {
	const isPlain = transport === 'udp' || transport === 'tcp';
	return isPlain ? remote : { address: remote.address, port: SIP_PORT };
}

/** A server on a port of its own has TLS anywhere. */
function tlsRemote({ transport, remote }: Registered, plain: Endpoint): Endpoint | undefined {
	if (transport === 'tls') return remote;
	return plain.port === SIP_PORT ? { address: remote.address, port: TLS_PORT } : undefined;
}

function algDeps({ deps }: Run): AlgDeps {
	return deps;
}

async function reflect(run: Run): Promise<void> {
	const { wanted, registered, deps, asking } = run;
	const text = wanted.reflector;
	if (text === undefined) return;
	const localAddress = registered.local.address;
	await attempt(run, 'reflector', async () => {
		const { endpoint, why } = await resolveServer(text, REFLECTOR_PORT, localAddress, run.names);
		if (endpoint === undefined) return inconclusive('reflector', `${text} ${why ?? ''}`);
		return reflectorExperiment({ reflector: endpoint, localAddress, asking }, deps);
	});
}

async function traceHops(run: Run): Promise<void> {
	const { registered, deps, asking } = run;
	const { remote, transport } = registered;
	const { udp, tcp, tls } = deps.transports;
	const open = new Map<string, OpenTransport | undefined>(Object.entries({ udp, tcp, tls }));
	const opener = open.get(transport);
	const inputs = { remote, transport: transport.toUpperCase(), asking };
	await attempt(run, 'traceroute', () =>
		opener === undefined
			? Promise.resolve(inconclusive('traceroute', 'hops are not traced over WebSocket'))
			: tracerouteExperiment(inputs, { ...deps, open: opener }),
	);
}

async function lifetimeOf(run: Run): Promise<NatTimeoutResult | undefined> {
	const { wanted, registered, deps, asking } = run;
	const max = wanted.natTimeout;
	if (max === undefined) return undefined;
	let result: NatTimeoutResult | undefined;
	await attempt(run, 'nat-timeout', async () => {
		const { address } = registered.local;
		const named =
			wanted.reflector === undefined
				? undefined
				: await resolveServer(wanted.reflector, REFLECTOR_PORT, address, run.names);
		const remote = named === undefined ? plainRemote(registered) : named.endpoint;
		if (remote === undefined)
			return inconclusive('nat-timeout', `the reflector ${named?.why ?? ''}`);
		const byStun = named === undefined ? await lifetimeByStun(run, max) : undefined;
		if (byStun !== undefined) {
			result = byStun;
			return result.experiment;
		}
		const inputs = { remote, isReflector: named !== undefined, max, asking };
		result = await natTimeoutExperiment(inputs, { ...deps, open: deps.transports.udp });
		return result.experiment;
	});
	return result;
}

/** By the first STUN server that is able to. */
async function lifetimeByStun(run: Run, max: number): Promise<NatTimeoutResult | undefined> {
	const { wanted, registered, deps } = run;
	const localAddress = registered.local.address;
	for (const text of wanted.stun) {
		const named = await resolveServer(text, STUN_PORT, localAddress, run.names);
		if (named.endpoint === undefined) continue;
		const inputs = { server: named.endpoint, localAddress, max };
		const measured = await stunTimeoutExperiment(inputs, deps);
		if (measured !== undefined) return measured;
	}
	return undefined;
}
