/* What `sipdoctor reflect` says: one line a request, and what it refused at the end. */
import { type Endpoint, formatEndpoint } from '../net/endpoint.js';
import { describeStatus } from '../sip/status-codes.js';
import { type Instant, toRfc3339 } from '../time/instant.js';
import { maskSecrets } from './masking.js';
import { counted } from './plain-words.js';
import { safeText } from './safe-text.js';
import { readable } from './wire-text.js';

/** A request that came, and what became of it. */
export interface ReflectedRequest {
	readonly at: Instant;
	readonly transport: string;
	readonly source: Endpoint;
	readonly method: string;
	readonly requestUri: string;
	readonly userAgent: string | undefined;
	readonly hasCredentials: boolean;
	readonly bytes: number;
	readonly answer:
		| { readonly statusCode: number; readonly bytes: number; readonly echo: string | undefined }
		| undefined;
	readonly because: string | undefined;
}

export interface ReflectTally {
	readonly requests: number;
	readonly answers: number;
	readonly swallowed: number;
	readonly refused: Readonly<Record<string, number>>;
}

const MAX_SHOWN = 120;

/** `13:59:02 UTC  UDP 198.51.100.32:40061  REGISTER sip:example.com, with credentials → 200 OK`. */
export function reflectedLine(told: ReflectedRequest): string {
	const { answer, because, hasCredentials, userAgent } = told;
	const asked = `${wire(told.method)} ${wire(told.requestUri)}${hasCredentials ? ', with credentials' : ''}`;
	const agent = userAgent === undefined ? '' : `  (${wire(userAgent)})`;
	const place = `${told.transport.toUpperCase()} ${formatEndpoint(told.source)}`;
	const time = toRfc3339(told.at).slice(11, 19);
	return `${time} UTC  ${place}  ${asked} → ${outcome(answer, because)}${agent}`;
}

function outcome(answer: ReflectedRequest['answer'], because: string | undefined): string {
	if (answer === undefined) return because ?? 'not answered';
	const { statusCode, echo } = answer;
	const phrase = describeStatus(statusCode)?.phrase ?? '';
	const echoed = echo === undefined ? '' : `, ${ECHOES[echo] ?? echo}`;
	const left = because === undefined ? '' : `, ${because} for want of room`;
	return `${`${statusCode} ${phrase}`.trim()}${echoed}${left}`;
}

const ECHOES: Readonly<Record<string, string>> = {
	bytes: 'echoed',
	lines: 'echoed as hashes, for want of room',
	'no-room': 'no room for the echo',
};

/** The same as one JSON value. */
export function reflectedJson(told: ReflectedRequest): object {
	return {
		event: 'request',
		at: toRfc3339(told.at),
		transport: told.transport,
		source: formatEndpoint(told.source),
		method: masked(told.method),
		requestUri: masked(told.requestUri),
		userAgent: told.userAgent === undefined ? null : masked(told.userAgent),
		withCredentials: told.hasCredentials,
		bytes: told.bytes,
		status: told.answer?.statusCode ?? null,
		answerBytes: told.answer?.bytes ?? null,
		echo: told.answer?.echo ?? null,
		because: told.because ?? null,
	};
}

const REFUSALS: Readonly<Record<string, string>> = {
	rate: 'over the rate limit',
	notSip: 'no SIP',
	unasked: 'a response or an ACK',
	incomplete: 'without the fields that an answer needs',
	noRoom: 'an answer would have been larger than the request',
	delays: 'too many delayed answers, or no such delay',
	connections: 'TCP connections beyond the bound',
	closed: 'TCP connections closed as idle or too much',
};

/** What was counted; lines. */
export function tallyText({
	requests,
	answers,
	swallowed,
	refused,
}: ReflectTally): readonly string[] {
	const lost = swallowed === 0 ? '' : `, ${swallowed} swallowed by the fault`;
	const reasons = Object.entries(refused).filter(([, count]) => count > 0);
	return [
		`${counted(requests, 'request')}, ${counted(answers, 'answer')} sent${lost}`,
		...reasons.map(([reason, count]) => `  refused: ${count} (${REFUSALS[reason] ?? reason})`),
	];
}

function wire(text: string): string {
	return safeText(masked(text), MAX_SHOWN);
}

function masked(text: string): string {
	return maskSecrets(readable(text.slice(0, 1000)));
}

/** Where it listens, on one line. */
export function listeningText(
	listeners: readonly { readonly transport: string; readonly local: Endpoint }[],
): string {
	const places = listeners.map(
		({ transport, local }) => `${transport.toUpperCase()} ${formatEndpoint(local)}`,
	);
	return `listening on ${places.join(', ')}; Ctrl-C ends it`;
}

/** The faults that can be played, with the diagnosis of each. */
export function faultLines(
	faults: readonly {
		readonly name: string;
		readonly explanation: string;
		readonly leadsTo: string | null;
		readonly inProbe: string | null;
	}[],
): readonly string[] {
	const width = Math.max(...faults.map(({ name }) => name.length));
	return faults.flatMap(({ name, explanation, leadsTo, inProbe }) => [
		`${name.padEnd(width)}  ${explanation}`,
		`${' '.repeat(width)}  → ${leadsTo ?? 'registered'}${inProbe === leadsTo ? '' : `, in a probe ${inProbe ?? 'registered'}`}`,
	]);
}
