/*
 * Several phones that lost one server at one moment: the server or its line went down, and no phone, password or NAT.
 * Each of them has `server-went-silent` as its own finding; that they have it together is said once.
 */
import { formatEndpoint } from '../net/endpoint.js';
import { lastTransaction, seconds } from '../registration/attempt-facts.js';
import { groupedBy } from '../registration/lists-by-key.js';
import { isFailed } from '../registration/outcome.js';
import type { Registration } from '../registration/registration.js';
import { elapsedMs, type Instant } from '../time/instant.js';
import { inOrder } from './evidence.js';
import type { Evidence, Finding } from './finding.js';
import serverWentSilent from './rules/server-went-silent.js';

/** Fewer may be chance. */
const MINIMUM_PHONES = 3;
/** Named in the evidence; the rest is counted. */
const MAX_EVIDENCE = 6;

/** A registration with what was found of it. */
export type DiagnosedSilence = Pick<Registration, 'aor' | 'attempts'> & {
	readonly cause: Finding | undefined;
	readonly findings: readonly Finding[];
};

/** One phone, from the last answer to its first REGISTER without one. */
interface Silence {
	readonly server: string;
	readonly answered: Evidence;
	readonly silent: Evidence;
	/** The last REGISTER that stayed without an answer. */
	readonly until: Instant;
	readonly mended: boolean;
}

/** One finding a server that several phones lost at once. */
export function serverOutages(registrations: readonly DiagnosedSilence[]): readonly Finding[] {
	const byServer = groupedBy(registrations.flatMap(silenceOf), ({ server }) => server);
	return [...byServer.values()]
		.flatMap(atOneMoment)
		.flatMap((silences) => outageOf(silences, registrations) ?? []);
}

/** Those that may have begun together: the moment lies behind every last answer and before every first silence. */
function atOneMoment(silences: readonly Silence[]): readonly (readonly Silence[])[] {
	const groups: [Silence, ...Silence[]][] = [];
	for (const silence of silences.toSorted((a, b) => a.silent.at - b.silent.at)) {
		const group = groups.at(-1);
		if (group !== undefined && silence.answered.at <= group[0].silent.at) group.push(silence);
		else groups.push([silence]);
	}
	return groups;
}

function silenceOf(registration: DiagnosedSilence): readonly Silence[] {
	const { cause, attempts } = registration;
	// Of a phone that was always answered the findings need not even be looked for.
	if (!attempts.some(({ outcome }) => isFailed(outcome))) return [];
	const found = [...(cause === undefined ? [] : [cause]), ...registration.findings].find(
		({ id }) => id === serverWentSilent.id,
	);
	const attempt = attempts.find(({ number }) => number === found?.attempt);
	const last = attempt === undefined ? undefined : lastTransaction(attempt)?.phone;
	const [answered, silent] = found?.evidence ?? [];
	if (found === undefined || last === undefined) return [];
	if (answered === undefined || silent === undefined) return [];
	const until = last.sends.at(-1)?.at ?? silent.at;
	return [{ server: formatEndpoint(last.server), answered, silent, until, mended: found.mended }];
}

/** Another phone that is answered in between shows that the server was up. */
function outageOf(
	silences: readonly Silence[],
	registrations: readonly DiagnosedSilence[],
): Finding | undefined {
	const [firstSilence, ...others] = silences;
	if (firstSilence === undefined || silences.length < MINIMUM_PHONES) return undefined;
	const { server } = firstSilence;
	const lastAnswer = silences.reduce((a, b) => (b.answered.at > a.answered.at ? b : a));
	const until = silences.reduce((latest, silence) => Math.max(latest, silence.until), 0);
	if (answersBetween(registrations, server, firstSilence.silent.at, until)) return undefined;
	const within = seconds(elapsedMs(lastAnswer.answered.at, firstSilence.silent.at));
	const { id, severity, title } = serverWentSilent;
	return {
		...{ id, severity, title, attempt: 0, confidence: 'strong' },
		mended: silences.every(({ mended }) => mended),
		summary: `${silences.length} phones lost ${server} at the same moment: it went silent for all of them within ${within}, and answered nobody until ${seconds(elapsedMs(firstSilence.silent.at, until))} later.`,
		evidence: inOrder(
			{ ...lastAnswer.answered, text: 'the last answer to any of them' },
			{ ...firstSilence.silent, text: 'the first of them without an answer' },
			...others.slice(0, MAX_EVIDENCE).map(({ silent }) => silent),
		),
		fix: [
			{
				who: 'provider',
				what: `Look for a restart or an outage of ${server} or of its line at that time; the phones are not at fault.`,
			},
		],
	};
}

function answersBetween(
	registrations: readonly DiagnosedSilence[],
	server: string,
	from: Instant,
	until: Instant,
): boolean {
	return registrations
		.flatMap(({ attempts }) => attempts)
		.flatMap(({ transactions }) => transactions)
		.filter(({ phone }) => formatEndpoint(phone.server) === server)
		.some(({ phone }) => phone.responses.some(({ at }) => at > from && at < until));
}
