/*
 * `sipdoctor probe`: from a name to the 200 and back to unregistered, as a guest. Feeds a TraceSink with what was sent,
 * received and refused, exactly as a capture would; says the steps on the way. Judges nothing: that is the analysis.
 */
import type { DigestSecret } from '../digest/digest.js';
import { type Endpoint, formatEndpoint } from '../net/endpoint.js';
import { wireText } from '../sip/display-text.js';
import type { Instant } from '../time/instant.js';
import { elapsedMs } from '../time/instant.js';
import type { TraceSink } from '../trace/observed.js';
import type { SourceFacts } from '../trace/source-facts.js';
import { Authentication } from './authentication.js';
import { Checklist } from './checklist.js';
import { checkIdentity, newIdentity } from './identity.js';
import { locate } from './locate.js';
import { addressStep, nameStep, transportWords } from './locate-steps.js';
import { ProbeError } from './probe-error.js';
import type { ProbeStep } from './probe-step.js';
import { type ProbeRecord, ProbeRecorder } from './recorder.js';
import { type RegisterEnd, register } from './register.js';
import { RegisterSession } from './register-session.js';
import type { RegisteringOptions } from './registering-options.js';
import type { Resolver } from './resolver.js';
import { failureWords } from './step-words.js';
import { type ProbeTarget, readTarget } from './target.js';
import type { Timers } from './timers.js';
import type { OpenTransport, ProbeTransportName, SipTransport } from './transport.js';

/** Addresses of one name that are tried after transport failures (RFC 3263 §4.3). */
const MAX_ADDRESSES_TRIED = 3;

export interface ProbeOptions {
	/** `1001@example.com`, with or without `sip:`. */
	readonly aor: string;
	/** Digest username; absent: the user of the address-of-record. */
	readonly authUser: string | undefined;
	readonly secret: DigestSecret | undefined;
	/** `HOST[:PORT]` to send to instead of the domain. */
	readonly server: string | undefined;
	readonly transport: ProbeTransportName;
	/** Forced digest algorithm; absent: the topmost offered that can be answered. */
	readonly algorithm: string | undefined;
	/** Seconds to ask for; short, so that the binding vanishes should its removal be lost. */
	readonly expires: number;
	/** Timer F of each REGISTER, and the patience for a TCP connect; milliseconds, 32 s by default. */
	readonly timeoutMs: number;
	readonly localPort: number | undefined;
	/** Goes on where another device is bound. */
	readonly beside: boolean;
	readonly userAgent: string;
	/** Absent: as every phone does. */
	readonly registering?: RegisteringOptions | undefined;
}

export interface ProbeDeps {
	readonly sink: TraceSink;
	readonly now: () => Instant;
	readonly randomBytes: (length: number) => Uint8Array;
	readonly timers: Timers;
	readonly resolver: Resolver;
	readonly transports: Readonly<Record<ProbeTransportName, OpenTransport>>;
	/** Ctrl-C: the probe stops, removes its binding, and returns. */
	readonly signal: AbortSignal | undefined;
	/** Called once a REGISTER, when 4 s went by without a final answer. */
	readonly onWaiting?: () => void;
	readonly onStep?: (step: ProbeStep) => void;
}

export interface ProbeResult {
	readonly end: RegisterEnd | 'unresolved';
	/** The user broke it off; the binding was removed all the same, see the `unregistered` step. */
	readonly interrupted: boolean;
	/** Canonical address-of-record. */
	readonly aor: string;
	/** Every step, in order; those not reached are skipped. */
	readonly steps: readonly ProbeStep[];
	readonly facts: SourceFacts;
	/** For `saveProbe`. */
	readonly records: readonly ProbeRecord[];
}

interface Run {
	readonly options: ProbeOptions;
	readonly deps: ProbeDeps;
	readonly target: ProbeTarget;
	readonly recorder: ProbeRecorder;
	readonly checklist: Checklist;
	readonly authentication: Authentication;
	readonly identify: (transport: SipTransport) => ReturnType<typeof newIdentity>;
	readonly username: string;
}

/** Runs a probe to its end. Throws `ProbeError` for a wrong argument, and where this machine has no way out. */
export async function runProbe(options: ProbeOptions, deps: ProbeDeps): Promise<ProbeResult> {
	const run = prepare(options, deps);
	const { target, recorder, checklist } = run;
	recorder.event({
		kind: 'probe',
		aor: target.aorToSend,
		target: { host: target.domain, port: target.port, transport: options.transport },
	});
	const end = await reach(run);
	const interrupted = deps.signal?.aborted === true;
	return {
		end,
		interrupted,
		aor: target.aor,
		steps: checklist.finish(interrupted ? 'interrupted before it' : 'not reached'),
		facts: recorder.facts(),
		records: recorder.records,
	};
}

function prepare(options: ProbeOptions, deps: ProbeDeps): Run {
	const target = readTarget(options.aor, options.server);
	const username = options.authUser === undefined ? target.userName : wireText(options.authUser);
	const token = (length: number): string => Buffer.from(deps.randomBytes(length)).toString('hex');
	const { secret, algorithm, registering } = options;
	if (registering !== undefined) checkIdentity(registering);
	const bearer = registering?.bearer;
	let spoken = '';
	const authentication = new Authentication({
		username,
		secret,
		algorithm,
		newCnonce: () => token(8),
		sim: registering?.sim,
		bearer: bearer && {
			token: bearer.token,
			mayBeSent: () => bearer.overCleartext || ENCRYPTED.has(spoken),
		},
	});
	let identity: ReturnType<typeof newIdentity> | undefined;
	return {
		options,
		deps,
		target,
		username,
		authentication,
		recorder: new ProbeRecorder(deps.sink, deps.now),
		checklist: new Checklist(deps.onStep),
		// Another server address is still the same user agent; only its Contact follows the socket.
		identify: (transport) => {
			const { userAgent } = options;
			spoken = transport.name;
			identity = newIdentity({ target, transport, userAgent, token, registering }, identity);
			return identity;
		},
	};
}

/** What the transport itself encrypts (RFC 8898 §2.1). */
const ENCRYPTED: ReadonlySet<string> = new Set(['tls', 'wss']);

/** From the name to an address that answers. */
async function reach(run: Run): Promise<ProbeResult['end']> {
	const { deps, target, recorder, checklist } = run;
	const since = deps.now();
	const located = await orAborted(locate(target.host, deps.resolver), deps.signal);
	if (located === undefined) return 'interrupted';
	for (const answer of located.answers) {
		if (answer.addresses.length > 0) recorder.dns(target.host, answer);
	}
	const ms = located.answers.length === 0 ? undefined : elapsedMs(since, deps.now());
	checklist.say('name', ...nameStep(target.host, located), ms);
	if (located.kind === 'located') return tryAddresses(run, located.addresses);
	const { outcome, errno } = located;
	recorder.event({ kind: 'resolution', outcome, name: target.host, errno });
	return 'unresolved';
}

async function tryAddresses(run: Run, addresses: readonly string[]): Promise<RegisterEnd> {
	const { checklist, target } = run;
	const tried = addresses.slice(0, MAX_ADDRESSES_TRIED);
	const failed: string[] = [];
	let networkSpoke = false;
	let lastCseq = 0;
	for (const [index, address] of tried.entries()) {
		const remote = { address, port: target.port };
		const more = index + 1 < tried.length;
		const session = newSession(run, remote, lastCseq);
		try {
			const tried = await tryAddress(run, session, { remote, more, failed, of: addresses.length });
			if (tried.kind === 'done') return tried.end;
			networkSpoke ||= tried.kind === 'failed';
			failed.push(`${formatEndpoint(remote)}: ${tried.words}`);
		} finally {
			lastCseq = session.cseq;
			await session.close();
		}
	}
	if (!networkSpoke) throw noRoute(failed);
	checklist.say(
		'address',
		...addressStep({ address: tried[0] ?? '', port: target.port }, addresses.length, []),
	);
	checklist.say('transport', 'failed', failed.join('; '));
	return 'unreachable';
}

interface Candidate {
	readonly remote: Endpoint;
	readonly more: boolean;
	/** What was tried before, in words. */
	readonly failed: readonly string[];
	/** How many addresses the name has. */
	readonly of: number;
}

type Tried =
	| { readonly kind: 'done'; readonly end: RegisterEnd }
	/** `no-way`: this machine; `failed`: the network or the far side. */
	| { readonly kind: 'failed' | 'no-way'; readonly words: string };

async function tryAddress(
	run: Run,
	session: RegisterSession,
	candidate: Candidate,
): Promise<Tried> {
	const { checklist, deps, options } = run;
	const { remote, more } = candidate;
	const since = deps.now();
	const opened = await session.connect(deps.signal);
	const ms = elapsedMs(since, deps.now());
	if (opened.kind === 'aborted') return { kind: 'done', end: 'interrupted' };
	if (opened.kind === 'failure') return { kind: 'failed', words: failureWords(opened.failure) };
	if (opened.kind === 'no-way') return { kind: 'no-way', words: `no way there (${opened.errno})` };
	const { local } = opened.transport;
	const onReached = (): void => {
		checklist.say('address', ...addressStep(remote, candidate.of, candidate.failed));
		checklist.say('transport', 'ok', transportWords(options.transport, local), ms);
	};
	if (!more) onReached();
	const { expires, timeoutMs, beside, algorithm, registering, secret } = options;
	const hasSecret = [secret, registering?.sim, registering?.bearer].some(
		(one) => one !== undefined,
	);
	const end = await register({
		...{ session, checklist, authentication: run.authentication, username: run.username },
		...{ transport: options.transport, expires, timeoutMs, beside, algorithm, more, onReached },
		...{ registering, hasSecret },
		...{ timers: deps.timers, now: deps.now, signal: deps.signal },
	});
	const next = more && end === 'unreachable' && session.received.length === 0;
	return next
		? { kind: 'failed', words: 'the REGISTER was refused by the network' }
		: { kind: 'done', end };
}

function newSession(run: Run, remote: Endpoint, lastCseq: number): RegisterSession {
	const { options, deps, recorder, authentication, identify } = run;
	const { timeoutMs, localPort } = options;
	const { timers } = deps;
	return new RegisterSession({
		open: (listener, signal) =>
			deps.transports[options.transport]({
				remote,
				localPort,
				timeoutMs,
				timers,
				listener,
				signal,
			}),
		transport: options.transport,
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

/** The outcome, or undefined as soon as the signal fires: a resolver cannot be told to stop. */
function orAborted<T>(
	pending: Promise<T>,
	signal: AbortSignal | undefined,
): Promise<T | undefined> {
	if (signal === undefined) return pending;
	if (signal.aborted) return Promise.resolve(undefined);
	return new Promise((resolve, reject) => {
		const abort = (): void => resolve(undefined);
		signal.addEventListener('abort', abort, { once: true });
		pending.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
	});
}

function noRoute(failed: readonly string[]): ProbeError {
	return new ProbeError(
		'local',
		`This machine has no way to the server: ${failed.join('; ')}`,
		'Check its network connection and routes; an IPv6 address needs IPv6.',
	);
}
