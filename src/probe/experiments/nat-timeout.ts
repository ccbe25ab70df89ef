/*
 * `--nat-timeout`: how long the NAT keeps a silent mapping (RFC 4787 §4.3). Parallel ports make one exchange each and
 * are then silent, each for another time, so that the whole takes as long as the longest. With a reflector the proof is
 * its answer, asked to come that much later: it comes through or not. With the registrar alone each port asks again: a
 * new outside port says that the mapping was gone; the same one says that it lived, but only where the NAT would not
 * have given the same again.
 */
import { type Endpoint, formatEndpoint, sameEndpoint } from '../../net/endpoint.js';
import { firstHeader } from '../../sip/header-fields.js';
import { DELAY_FIELD } from '../../sip/reflector-echo.js';
import type { RequestToSend } from '../../sip/serialize-message.js';
import { pause } from '../pause.js';
import { seenIn } from './alg-verdict.js';
import { type Answer, type Asker, type AskerDeps, openAsker } from './asker.js';
import type { Experiment } from './experiment.js';
import {
	type Lifetime,
	type LifetimeTrial,
	lifetimeOf,
	lifetimeWords,
	silencesUpTo,
} from './lifetime.js';
import { type Asking, probingRequest } from './probing-request.js';

/** A guest sends one request a second, so the ports start one after the other. */
const GAP_MS = 1000;
const PATIENCE = { ms: 3000, again: true };
/** How much later than asked an answer may come. */
const LATE_MS = 4000;

export interface NatTimeoutInputs {
	/** The registrar, or the reflector. */
	readonly remote: Endpoint;
	readonly isReflector: boolean;
	/** Seconds. */
	readonly max: number;
	readonly asking: Asking;
}

export interface NatTimeoutResult {
	readonly experiment: Experiment;
	readonly lifetime: Lifetime;
}

interface Trial extends LifetimeTrial {
	readonly local: Endpoint | undefined;
	readonly before: Endpoint | undefined;
	/** What came of it, in words. */
	readonly after: string;
}

export async function natTimeoutExperiment(
	inputs: NatTimeoutInputs,
	deps: AskerDeps,
): Promise<NatTimeoutResult> {
	const known = new AbortController();
	const stop = (): void => known.abort();
	deps.signal?.addEventListener('abort', stop, { once: true });
	if (deps.signal?.aborted === true) stop();
	const done: Trial[] = [];
	const trials = silencesUpTo(inputs.max).map(async (silence, index) => {
		await pause(GAP_MS * index, deps.timers, known.signal);
		if (known.signal.aborted) return;
		done.push(await trial(silence, inputs, { ...deps, signal: known.signal }));
		if (isKnown(done, inputs)) stop();
	});
	await Promise.all(trials);
	deps.signal?.removeEventListener('abort', stop);
	const inOrder = done.toSorted((a, b) => a.silence - b.silence);
	return conclude(inOrder, inputs);
}

/**
 * What more silence cannot add to: every shorter one is in, and the mapping was gone; twice, where a lost answer would
 * look the same.
 */
function isKnown(done: readonly Trial[], { isReflector }: NatTimeoutInputs): boolean {
	const gone = done.filter(({ result }) => result === 'expired');
	return gone.length >= (isReflector ? 2 : 1);
}

async function trial(silence: number, inputs: NatTimeoutInputs, deps: AskerDeps): Promise<Trial> {
	const nothing = { silence, result: 'unknown', local: undefined, before: undefined } as const;
	const opened = await openAsker(inputs.remote, undefined, deps);
	if (opened.kind !== 'open') return { ...nothing, after: 'no port could be had' };
	const { asker } = opened;
	try {
		const { local } = asker;
		const first = await ask(asker, inputs, []);
		const before = sourceIn(first);
		if (first.kind !== 'answered') return { ...nothing, local, after: 'no answer' };
		const tried = { silence, local, before };
		if (inputs.isReflector) return { ...tried, ...(await delayedAnswer(asker, silence, inputs)) };
		if (before === undefined) {
			return { ...nothing, local, after: 'the server does not say where a request came from' };
		}
		await pause(silence * 1000, deps.timers, deps.signal);
		if (deps.signal?.aborted === true)
			return { ...tried, result: 'unknown', after: 'not needed any more' };
		return { ...tried, ...compare(local, before, await ask(asker, inputs, [])) };
	} finally {
		await asker.close();
	}
}

function ask(
	asker: Asker,
	inputs: NatTimeoutInputs,
	more: RequestToSend['headers'],
): Promise<Answer> {
	const { request, branch } = optionsRequest(asker, inputs, more);
	return asker.ask(request, branch, PATIENCE);
}

function optionsRequest(
	{ local }: Asker,
	{ asking }: NatTimeoutInputs,
	more: RequestToSend['headers'],
): { readonly request: RequestToSend; readonly branch: string } {
	const wanted = { method: 'OPTIONS', form: 'name', transport: 'UDP', maxForwards: 70 } as const;
	const { request, branch } = probingRequest({ ...wanted, local }, asking);
	return { request: { ...request, headers: [...request.headers, ...more] }, branch };
}

/** Sent once: a second copy would keep the mapping alive. */
async function delayedAnswer(
	asker: Asker,
	silence: number,
	inputs: NatTimeoutInputs,
): Promise<Pick<Trial, 'result' | 'after'>> {
	const { request, branch } = optionsRequest(asker, inputs, [[DELAY_FIELD, String(silence)]]);
	const answer = await asker.ask(request, branch, { ms: silence * 1000 + LATE_MS, again: false });
	if (answer.kind === 'silent') return { result: 'expired', after: 'the late answer did not come' };
	if (answer.kind !== 'answered') return { result: 'unknown', after: 'not waited for' };
	const told = firstHeader(answer.response, DELAY_FIELD.toLowerCase())?.value ?? '';
	// It may say no; and a server that is no reflector answers at once.
	if (told.includes('refused') || answer.ms < (silence - 1) * 1000) {
		return { result: 'unknown', after: 'answered at once: the reflector would not wait' };
	}
	return { result: 'alive', after: 'the late answer came through' };
}

function compare(
	local: Endpoint,
	before: Endpoint,
	answer: Answer,
): Pick<Trial, 'result' | 'after'> {
	const after = sourceIn(answer);
	if (after === undefined) return { result: 'unknown', after: 'no answer' };
	if (!sameEndpoint(before, after)) return { result: 'expired', after: formatEndpoint(after) };
	const isKept = before.port === local.port;
	return { result: isKept ? 'unknown' : 'alive', after: formatEndpoint(after) };
}

function sourceIn(answer: Answer): Endpoint | undefined {
	if (answer.kind !== 'answered') return undefined;
	const { address, port } = seenIn(answer);
	return address === undefined || port === undefined ? undefined : { address, port };
}

function conclude(trials: readonly Trial[], inputs: NatTimeoutInputs): NatTimeoutResult {
	const lifetime = lifetimeOf(trials);
	const where = `${inputs.isReflector ? 'reflector ' : ''}${formatEndpoint(inputs.remote)}`;
	const rows = trials.map(({ silence, before, after, result }) => [
		`${silence} s`,
		before === undefined ? '' : formatEndpoint(before),
		after,
		RESULT_WORDS[result],
	]);
	const table = { columns: ['silent for', 'seen before', 'after', 'mapping'], rows, proof: [] };
	if (lifetime.kind === 'cannot-tell') {
		const because = whyUnknown(trials);
		const verdict = because.kind;
		const text = `the lifetime of the mapping towards ${where} is not known: ${because.text}`;
		return { lifetime, experiment: { id: 'nat-timeout', verdict, text, ...table } };
	}
	const same =
		lifetime.kind === 'at-least' && !inputs.isReflector
			? ', or the NAT gives the same port again'
			: '';
	const text = `a silent mapping towards ${where} lives ${lifetimeWords(lifetime)} after one exchange${same}`;
	return { lifetime, experiment: { id: 'nat-timeout', verdict: 'measured', text, ...table } };
}

const RESULT_WORDS = { alive: 'alive', expired: 'gone', unknown: 'not known' } as const;

function whyUnknown(trials: readonly Trial[]): {
	readonly kind: 'no-nat' | 'cannot-tell';
	readonly text: string;
} {
	const mapped = trials.flatMap(({ local, before }) => {
		return local === undefined || before === undefined ? [] : [{ local, before }];
	});
	if (mapped.length === 0) {
		return { kind: 'cannot-tell', text: 'no answer says where a request came from' };
	}
	if (mapped.every(({ local, before }) => sameEndpoint(local, before))) {
		const text = 'there is no NAT; what a firewall forgets, only --reflector can measure';
		return { kind: 'no-nat', text };
	}
	const kept = 'the NAT keeps the port and gives the same one again, so only an answer that comes';
	return { kind: 'cannot-tell', text: `${kept} late can tell: --reflector` };
}
