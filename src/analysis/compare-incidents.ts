/*
 * What differs between separate incidents of one address-of-record (design §2, Several files): two probes from two
 * networks, above all. Each row is one question asked of each of them.
 */
import { type Endpoint, formatEndpoint } from '../net/endpoint.js';
import { isFlowEvent } from '../registration/flow-event.js';
import { isFailed } from '../registration/outcome.js';
import type { Leg, Outcome } from '../registration/registration.js';
import { topVia } from '../sip/headers/via.js';
import type { SipResponse } from '../sip/message.js';
import { elapsedMs } from '../time/instant.js';
import type { ExperimentEvent, Observed } from '../trace/observed.js';
import type { DiagnosedRegistration } from './analysis.js';

export const COMPARED = [
	'outcome',
	'cause',
	'status',
	'server',
	'transport',
	'client',
	'seen-as',
	'nat',
	'mapping',
	'nat-lifetime',
	'alg',
	'answered-in',
	'granted',
	'user-agent',
] as const;

export interface ComparedRow {
	readonly id: (typeof COMPARED)[number];
	/** One a column, as a technician says it; undefined where it is not known. */
	readonly values: readonly (string | undefined)[];
	readonly differs: boolean;
}

export interface Comparison {
	readonly aor: string;
	/** The captures of each incident that is compared. */
	readonly columns: readonly (readonly string[])[];
	readonly rows: readonly ComparedRow[];
	/** What the difference says, in a sentence. */
	readonly says: string;
}

/** Addresses-of-record that are compared; more belong to no two saved probes. */
const MAX_COMPARED = 20;
/** Answers that take so much longer are worth a word: times as long, and so many milliseconds. */
const SLOWER_TIMES = 3;
const SLOWER_MS = 100;

/** Compares the last registration of each address-of-record that stands in several incidents. */
export function compareIncidents(
	incidents: readonly (readonly string[])[],
	registrations: readonly DiagnosedRegistration[],
	experiments: readonly ExperimentEvent[] = [],
): readonly Comparison[] {
	if (incidents.length < 2) return [];
	const aors = new Set(registrations.flatMap(({ aor }) => aor ?? []));
	const comparisons: Comparison[] = [];
	for (const aor of aors) {
		const own = registrations.filter((one) => one.aor === aor);
		const compared = incidents.flatMap((sources) => {
			const last = own.findLast((one) => isIn(one, sources));
			const tried = experiments.filter(({ source }) => sources.includes(source));
			return last === undefined ? [] : [{ sources, registration: last, tried }];
		});
		if (compared.length < 2) continue;
		comparisons.push(comparisonOf(aor, compared));
		if (comparisons.length >= MAX_COMPARED) break;
	}
	return comparisons;
}

/** A probe that could not send a REGISTER is on no path, and none the less one of them. */
function isIn({ path, probe }: DiagnosedRegistration, sources: readonly string[]): boolean {
	if (path.some(({ source }) => sources.includes(source))) return true;
	return probe !== undefined && sources.includes(probe.source);
}

/** The phone's leg; of a connection that failed before any REGISTER, its two ends. */
function wayOf({
	path,
	decisive,
}: DiagnosedRegistration): Pick<Leg, 'client' | 'server'> | undefined {
	const failed = decisive?.failures.filter(isFlowEvent).at(-1);
	return path[0] ?? (failed && { client: failed.src, server: failed.dst });
}

function endpointText(endpoint: Endpoint | undefined): string | undefined {
	return endpoint && formatEndpoint(endpoint);
}

interface Compared {
	readonly sources: readonly string[];
	readonly registration: DiagnosedRegistration;
	/** What its probe tried out. */
	readonly tried: readonly ExperimentEvent[];
}

function comparisonOf(aor: string, compared: readonly Compared[]): Comparison {
	const registrations = compared.map(({ registration }) => registration);
	const rows = COMPARED.map((id): ComparedRow => {
		const values = compared.map((one) => READERS[id](one));
		return { id, values, differs: differs(id, values, registrations) };
	}).filter(({ values }) => values.some((value) => value !== undefined));
	const columns = compared.map(({ sources }) => sources);
	return { aor, columns, rows, says: sentence(compared, rows) };
}

const MAX_WORDS = 60;

/** The verdict of an experiment; its sentence where the verdict is only that there is one. */
function verdictOf(
	tried: readonly ExperimentEvent[],
	id: string,
	told?: string,
): string | undefined {
	const one = tried.find((each) => each.id === id);
	if (one === undefined) return undefined;
	return one.verdict === told ? one.text.slice(0, MAX_WORDS) : one.verdict.replaceAll('-', ' ');
}

const READERS: Readonly<Record<ComparedRow['id'], (compared: Compared) => string | undefined>> = {
	outcome: ({ registration }) => registration.outcome,
	cause: ({ registration }) => registration.cause?.id,
	status: ({ registration: { finalStatus } }) => finalStatus?.toString(),
	server: ({ registration }) => endpointText(wayOf(registration)?.server),
	transport: ({ registration: { failover, target } }) =>
		(failover?.to ?? target).transport.toUpperCase(),
	client: ({ registration }) => endpointText(wayOf(registration)?.client),
	'seen-as': ({ registration }) => seenAs(registration),
	nat: ({ registration }) => natOf(registration),
	mapping: ({ tried }) => verdictOf(tried, 'stun'),
	'nat-lifetime': ({ tried }) => verdictOf(tried, 'nat-timeout', 'measured'),
	alg: algOf,
	'answered-in': ({ registration }) => {
		const ms = slowestMs(registration);
		return ms === undefined ? undefined : `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
	},
	granted: ({ registration: { grantedExpires } }) =>
		grantedExpires === undefined ? undefined : `${grantedExpires} s`,
	'user-agent': ({ registration }) => registration.userAgent,
};

function differs(
	id: ComparedRow['id'],
	values: readonly (string | undefined)[],
	registrations: readonly DiagnosedRegistration[],
): boolean {
	// The system chooses another port for every socket.
	if (id === 'client' || id === 'seen-as') return new Set(values.map(addressIn)).size > 1;
	if (id !== 'answered-in') return new Set(values).size > 1;
	// No two answers take the same time.
	const times = registrations.flatMap((registration) => slowestMs(registration) ?? []);
	const [fastest, slowest] = [Math.min(...times), Math.max(...times)];
	if (times.length < registrations.length) return times.length > 0;
	return slowest > fastest * SLOWER_TIMES && slowest - fastest > SLOWER_MS;
}

function addressIn(endpoint: string | undefined): string | undefined {
	return endpoint?.replace(/^(\[[^\]]*\]|[^:]*):\d+$/, '$1');
}

/** First send to final response, of the slowest REGISTER on the phone's leg. */
function slowestMs({ attempts }: DiagnosedRegistration): number | undefined {
	const times = attempts
		.flatMap(({ transactions }) => transactions)
		.flatMap(({ phone: { request, final } }) =>
			final === undefined ? [] : [elapsedMs(request.at, final.at)],
		);
	return times.length === 0 ? undefined : Math.max(...times);
}

/** The last answer on the phone's leg. */
function lastAnswer({ attempts }: DiagnosedRegistration): Observed<SipResponse> | undefined {
	return attempts
		.flatMap(({ transactions }) => transactions)
		.findLast(({ phone }) => phone.responses.length > 0)
		?.phone.responses.at(-1);
}

/** Where the server says the phone's packets come from: `received` and `rport` (RFC 3581). */
function seenAs(registration: DiagnosedRegistration): string | undefined {
	const answer = lastAnswer(registration);
	const via = answer === undefined ? undefined : topVia(answer.message);
	if (via?.received === undefined) return undefined;
	return typeof via.rport === 'number'
		? formatEndpoint({ address: via.received, port: via.rport })
		: via.received;
}

/** Told at the phone alone: anywhere else its own address is not seen. */
function natOf(registration: DiagnosedRegistration): string | undefined {
	const answer = lastAnswer(registration);
	const via = answer === undefined ? undefined : topVia(answer.message);
	if (answer === undefined || via?.received === undefined) return undefined;
	if (via.received !== answer.dst.address) return 'NAT';
	return via.rport === answer.dst.port || typeof via.rport !== 'number'
		? 'no NAT'
		: 'ports changed';
}

/** What an experiment proved goes before what one REGISTER made likely. */
function algOf({ registration, tried }: Compared): string | undefined {
	const { cause, findings } = registration;
	const about = tried.filter(({ id }) => id === 'alg' || id === 'reflector');
	if (about.some(({ verdict }) => verdict === 'alg-proven')) return 'sip-alg (proven)';
	const found = [...(cause === undefined ? [] : [cause]), ...findings].find(
		({ id }) => id.startsWith('sip-alg') || id === 'sip-intercepted',
	);
	if (found !== undefined) return `${found.id} (${found.confidence})`;
	if (about.some(({ verdict }) => verdict === 'no-alg')) return 'none, tried';
	// Without an answer there is nothing to see a sign in.
	return lastAnswer(registration) === undefined ? undefined : 'no sign';
}

function sentence(compared: readonly Compared[], rows: readonly ComparedRow[]): string {
	const names = (wanted: (outcome: Outcome) => boolean): string =>
		compared
			.filter(({ registration }) => wanted(registration.outcome))
			.flatMap(({ sources }) => sources[0] ?? [])
			.join(' and ');
	const registered = names((outcome) => outcome === 'registered');
	const failed = names(isFailed);
	const row = (id: ComparedRow['id']): boolean => rows.some((one) => one.id === id && one.differs);
	if (registered !== '' && failed !== '') {
		return `It registers in ${registered} and not in ${failed}: ${reason(row, isOtherPort(rows))}.`;
	}
	if (failed === '') {
		return row('outcome') || registered === ''
			? 'In no one of them did it fail to register.'
			: `It registers in ${registered}${row('alg') && showsAlgOnce(rows) ? ', and only one of them shows an ALG' : ''}.`;
	}
	return row('cause')
		? `It registers in none of them (${failed}), for different causes.`
		: `It fails alike in ${failed}${row('seen-as') || row('client') ? ', from different addresses: look at the account and the server before the networks' : ''}.`;
}

function showsAlgOnce(rows: readonly ComparedRow[]): boolean {
	const values = rows.find(({ id }) => id === 'alg')?.values ?? [];
	return values.filter((value) => value !== undefined && !NO_ALG.has(value)).length === 1;
}

const NO_ALG: ReadonlySet<string> = new Set(['no sign', 'none, tried']);

function isOtherPort(rows: readonly ComparedRow[]): boolean {
	const server = rows.find(({ id }) => id === 'server');
	return server?.differs === true && new Set(server.values.map(addressIn)).size === 1;
}

/** What to look at first, where it registers here and not there. */
function reason(row: (id: ComparedRow['id']) => boolean, isOtherPort: boolean): string {
	if (row('server') && row('transport')) return 'another server was asked, over another transport';
	if (isOtherPort) return 'another port of the server was asked, so look at the port and filters';
	if (row('server')) return 'another server was asked, so look at what the name resolves to first';
	if (row('transport')) return 'the transport is another one, so look at filters on the way first';
	return row('client') || row('seen-as')
		? 'server and transport are the same, so look at the network that it fails in first'
		: 'server, transport and address are the same, so look at what changed in between';
}
