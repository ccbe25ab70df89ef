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
import { measureLifetime, type NatTimeoutResult, type Trial } from './measure-lifetime.js';
import { type Asking, probingRequest } from './probing-request.js';

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

/** By late answers of a reflector, or by the registrar alone. */
export function natTimeoutExperiment(
	inputs: NatTimeoutInputs,
	deps: AskerDeps,
): Promise<NatTimeoutResult> {
	const { remote, isReflector, max } = inputs;
	return measureLifetime({
		where: `${isReflector ? 'reflector ' : ''}${formatEndpoint(remote)}`,
		max,
		isByArrival: isReflector,
		timers: deps.timers,
		signal: deps.signal,
		trial: (silence, signal) => trial(silence, inputs, { ...deps, signal }),
	});
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
