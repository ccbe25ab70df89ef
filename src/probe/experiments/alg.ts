/*
 * `--alg`: does something on the way edit SIP? Single requests without credentials, one a second: from port 5060 with
 * the own address and no port (the bait), over the same flow with a name (the control), the same from another local port,
 * over TCP and TLS, and one with Max-Forwards 0, which the first SIP hop answers.
 */
import type { Endpoint } from '../../net/endpoint.js';
import { firstHeader } from '../../sip/header-fields.js';
import { clipped } from '../checklist.js';
import type { OpenDatagrams } from '../datagram-socket.js';
import { pause } from '../pause.js';
import type { OpenTransport } from '../transport.js';
import {
	type Answered,
	judgePair,
	type Pair,
	type PairVerdict,
	type Seen,
	seenIn,
	seenWords,
} from './alg-verdict.js';
import { type Answer, type Asker, type AskerDeps, openAsker } from './asker.js';
import { echoDifferences } from './echo.js';
import type { Experiment } from './experiment.js';
import { defaultPortIfFree, SIP_PORT } from './local-port.js';
import { type Asking, type ProbingRequest, probingRequest } from './probing-request.js';

/** A guest sends one request a second. */
const GAP_MS = 1000;
/** Three sends over UDP. */
const PATIENCE = { ms: 3000, again: true };
const ONCE = { ...PATIENCE, again: false };
const OTHER_PORT = 'UDP from another port';

export interface AlgInputs {
	/** For UDP and TCP. */
	readonly remote: Endpoint;
	/** Undefined where nobody knows where TLS would be. */
	readonly tlsRemote: Endpoint | undefined;
	/** Of the REGISTER. */
	readonly local: Endpoint;
	/** A REGISTER over UDP was answered: where OPTIONS is not, REGISTER is asked instead. */
	readonly answersRegister: boolean;
	readonly asking: Asking;
}

export interface AlgDeps extends Omit<AskerDeps, 'open'> {
	readonly transports: {
		readonly udp: OpenTransport;
		readonly tcp: OpenTransport;
		readonly tls?: OpenTransport | undefined;
	};
	readonly openDatagrams: OpenDatagrams;
}

/** A line of the table before it is words. */
interface Trial {
	readonly what: string;
	readonly transport: string;
	readonly answer: Answer | string;
}

interface Tried {
	readonly pair: Pair | undefined;
	readonly trials: readonly Trial[];
}

export interface AlgResult {
	readonly experiment: Experiment;
	/** Where the server saw a request come from in which no ALG finds anything to edit. */
	readonly outside: Seen | undefined;
}

export async function algExperiment(inputs: AlgInputs, deps: AlgDeps): Promise<AlgResult> {
	const udp = await overUdp(inputs, deps);
	const other = await overOtherPort(udp, inputs, deps);
	const tcp = await overStream('TCP', inputs.remote, inputs, deps);
	const { tlsRemote } = inputs;
	const tls = tlsRemote === undefined ? NOTHING : await overStream('TLS', tlsRemote, inputs, deps);
	const tried = [udp, other, tcp, tls];
	const pairs = tried.flatMap(({ pair }) => pair ?? []);
	const [plain] = pairs.flatMap(({ name }) => (name.kind === 'answered' ? [seenIn(name)] : []));
	const experiment: Experiment = {
		id: 'alg',
		...conclude(pairs, inputs),
		columns: ['request', 'over', 'answer', 'seen as', 'came back changed'],
		rows: tried.flatMap(({ trials }) => trials).map(rowOf),
	};
	return { experiment, outside: plain };
}

const NOTHING: Tried = { pair: undefined, trials: [] };

async function overUdp(inputs: AlgInputs, deps: AlgDeps): Promise<Tried> {
	const { remote, local } = inputs;
	const port = await defaultPortIfFree(local.address, deps.openDatagrams);
	const udp = { ...deps, open: deps.transports.udp };
	const opened = await openAsker(remote, port, udp);
	if (opened.kind !== 'open') return notOpened('UDP', opened);
	const { asker } = opened;
	try {
		const first = await askPair(asker, UDP_ASKED, inputs, deps);
		const isSilent = first.pair?.address.kind === 'silent' && first.pair.name.kind === 'silent';
		if (isSilent) {
			if (!inputs.answersRegister) return first;
			const second = await askPair(asker, { ...UDP_ASKED, method: 'REGISTER' }, inputs, deps);
			return { pair: second.pair, trials: [...first.trials, ...second.trials] };
		}
		const hop = await askFirstHop(asker, inputs, deps);
		return { pair: first.pair, trials: [...first.trials, hop] };
	} finally {
		await asker.close();
	}
}

/** The control from a local port that is not 5060: some boxes look at both ends. Sent once each: a guest asks little. */
async function overOtherPort({ pair }: Tried, inputs: AlgInputs, deps: AlgDeps): Promise<Tried> {
	if (pair?.local.port !== SIP_PORT || deps.signal?.aborted === true) return NOTHING;
	const opened = await openAsker(inputs.remote, undefined, { ...deps, open: deps.transports.udp });
	if (opened.kind !== 'open') return NOTHING;
	try {
		const asked = { ...UDP_ASKED, over: OTHER_PORT, patience: ONCE };
		return await askPair(opened.asker, asked, inputs, deps);
	} finally {
		await opened.asker.close();
	}
}

async function overStream(
	transport: 'TCP' | 'TLS',
	remote: Endpoint,
	inputs: AlgInputs,
	deps: AlgDeps,
): Promise<Tried> {
	const open = transport === 'TCP' ? deps.transports.tcp : deps.transports.tls;
	if (open === undefined || deps.signal?.aborted === true) return NOTHING;
	const opened = await openAsker(remote, undefined, { ...deps, open });
	if (opened.kind !== 'open') return notOpened(transport, opened);
	try {
		const asked = { ...UDP_ASKED, transport, over: transport };
		return await askPair(opened.asker, asked, inputs, deps);
	} finally {
		await opened.asker.close();
	}
}

function notOpened(
	transport: string,
	opened: Exclude<Awaited<ReturnType<typeof openAsker>>, { kind: 'open' }>,
): Tried {
	const why = opened.kind === 'no-way' ? opened.why : opened.kind;
	return { pair: undefined, trials: [{ what: 'OPTIONS', transport, answer: why }] };
}

interface Asked {
	/** As Via has it. */
	readonly transport: 'UDP' | 'TCP' | 'TLS';
	/** In words. */
	readonly over: string;
	readonly method: 'OPTIONS' | 'REGISTER';
	readonly patience: typeof PATIENCE;
}

const UDP_ASKED: Asked = {
	...{ transport: 'UDP', over: 'UDP', method: 'OPTIONS', patience: PATIENCE },
};

async function askPair(
	asker: Asker,
	{ transport, over, method, patience }: Asked,
	{ asking }: AlgInputs,
	{ timers, signal }: AlgDeps,
): Promise<Tried> {
	const { local } = asker;
	const ask = (form: ProbingRequest['form']): Promise<Answer> => {
		const wanted = { method, form, transport, local, maxForwards: 70 };
		const { request, branch } = probingRequest(wanted, asking);
		return asker.ask(request, branch, patience);
	};
	const address = await ask('address');
	await pause(GAP_MS, timers, signal);
	const name = await ask('name');
	await pause(GAP_MS, timers, signal);
	const port = local.port === SIP_PORT ? ', no port' : '';
	return {
		pair: { transport: over, local, address, name },
		trials: [
			{ what: `${method}, own address${port}`, transport: over, answer: address },
			{ what: `${method}, names only`, transport: over, answer: name },
		],
	};
}

async function askFirstHop(asker: Asker, { asking }: AlgInputs, deps: AlgDeps): Promise<Trial> {
	const { local } = asker;
	const wanted = { method: 'OPTIONS', form: 'name', transport: 'UDP', local } as const;
	const { request, branch } = probingRequest({ ...wanted, maxForwards: 0 }, asking);
	const answer = await asker.ask(request, branch, PATIENCE);
	await pause(GAP_MS, deps.timers, deps.signal);
	return { what: 'OPTIONS, Max-Forwards: 0', transport: 'UDP', answer };
}

function rowOf({ what, transport, answer }: Trial): readonly string[] {
	if (typeof answer === 'string') return [what, transport, answer, '', ''];
	if (answer.kind !== 'answered') {
		const word = answer.kind === 'silent' ? 'no answer' : answer.kind;
		return [what, transport, word, '', ''];
	}
	const differences = echoDifferences(answer.request, answer.response, answer.local.address);
	const changed = differences.map(
		({ field, sent, came }) => `${field}: ${clipped(sent)} → ${clipped(came)}`,
	);
	return [what, transport, answerWords(answer), seenWords(seenIn(answer)), changed.join('; ')];
}

function answerWords({ response }: Answered): string {
	const server = firstHeader(response, 'server') ?? firstHeader(response, 'user-agent');
	const by = server === undefined ? '' : ` (${clipped(server.value)})`;
	return `${response.statusCode} ${clipped(response.reasonPhrase)}${by}`;
}

function conclude(
	pairs: readonly Pair[],
	inputs: AlgInputs,
): Pick<Experiment, 'verdict' | 'text' | 'proof'> {
	const verdicts = pairs.map((pair) => ({ pair, verdict: judgePair(pair) }));
	const proven = verdicts.flatMap(({ pair, verdict }) =>
		verdict.kind === 'proven' ? [{ pair, verdict }] : [],
	);
	const own = proven.find(({ pair }) => pair.transport === 'TLS');
	if (own !== undefined) return byServer(own.verdict.because);
	const [first] = proven;
	if (first !== undefined) {
		const { because, proof } = first.verdict;
		const over = proven.map(({ pair }) => pair.transport);
		const named = over.length > 1 ? over.filter((one) => one !== OTHER_PORT) : over;
		return {
			verdict: 'alg-proven',
			text: `ALG proven over ${named.join(' and ')}: ${because}${sparedWords(over, verdicts)}`,
			proof: proof.map(({ answer, field, text }) => {
				return { frame: answer.frame, at: answer.at, field, text };
			}),
		};
	}
	const [main] = verdicts;
	if (main?.verdict.kind === 'none') {
		return {
			verdict: 'no-alg',
			text: `no ALG: ${main.verdict.because}${portWords(inputs)}`,
			proof: [],
		};
	}
	const elsewhere = verdicts.slice(1).flatMap(({ pair, verdict }) => otherWords(pair, verdict));
	const because = main?.verdict.because ?? 'nothing could be sent';
	return { verdict: 'cannot-tell', text: [because, ...elsewhere].join('; '), proof: [] };
}

/** A phone with another local port may do without the ALG. */
function sparedWords(
	over: readonly string[],
	verdicts: readonly { readonly pair: Pair; readonly verdict: PairVerdict }[],
): string {
	const isSpared = verdicts.some(
		({ pair, verdict }) => pair.transport === OTHER_PORT && verdict.kind === 'none',
	);
	return over.includes('UDP') && isSpared
		? `; from another local port than ${SIP_PORT} nothing is edited`
		: '';
}

/** Nobody edits inside TLS: what differs there is the server's own way, and proves nothing elsewhere. */
function byServer(because: string): Pick<Experiment, 'verdict' | 'text' | 'proof'> {
	return {
		verdict: 'cannot-tell',
		text: `the server itself answers so: ${because}, over TLS as well, where no ALG can edit`,
		proof: [],
	};
}

function otherWords({ transport, address }: Pair, verdict: PairVerdict): readonly string[] {
	if (verdict.kind === 'none' && transport === OTHER_PORT) {
		return [
			`from another local port there is none and answers come: a filter or an ALG on local port ${SIP_PORT}`,
		];
	}
	if (verdict.kind === 'none') {
		return [
			`over ${transport} there is none: a filter on UDP, or an ALG that drops, looks the same`,
		];
	}
	return address.kind === 'answered' ? [`${transport} is answered`] : [];
}

function portWords({ remote }: AlgInputs): string {
	return remote.port === SIP_PORT
		? ''
		: `; port ${remote.port} is none that ALGs look at, port ${SIP_PORT} may be another matter`;
}
