/*
 * `--reflector`: the octets that left beside the octets that arrived, in both directions, at a server of ours that
 * tells (`sipdoctor reflect`). A NAT changes no octet of the text, so any change is by an ALG.
 */
import { type Endpoint, formatEndpoint } from '../../net/endpoint.js';
import {
	type ChangedLine,
	changedInAnswer,
	changedInRequest,
	type Echo,
	readEcho,
	withEcho,
} from '../../sip/reflector-echo.js';
import { clipped } from '../checklist.js';
import { pause } from '../pause.js';
import type { AlgDeps } from './alg.js';
import type { Answered } from './alg-verdict.js';
import { type Answer, openAsker } from './asker.js';
import type { Experiment, ExperimentProof } from './experiment.js';
import { defaultPortIfFree } from './local-port.js';
import { type Asking, probingRequest } from './probing-request.js';

const GAP_MS = 1000;
const PATIENCE = { ms: 3000, again: true };
/** A request has some twenty lines; who changes more changes everything. */
const MAX_ROWS = 60;
const MAX_PROOFS = 12;

export interface ReflectorInputs {
	readonly reflector: Endpoint;
	/** Address of this machine towards it. */
	readonly localAddress: string;
	readonly asking: Asking;
}

interface Reflection {
	readonly transport: 'UDP' | 'TCP';
	/** What came of it where there is no echo. */
	readonly nothing: string | undefined;
	readonly source: string;
	readonly answer: Answered | undefined;
	readonly request: readonly ChangedLine[];
	readonly response: readonly ChangedLine[];
}

export async function reflectorExperiment(
	inputs: ReflectorInputs,
	deps: AlgDeps,
): Promise<Experiment> {
	const reflections: Reflection[] = [];
	for (const transport of ['UDP', 'TCP'] as const) {
		reflections.push(await reflect(transport, inputs, deps));
		await pause(GAP_MS, deps.timers, deps.signal);
	}
	return {
		id: 'reflector',
		...conclude(reflections, inputs.reflector),
		columns: ['over', 'came from', 'direction', 'line', 'sent', 'arrived'],
		rows: reflections.flatMap(rowsOf).slice(0, MAX_ROWS),
	};
}

async function reflect(
	transport: 'UDP' | 'TCP',
	{ reflector, localAddress, asking }: ReflectorInputs,
	deps: AlgDeps,
): Promise<Reflection> {
	const nothing = { transport, source: '', answer: undefined, request: [], response: [] };
	const isUdp = transport === 'UDP';
	const port = isUdp ? await defaultPortIfFree(localAddress, deps.openDatagrams) : undefined;
	const open = isUdp ? deps.transports.udp : deps.transports.tcp;
	const opened = await openAsker(reflector, port, { ...deps, open });
	if (opened.kind !== 'open') {
		return { ...nothing, nothing: opened.kind === 'no-way' ? opened.why : opened.kind };
	}
	const { asker } = opened;
	try {
		const wanted = { method: 'OPTIONS', form: 'address', transport, maxForwards: 70 } as const;
		const { request, branch } = probingRequest({ ...wanted, local: asker.local }, asking);
		const answer = await asker.ask(withEcho(request), branch, PATIENCE);
		const echo = answer.kind === 'answered' ? readEcho(answer.response) : undefined;
		if (answer.kind !== 'answered' || echo === undefined) {
			return { ...nothing, nothing: withoutEcho(answer) };
		}
		return compared(transport, answer, echo);
	} finally {
		await asker.close();
	}
}

function withoutEcho(answer: Answer): string {
	if (answer.kind === 'answered') return 'answered without an echo: no sipdoctor reflect there';
	return answer.kind === 'silent' ? 'no answer' : answer.kind;
}

function compared(transport: 'UDP' | 'TCP', answer: Answered, echo: Echo): Reflection {
	return {
		transport,
		nothing: undefined,
		source: formatEndpoint(echo.source),
		answer,
		request: changedInRequest(answer.request.bytes, echo),
		response: changedInAnswer(answer.response.bytes, echo),
	};
}

function rowsOf(reflection: Reflection): readonly (readonly string[])[] {
	const { transport, nothing, source, request, response } = reflection;
	if (nothing !== undefined) return [[transport, '', nothing, '', '', '']];
	const rows = [
		...request.map((line) => [transport, source, 'request', ...lineCells(line)]),
		...response.map((line) => [transport, source, 'answer', ...lineCells(line)]),
	];
	return rows.length > 0 ? rows : [[transport, source, 'both', 'every octet as sent', '', '']];
}

function lineCells({ field, sent, arrived }: ChangedLine): readonly string[] {
	return [clipped(field), clipped(sent ?? ''), clipped(arrived ?? '')];
}

function conclude(
	reflections: readonly Reflection[],
	reflector: Endpoint,
): Pick<Experiment, 'verdict' | 'text' | 'proof'> {
	const where = `the reflector ${formatEndpoint(reflector)}`;
	const edited = reflections.find(({ request, response }) => request.length + response.length > 0);
	if (edited?.answer !== undefined) {
		const { transport, request, response } = edited;
		const changed = [...request, ...response].map(({ field }) => field);
		const fields = clipped([...new Set(changed)].join(', '));
		const way = [
			...(request.length > 0 ? ['on the way there'] : []),
			...(response.length > 0 ? ['on the way back'] : []),
		].join(' and ');
		const text = `ALG proven over ${transport}: ${fields} changed ${way} (${where} shows the octets)`;
		return {
			verdict: 'alg-proven',
			text,
			proof: proofOf(edited, edited.answer).slice(0, MAX_PROOFS),
		};
	}
	const read = reflections.filter(({ nothing }) => nothing === undefined);
	if (read.length === 0) {
		const why = reflections.map(({ transport, nothing }) => `${transport}: ${nothing ?? ''}`);
		return { verdict: 'cannot-tell', text: `nothing from ${where} (${why.join('; ')})`, proof: [] };
	}
	const over = read.map(({ transport }) => transport).join(' and ');
	return {
		verdict: 'no-alg',
		text: `no ALG on the way to ${where}: every octet of request and answer arrived as it was sent, over ${over}`,
		proof: [],
	};
}

function proofOf(
	{ request, response }: Reflection,
	{ frame, at }: Answered,
): readonly ExperimentProof[] {
	const words = ({ sent, arrived }: ChangedLine) => {
		if (sent === undefined) return `arrived as ${clipped(arrived ?? 'nothing')}`;
		return `sent as ${clipped(sent)}, arrived as ${clipped(arrived ?? 'something else')}`;
	};
	return [
		...request.map((line) => ({
			frame,
			at,
			field: `${line.field} of the request`,
			text: words(line),
		})),
		...response.map((line) => ({
			frame,
			at,
			field: `${line.field} of the answer`,
			text: words(line),
		})),
	];
}
