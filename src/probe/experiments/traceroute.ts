/*
 * `--traceroute`: the SIP hops of a REGISTER, by Max-Forwards 0, 1, 2 …: the hop that may not forward any more answers
 * 483 (RFC 3261 §16.3), the registrar answers as it always does. A REGISTER without Contact and credentials, because a
 * proxy may answer OPTIONS for itself.
 */
import { type Endpoint, formatEndpoint } from '../../net/endpoint.js';
import { firstHeader } from '../../sip/header-fields.js';
import { clipped } from '../checklist.js';
import { pause } from '../pause.js';
import type { Answered } from './alg-verdict.js';
import { type Answer, type Asker, type AskerDeps, openAsker } from './asker.js';
import { type Experiment, inconclusive } from './experiment.js';
import { type Asking, probingRequest } from './probing-request.js';

const MAX_HOPS = 10;
const GAP_MS = 1000;
/** A proxy further on may be slower than the first. */
const PATIENCE = { ms: 4000, again: true };
const TOO_MANY_HOPS = 483;

export interface TracerouteInputs {
	readonly remote: Endpoint;
	/** `UDP`, `TCP`. */
	readonly transport: string;
	readonly asking: Asking;
}

interface Hop {
	readonly maxForwards: number;
	readonly answer: Answer;
}

export async function tracerouteExperiment(
	inputs: TracerouteInputs,
	deps: AskerDeps,
): Promise<Experiment> {
	const opened = await openAsker(inputs.remote, undefined, deps);
	if (opened.kind !== 'open') return inconclusive('traceroute', 'no way to the server');
	try {
		const hops = await trace(opened.asker, inputs, deps);
		return {
			id: 'traceroute',
			...conclude(hops),
			columns: ['Max-Forwards', 'answer', 'by', 'warning', 'from', 'after'],
			rows: hops.map(rowOf),
			proof: [],
		};
	} finally {
		await opened.asker.close();
	}
}

async function trace(
	asker: Asker,
	{ transport, asking }: TracerouteInputs,
	{ timers, signal }: AskerDeps,
): Promise<readonly Hop[]> {
	const hops: Hop[] = [];
	for (let maxForwards = 0; maxForwards < MAX_HOPS; maxForwards += 1) {
		const wanted = { method: 'REGISTER', form: 'address', transport, local: asker.local } as const;
		const { request, branch } = probingRequest({ ...wanted, maxForwards }, asking);
		const answer = await asker.ask(request, branch, PATIENCE);
		hops.push({ maxForwards, answer });
		if (answer.kind !== 'answered' || answer.response.statusCode !== TOO_MANY_HOPS) break;
		await pause(GAP_MS, timers, signal);
		if (signal?.aborted === true) break;
	}
	return hops;
}

function conclude(hops: readonly Hop[]): Pick<Experiment, 'verdict' | 'text'> {
	const last = hops.at(-1);
	const proxies = hops.length - 1;
	if (last?.answer.kind !== 'answered') {
		const before = proxies <= 0 ? 'the first hop' : `hop ${proxies + 1}`;
		return { verdict: 'cannot-tell', text: `${before} gave no answer to a REGISTER` };
	}
	const { response } = last.answer;
	if (response.statusCode === TOO_MANY_HOPS) {
		const text = `${hops.length} hops and still 483: a loop, or more proxies than are looked for`;
		return { verdict: 'cannot-tell', text };
	}
	const status = statusOf(last.answer);
	const text =
		proxies === 0
			? `no SIP proxy that counts hops before the registrar: ${status} with Max-Forwards 0`
			: `${proxies === 1 ? 'one SIP hop' : `${proxies} SIP hops`} before the registrar, which answers ${status}`;
	return { verdict: 'measured', text };
}

function rowOf({ maxForwards, answer }: Hop): readonly string[] {
	if (answer.kind !== 'answered') {
		return [
			String(maxForwards),
			answer.kind === 'silent' ? 'no answer' : answer.kind,
			'',
			'',
			'',
			'',
		];
	}
	const { response, from, ms } = answer;
	return [
		String(maxForwards),
		statusOf(answer),
		answeredBy(answer),
		clipped(firstHeader(response, 'warning')?.value ?? ''),
		formatEndpoint(from),
		`${Math.round(ms)} ms`,
	];
}

/** Who the answer says it is; a hop may say nothing of itself. */
function answeredBy({ response }: Answered): string {
	const server = firstHeader(response, 'server') ?? firstHeader(response, 'user-agent');
	return server === undefined ? 'does not say' : clipped(server.value);
}

function statusOf({ response }: Answered): string {
	return `${response.statusCode} ${clipped(response.reasonPhrase)}`;
}
