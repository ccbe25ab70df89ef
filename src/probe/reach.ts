/*
 * The way to the registrar: the name, its targets, and failover from one to the next (RFC 3263 §4.3) until one answers.
 */
import { isIP } from 'node:net';
import { type Endpoint, formatEndpoint } from '../net/endpoint.js';
import { isChallenge } from '../sip/status-codes.js';
import { elapsedMs, type Instant } from '../time/instant.js';
import { openDatagrams } from './datagram-socket.js';
import { NO_EXPERIMENTS, runExperiments } from './experiments/run-experiments.js';
import type { Lookup } from './locate/dns-asker.js';
import { type Located, locateRegistrar, type Target } from './locate/locate-registrar.js';
import { DEFAULT_PORTS, defaultTransport } from './locate/service.js';
import { orAborted } from './or-aborted.js';
import {
	addressStep,
	connectedWords,
	nameStep,
	noWayWords,
	pathStep,
	tlsStep,
	transportWords,
} from './reach-steps.js';
import { type RegisterEnd, register } from './register.js';
import { RegisterSession } from './register-session.js';
import type { ProbeRun } from './run-probe.js';
import { failureWords } from './step-words.js';
import type {
	OpenTransport,
	ProbeTransportName,
	SipTransport,
	TransportFailure,
} from './transport.js';
import { localAddressTo } from './udp-transport.js';

/** What was found, and how long it took. */
export interface Found {
	readonly located: Located;
	readonly since: Instant;
	readonly ms: number | undefined;
}

/** Asks the DNS; undefined where the user broke it off. */
export async function locateFor(
	{ target, deps }: ProbeRun,
	transport: ProbeTransportName | undefined,
): Promise<Found | undefined> {
	const since = deps.now();
	const { host, port, secure } = target;
	const located = await orAborted(
		locateRegistrar(
			{ host, port, secure, transport },
			{ resolver: deps.resolver, now: deps.now, random: () => randomFraction(deps.randomBytes) },
		),
		deps.signal,
	);
	if (located === undefined) {
		deps.resolver.cancel?.();
		return undefined;
	}
	const ms = located.lookups.length === 0 ? undefined : elapsedMs(since, deps.now());
	return { located, since, ms };
}

/** From 0 up to 1. */
function randomFraction(randomBytes: (length: number) => Uint8Array): number {
	return Buffer.from(randomBytes(4)).readUInt32BE() / 2 ** 32;
}

/** Tells the trace what is probed; gives the frame of it. */
export function recordStart(
	{ target, recorder }: ProbeRun,
	to: Target | undefined,
	transport: ProbeTransportName | undefined,
	at: Instant,
): number | undefined {
	const used = to?.transport ?? transport ?? defaultTransport(target.secure);
	const port = to?.endpoint.port ?? target.port ?? DEFAULT_PORTS[used];
	const where = { host: target.domain, port, transport: used };
	return recorder.event({ kind: 'probe', aor: target.aorToSend, target: where }, at);
}

/** Tells the trace that the probe would not go on, however long one waits. */
export function recordEnd({ target, recorder }: ProbeRun): void {
	const { aorToSend: aor, domain: host, secure } = target;
	const transport = defaultTransport(secure);
	const port = target.port ?? DEFAULT_PORTS[transport];
	recorder.event({ kind: 'probe', aor, target: { host, port, transport }, isOver: true });
}

/**
 * Puts the questions to the DNS into the trace. The library tells neither the socket it asks from nor the TTL: the
 * address is the one that this machine will send its REGISTER from.
 */
export async function recordLookups(run: ProbeRun, located: Located): Promise<void> {
	const { recorder, deps } = run;
	if (located.lookups.length === 0) return;
	const dst = deps.resolver.server ?? { address: '0.0.0.0', port: 53 };
	const towards = located.kind === 'located' ? located.targets[0].endpoint : dst;
	const source = await localAddressTo(towards).catch(() => undefined);
	const unknown = isIP(towards.address) === 6 ? '::' : '0.0.0.0';
	const src = { address: typeof source === 'string' ? source : unknown, port: 0 };
	for (const lookup of located.lookups) recorder.event(dnsEvent(lookup, src, dst), lookup.at);
	if (located.kind === 'located') return;
	const { outcome, errno, name } = located;
	recorder.event({ kind: 'resolution', outcome, name, errno });
}

function dnsEvent({ name, type, outcome, data }: Lookup, src: Endpoint, dst: Endpoint) {
	const answers = data.map((one) => ({ name, type, ttl: 0, data: one }));
	return { kind: 'dns', src, dst, name, type, outcome, copies: 1, answers } as const;
}

/** Says the `name` step. */
export function tellName({ target, checklist, deps }: ProbeRun, { located, ms }: Found): void {
	checklist.say('name', ...nameStep(target.host, located, deps.resolver.server), ms);
}

export interface TargetsToTry {
	readonly targets: readonly Target[];
	/** How many the DNS names. */
	readonly found: number;
	/** The user named this transport, so that UDP stays UDP. */
	readonly forced: ProbeTransportName | undefined;
	/** The server asked before, whose nonces are tried here. */
	readonly noncesOf?: Endpoint | undefined;
}

/** Tries one target after the other until one answers; says the steps from `address` on. */
export async function tryTargets(
	run: ProbeRun,
	toTry: TargetsToTry,
): Promise<RegisterEnd | 'no-way'> {
	const { targets } = toTry;
	const failed: Failed[] = [];
	let lastCseq = 0;
	for (const [index, target] of targets.entries()) {
		const more = index + 1 < targets.length;
		// Answers to the nonces of a server that just failed are nothing to the next.
		if (index > 0) run.authentication.turnTo(false);
		const session = newSession(run, target, toTry.forced, lastCseq);
		try {
			const tried = await tryTarget(run, session, { ...toTry, target, more, failed });
			if (tried.kind === 'done') return tried.end;
			failed.push({ ...tried, target });
		} finally {
			lastCseq = session.cseq;
			await session.close();
		}
	}
	return tellUnreachable(run, toTry, failed);
}

/** No target came up. */
function tellUnreachable(
	{ checklist }: ProbeRun,
	{ targets, found }: TargetsToTry,
	failed: readonly Failed[],
): RegisterEnd | 'no-way' {
	const last = failed.at(-1);
	const first = targets[0];
	const words = failed.map(wordsOf);
	if (first !== undefined) checklist.say('address', ...addressStep(first.endpoint, found, []));
	if (failed.every(({ kind }) => kind === 'no-way')) {
		checklist.say('transport', 'cannot-tell', words.join('; '));
		return 'no-way';
	}
	if (last?.failure?.kind === 'tls') {
		checklist.say('transport', 'ok', connectedWords(last.target.transport));
		checklist.say('tls', 'failed', words.join('; '));
	} else {
		checklist.say('transport', 'failed', words.join('; '));
	}
	return 'unreachable';
}

interface Candidate extends TargetsToTry {
	readonly target: Target;
	readonly more: boolean;
	/** What was tried before. */
	readonly failed: readonly Failed[];
}

type Tried =
	| { readonly kind: 'done'; readonly end: RegisterEnd }
	/** `no-way`: this machine; `failed`: the network or the far side. */
	| {
			readonly kind: 'failed' | 'no-way';
			readonly words: string;
			readonly failure?: TransportFailure;
	  };

type Failed = Exclude<Tried, { readonly kind: 'done' }> & { readonly target: Target };

function wordsOf({ target, words }: Failed): string {
	return `${formatEndpoint(target.endpoint)}: ${words}`;
}

async function tryTarget(
	run: ProbeRun,
	session: RegisterSession,
	candidate: Candidate,
): Promise<Tried> {
	const { deps, options, checklist } = run;
	const { target, more, noncesOf } = candidate;
	const since = deps.now();
	const opened = await session.connect(deps.signal);
	const ms = elapsedMs(since, deps.now());
	if (opened.kind === 'aborted') return { kind: 'done', end: 'interrupted' };
	if (opened.kind === 'failure') {
		const { failure } = opened;
		return { kind: 'failed', words: failureWords(failure), failure };
	}
	if (opened.kind === 'no-way')
		return { kind: 'no-way', words: noWayWords(target.endpoint, opened.errno) };
	const reached = { told: false };
	const onReached = (): void => {
		if (reached.told) return;
		reached.told = true;
		const note = noncesOf === undefined ? undefined : nonceWords(noncesOf, session);
		tellReached(run, candidate, opened.transport, { ms, note });
	};
	if (!more && noncesOf === undefined) onReached();
	const { expires, timeoutMs, beside, algorithm, registering, secret } = options;
	const hasSecret = [secret, registering?.sim, registering?.bearer].some(
		(one) => one !== undefined,
	);
	const end = await register({
		...{ session, checklist, authentication: run.authentication, username: run.username },
		...{ transport: target.transport, expires, timeoutMs, beside, algorithm, more, onReached },
		...{ registering, hasSecret },
		...{ timers: deps.timers, now: deps.now, signal: deps.signal },
	});
	if (reached.told) {
		await tryOut(run, session, opened.transport, target.endpoint);
		return { kind: 'done', end };
	}
	return { kind: 'failed', words: END_WORDS[end] ?? 'it failed' };
}

/** Why a target is left for the next one. */
const END_WORDS: Partial<Record<RegisterEnd, string>> = {
	unreachable: 'the REGISTER was refused by the network',
	unanswered: 'no answer to the REGISTER',
	refused: '503 to the REGISTER',
};

/** The experiments need the local port, so the session ends first: nothing is bound any more. */
async function tryOut(
	{ options, deps, target, recorder, checklist, experiments }: ProbeRun,
	session: RegisterSession,
	{ name, local }: SipTransport,
	remote: Endpoint,
): Promise<void> {
	await session.close();
	const { received } = session;
	const { udp = NO_TRANSPORT, tcp = NO_TRANSPORT, tls } = deps.transports;
	const { requestUri, identity, aorToSend: aor } = target;
	// Once for a probe, over whichever transport or target it came to an answer first.
	const wanted = experiments.length > 0 ? NO_EXPERIMENTS : (options.experiments ?? NO_EXPERIMENTS);
	const done = await runExperiments(
		wanted,
		{ received, local, remote, transport: name, requestUri, aor, userAgent: options.userAgent },
		{
			...deps,
			transports: { udp, tcp, tls: tls && ((open) => tls({ ...open, server: identity })) },
			...{ openDatagrams: deps.openDatagrams ?? openDatagrams, recorder, checklist },
		},
	);
	experiments.push(...done);
}

/** Of a transport that was not handed in. */
const NO_TRANSPORT: OpenTransport = () =>
	Promise.resolve({ kind: 'no-way', errno: 'EPROTONOSUPPORT' });

function tellReached(
	{ checklist, deps }: ProbeRun,
	{ target, found, failed }: Candidate,
	transport: SipTransport,
	{ ms, note }: { readonly ms: number; readonly note: string | undefined },
): void {
	const { local, tls } = transport;
	checklist.say('address', ...addressStep(target.endpoint, found, failed.map(wordsOf), note));
	checklist.say('path', ...pathStep(target, local, deps.interfaceOf?.(local.address)));
	checklist.say('transport', 'ok', transportWords(transport), ms);
	if (tls === undefined) checklist.say('tls', 'skipped', 'this transport has no TLS');
	else checklist.say('tls', ...tlsStep(tls, deps.now()));
}

/** Whether the targets of a domain share nonces, from the first answer to credentials for another one's nonce. */
function nonceWords(other: Endpoint, { firstFinal }: RegisterSession): string | undefined {
	if (firstFinal === undefined) return undefined;
	const { statusCode } = firstFinal.response;
	const whose = `the nonce of ${formatEndpoint(other)}`;
	if (statusCode < 300) return `it takes ${whose}: they share nonces`;
	return isChallenge(statusCode)
		? `it does not take ${whose} and asks anew: they do not share nonces`
		: undefined;
}

function newSession(
	run: ProbeRun,
	{ transport, endpoint: remote }: Target,
	forced: ProbeTransportName | undefined,
	lastCseq: number,
): RegisterSession {
	const { options, deps, recorder, authentication, identify, target } = run;
	const { timeoutMs, localPort } = options;
	const { timers } = deps;
	const opener =
		(name: ProbeTransportName, port: number | undefined) =>
		(
			...[listener, signal]: Parameters<ConstructorParameters<typeof RegisterSession>[0]['open']>
		) => {
			const open = deps.transports[name];
			if (open === undefined) throw new Error(`nobody handed in a transport for ${name}`);
			const server = target.identity;
			return open({ remote, localPort: port, timeoutMs, timers, listener, signal, server });
		};
	return new RegisterSession({
		open: opener(transport, localPort),
		openLarge: transport === 'udp' && forced === undefined ? opener('tcp', undefined) : undefined,
		transport,
		remote,
		recorder,
		timers,
		lastCseq,
		authentication,
		identify,
		// RFC 3261 §8.1.1.7: the magic cookie.
		newBranch: () => `z9hG4bK${Buffer.from(deps.randomBytes(10)).toString('hex')}`,
		onWaiting: deps.onWaiting,
		optionsFirst: options.registering?.optionsFirst === true,
	});
}
