/*
 * `sipdoctor probe`: from a name to the 200 and back to unregistered, as a guest. Feeds a TraceSink with what was sent,
 * received and refused, exactly as a capture would; says the steps on the way. Judges nothing: that is the analysis.
 */
import type { DigestSecret } from '../digest/digest.js';
import { isSecure, type Transport } from '../net/transport.js';
import type { Instant } from '../time/instant.js';
import type { TraceSink } from '../trace/observed.js';
import type { SourceFacts } from '../trace/source-facts.js';
import type { Authentication } from './authentication.js';
import { Checklist } from './checklist.js';
import type { OpenDatagrams } from './datagram-socket.js';
import type { Experiment } from './experiments/experiment.js';
import type { ExperimentOptions } from './experiments/run-experiments.js';
import { checkIdentity, newIdentity } from './identity.js';
import type { Target } from './locate/locate-registrar.js';
import { digestUsername, newAuthentication } from './new-authentication.js';
import { noRoute } from './no-network.js';
import { ProbeError } from './probe-error.js';
import type { ProbeStep } from './probe-step.js';
import {
	type Found,
	locateFor,
	recordEnd,
	recordLookups,
	recordStart,
	type TargetsToTry,
	tellName,
	tryTargets,
} from './reach.js';
import { type ProbeRecord, ProbeRecorder } from './recorder.js';
import type { RegisterEnd } from './register.js';
import type { RegisteringOptions } from './registering-options.js';
import type { Resolver } from './resolver.js';
import { type ProbeTarget, readTarget } from './target.js';
import type { Timers } from './timers.js';
import type { OpenTransport, ProbeTransportName, SipTransport } from './transport.js';

export interface ProbeOptions {
	/** `1001@example.com`, with or without `sip:`. */
	readonly aor: string;
	/** Digest username; absent: the user of the address-of-record. */
	readonly authUser: string | undefined;
	readonly secret: DigestSecret | undefined;
	/** `HOST[:PORT]` to send to instead of the domain. */
	readonly server: string | undefined;
	/** One registration over each, one after the other; none: as the DNS says, or UDP (RFC 3263 §4.1). */
	readonly transports: readonly ProbeTransportName[];
	/** Registers at each target of the name, not only at the first that answers. */
	readonly allTargets?: boolean | undefined;
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
	/** What to try out once the REGISTER is over; absent: nothing. */
	readonly experiments?: ExperimentOptions | undefined;
	/** Absent: as every phone does. */
	readonly registering?: RegisteringOptions | undefined;
}

export interface ProbeDeps {
	readonly sink: TraceSink;
	readonly now: () => Instant;
	readonly randomBytes: (length: number) => Uint8Array;
	readonly timers: Timers;
	readonly resolver: Resolver;
	readonly transports: Readonly<Partial<Record<ProbeTransportName, OpenTransport>>>;
	/** Name of the network interface that has this address. */
	readonly interfaceOf?: (address: string) => string | undefined;
	/** UDP ports for STUN; absent: the machine's own. */
	readonly openDatagrams?: OpenDatagrams;
	/** Ctrl-C: the probe stops, removes its binding, and returns. */
	readonly signal: AbortSignal | undefined;
	/** Called once a REGISTER, when 4 s went by without a final answer. */
	readonly onWaiting?: () => void;
	readonly onStep?: (step: ProbeStep) => void;
	/** Called as each experiment begins, with what it does. */
	readonly onTrying?: (what: string) => void;
}

/** `no-way`: this machine has no route there. */
export type ProbeEnd = RegisterEnd | 'unresolved' | 'no-way';

/** Ends after which a phone might go on, and a probe does not: a capture that ends there would leave it open. */
const GAVE_UP: ReadonlySet<ProbeEnd> = new Set<ProbeEnd>([
	'not-authenticated',
	'refused',
	// A short --timeout, TCP, or a 100 that slows the sends: fewer sends than a capture would take for silence.
	'unanswered',
]);

/** One registration of a probe: over one transport, or at one target. */
export interface ProbeSection {
	/** The frame that opens it in the trace; undefined where the trace was full. */
	readonly frame: number | undefined;
	readonly end: ProbeEnd;
	readonly steps: readonly ProbeStep[];
}

export interface ProbeResult {
	/** How the last of its sections ended. */
	readonly end: ProbeEnd;
	/** The user broke it off; the binding was removed all the same, see the `unregistered` step. */
	readonly interrupted: boolean;
	/** Canonical address-of-record. */
	readonly aor: string;
	/** Every step of the first section, in order; those not reached are skipped. */
	readonly steps: readonly ProbeStep[];
	readonly sections: readonly ProbeSection[];
	readonly facts: SourceFacts;
	/** What was tried out, in order. */
	readonly experiments: readonly Experiment[];
	/** For `saveProbe`. */
	readonly records: readonly ProbeRecord[];
}

/** What all that a probe does has in common. */
export interface ProbeRun {
	readonly options: ProbeOptions;
	readonly deps: ProbeDeps;
	readonly target: ProbeTarget;
	readonly recorder: ProbeRecorder;
	readonly checklist: Checklist;
	readonly authentication: Authentication;
	readonly identify: (transport: SipTransport) => ReturnType<typeof newIdentity>;
	/** For another registration: a Call-ID of its own. */
	readonly newIdentify: () => ProbeRun['identify'];
	readonly username: string;
	readonly experiments: Experiment[];
}

/** Runs a probe to its end. Throws `ProbeError` for a wrong argument, and where this machine has no way out. */
export async function runProbe(options: ProbeOptions, deps: ProbeDeps): Promise<ProbeResult> {
	const run = prepare(options, deps);
	const { recorder, target } = run;
	const sections: ProbeSection[] = [];
	const transports = options.transports.length === 0 ? [undefined] : options.transports;
	for (const transport of transports) {
		if (sections.length > 0 && isOver(run)) break;
		run.authentication.turnTo(false);
		sections.push(...(await overTransport(run, transport)));
	}
	if (sections.every(({ end }) => end === 'no-way')) throw noRoute(transportWords(sections));
	return {
		end: sections.at(-1)?.end ?? 'interrupted',
		interrupted: isInterrupted(run),
		aor: target.aor,
		steps: sections[0]?.steps ?? [],
		sections,
		facts: recorder.facts(),
		experiments: run.experiments,
		records: recorder.records,
	};
}

function isInterrupted({ deps }: ProbeRun): boolean {
	return deps.signal?.aborted === true;
}

/** Nothing more is begun: broken off, or the credentials were refused as often as a guest may be refused. */
function isOver(run: ProbeRun): boolean {
	return isInterrupted(run) || run.authentication.exhausted;
}

/** From the name to an address that answers, over one transport or the one that the DNS names. */
async function overTransport(
	base: ProbeRun,
	transport: ProbeTransportName | undefined,
): Promise<readonly ProbeSection[]> {
	const run = newSection(base);
	const since = base.deps.now();
	const found = await locateFor(run, transport);
	const located = found?.located;
	const first = located?.kind === 'located' ? located.targets[0] : undefined;
	const frame = recordStart(run, first, transport, since);
	if (found === undefined || located === undefined)
		return [ended(run, { frame, end: 'interrupted' })];
	await recordLookups(run, located);
	tellName(run, found);
	if (located.kind === 'not-located') return [ended(run, { frame, end: 'unresolved' })];
	const { targets, found: count } = located;
	const toTry = { targets, found: count, forced: transport };
	if (base.options.allTargets === true) return atEachTarget(run, frame, found, toTry);
	return [ended(run, { frame, end: await tryTargets(run, toTry) })];
}

/** Each target on its own, as a registration of its own. */
async function atEachTarget(
	first: ProbeRun,
	firstFrame: number | undefined,
	found: Found,
	{ targets, forced, found: count }: TargetsToTry,
): Promise<readonly ProbeSection[]> {
	const sections: ProbeSection[] = [];
	const { authentication } = first;
	let before: Target | undefined;
	for (const target of targets) {
		if (before !== undefined && isOver(first)) break;
		const run = before === undefined ? first : newSection(first);
		const frame =
			before === undefined ? firstFrame : recordStart(run, target, forced, run.deps.now());
		tellName(run, found);
		// A nonce that is not known counts as a failure where the server does not call it stale: it is tried only once.
		const isTold =
			before !== undefined && authentication.holdsNonce && authentication.failures === 0;
		authentication.turnTo(isTold);
		const noncesOf = isTold ? before?.endpoint : undefined;
		const end = await tryTargets(run, { targets: [target], forced, found: count, noncesOf });
		sections.push(ended(run, { frame, end }));
		before = target;
	}
	return sections;
}

function newSection(run: ProbeRun): ProbeRun {
	return { ...run, checklist: new Checklist(run.deps.onStep), identify: run.newIdentify() };
}

function ended(
	run: ProbeRun,
	{ frame, end }: { readonly frame: number | undefined; readonly end: ProbeEnd },
): ProbeSection {
	if (!isInterrupted(run) && GAVE_UP.has(end)) recordEnd(run);
	const why = isInterrupted(run) ? 'interrupted before it' : 'not reached';
	return { frame, end, steps: run.checklist.finish(why) };
}

function prepare(options: ProbeOptions, deps: ProbeDeps): ProbeRun {
	const target = readTarget(options.aor, options.server);
	if (target.secure && !options.transports.every(isSecure)) throw notSecure();
	const token = (length: number): string => Buffer.from(deps.randomBytes(length)).toString('hex');
	const { authUser, secret, algorithm, registering } = options;
	if (registering !== undefined) checkIdentity(registering);
	let spoken: Transport | undefined;
	const { userName } = target;
	const username = digestUsername({ authUser, userName });
	const authentication = newAuthentication({
		...{ userName, authUser, secret, algorithm, registering },
		newCnonce: () => token(8),
		spoken: () => spoken,
	});
	const newIdentify = (): ProbeRun['identify'] => {
		let identity: ReturnType<typeof newIdentity> | undefined;
		// Another server address is still the same user agent; only its Contact follows the socket.
		return (transport) => {
			const { userAgent } = options;
			spoken = transport.name;
			identity = newIdentity({ target, transport, userAgent, token, registering }, identity);
			return identity;
		};
	};
	return {
		options,
		deps,
		target,
		username,
		authentication,
		experiments: [],
		recorder: new ProbeRecorder(deps.sink, deps.now),
		checklist: new Checklist(deps.onStep),
		identify: newIdentify(),
		newIdentify,
	};
}

function notSecure(): ProbeError {
	return new ProbeError(
		'usage',
		'A sips: address-of-record goes only over TLS (RFC 3261 §26.2.2)',
		'Leave --transport out, or say tls or wss.',
	);
}

function transportWords(sections: readonly ProbeSection[]): readonly string[] {
	const steps = sections.flatMap((one) => one.steps).filter(({ id }) => id === 'transport');
	return steps.map(({ text }) => text);
}
