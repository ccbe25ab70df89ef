/* The pipeline behind the sources, once: transactions → registrations → one cause each. */
import { type Diagnosis, type DiagnosisInput, diagnose } from '../diagnosis/diagnose.js';
import { diagnoseCapture } from '../diagnosis/diagnose-capture.js';
import { formatEndpoint } from '../net/endpoint.js';
import { AcceptedCredentials } from '../registration/accepted-credentials.js';
import type { Account } from '../registration/account.js';
import { DigestSearcher } from '../registration/digest-search.js';
import type { RegisterTransaction, Registration } from '../registration/registration.js';
import { registrationShape, type ShapedSource } from '../registration/registration-shape.js';
import { registrationsOf } from '../registration/registrations.js';
import { requestsByTarget, requestsToContact } from '../registration/requests-to-contact.js';
import { sourceIndex } from '../registration/source-index.js';
import type { Vantage, VantageGuess } from '../registration/vantage.js';
import { guessVantage } from '../registration/vantage-guess.js';
import type { AnalysedSource, Analysis, DiagnosedRegistration, Step } from './analysis.js';
import { matchesAor } from './aor-pattern.js';
import { withExperiments } from './experiment-findings.js';
import { KeptRegistrations } from './kept-registrations.js';
import { Diagnostician } from './lazily-diagnosed.js';
import type { ReadSource } from './read-source.js';
import { ResponseTimes } from './response-times.js';

/** Registrations told in full unless the user says otherwise. */
export const DETAIL_LIMIT = 10_000;

/** Registrations from which on those that are alike are not all looked at. */
const MANY = 256;

export interface AnalysisInput {
	readonly source: ReadSource;
	readonly accounts: readonly Account[];
	/** The user's word on where the capture was taken; it wins over the guess. */
	readonly vantage?: Vantage | undefined;
	/** Only registrations whose address-of-record or digest username matches, `*` is a wildcard. */
	readonly aorPattern?: string | undefined;
	/** Where several analyses share it; else one without a clock, whose trials alone are limited. */
	readonly digestSearcher?: DigestSearcher | undefined;
	/** A live probe's checklists, by the frame of the event that opens each (`ProbeEvent`). */
	readonly checklists?: ReadonlyMap<number, readonly Step[]>;
}

/** One source → an analysis. */
export function analyse(
	input: AnalysisInput,
	kept: KeptRegistrations = new KeptRegistrations(DETAIL_LIMIT),
): Analysis {
	const { source } = input;
	const vantage = vantageOf(input, source.transactions);
	for (const registration of diagnosedRegistrations(input, vantage, registrationsIn(source)))
		kept.add(registration);
	const registrations = kept.list();
	const analysis: Analysis = {
		sources: [analysedSource(source, vantage)],
		registrations,
		findings: diagnoseCapture(source, registrations),
		scanners: source.scanners,
		omitted: kept.omitted(),
		responseTimesMs: (input.aorPattern === undefined
			? source.responseTimes
			: responseTimesOf(registrations)
		).ascendingMs(),
	};
	return withExperiments(analysis, source.experiments);
}

/**
 * Those whose room others need, told as far as the source was read. What has no REGISTER needs no room, and is told at
 * its end.
 */
export function analysePart(input: AnalysisInput): readonly DiagnosedRegistration[] {
	const { source } = input;
	const all = registrationsIn(source).filter(({ messages }) => messages.length > 0);
	return [...diagnosedRegistrations(input, vantageOf(input, source.transactions), all)];
}

/** `all` of them before the first is diagnosed: a phone is told by its neighbours, too. */
function* diagnosedRegistrations(
	input: AnalysisInput,
	vantage: VantageGuess,
	all: readonly Registration[],
): Generator<DiagnosedRegistration> {
	const { aorPattern } = input;
	const facts = diagnosisFacts(input, all, vantage);
	const diagnosed = diagnoser(input, facts, all.length);
	for (const registration of all) {
		if (aorPattern === undefined || matchesAor(registration, aorPattern))
			yield diagnosed(registration);
	}
}

/** Each registration for itself where there are few of them. */
function diagnoser(
	{ source, checklists }: AnalysisInput,
	facts: Omit<DiagnosisInput, 'registration'>,
	count: number,
): (registration: Registration) => DiagnosedRegistration {
	const ofOne = (registration: Registration) => diagnose({ ...facts, registration });
	if (count < MANY || source.probes.length > 0) {
		return (registration) => {
			const steps = checklists?.get(registration.probe?.frame ?? 0);
			return withDiagnosis(registration, ofOne(registration), steps);
		};
	}
	const shaped: ShapedSource = {
		index: facts.index,
		observedUntil: facts.observedUntil,
		isCalled: (registration) => requestsToContact(registration, facts.requestsByTarget).length > 0,
		checked: (transaction) => source.checked(transaction),
	};
	const diagnostician = new Diagnostician(ofOne, (registration) =>
		registrationShape(registration, shaped),
	);
	return (registration) => diagnostician.diagnosed(registration);
}

/** Every registration of one source. */
export function registrationsIn(source: ReadSource): readonly Registration[] {
	return registrationsOf({ ...source, observedUntil: source.facts.lastPacketAt ?? 0 });
}

/** What rules need to know of a source besides the registration; `all` are those in it. */
export function diagnosisFacts(
	{ source, accounts, digestSearcher }: AnalysisInput,
	all: readonly Registration[],
	vantage: VantageGuess,
): Omit<DiagnosisInput, 'registration'> {
	let accepted: AcceptedCredentials | undefined;
	return {
		vantage,
		isProbe: source.probes.length > 0,
		accounts,
		observedUntil: source.facts.lastPacketAt ?? 0,
		plainServers: plainServersOf(source.transactions),
		requestsByTarget: requestsByTarget(source.otherRequests),
		accepted: () => {
			accepted ??= new AcceptedCredentials(source.transactions);
			return accepted;
		},
		digestSearcher: digestSearcher ?? new DigestSearcher(),
		index: sourceIndex(all, source),
	};
}

/** A registration with what was found of it. */
export function withDiagnosis(
	registration: Registration,
	{ cause, findings, cannotTell, digestChecks }: Diagnosis,
	steps: readonly Step[] = [],
): DiagnosedRegistration {
	return { ...registration, cause, findings, cannotTell, digestChecks, steps };
}

/** Where SIP is spoken without TLS over TCP: a ClientHello there cannot be understood. */
function plainServersOf(transactions: readonly RegisterTransaction[]): ReadonlySet<string> {
	const plain = new Set<string>();
	for (const { hops } of transactions) {
		for (const { transport, responses, server } of hops)
			if (transport === 'tcp' && responses.length > 0) plain.add(formatEndpoint(server));
	}
	return plain;
}

/** The user's word on where a source was taken, else a guess. */
export function vantageOf(
	{ source, vantage }: AnalysisInput,
	transactions: readonly RegisterTransaction[],
): VantageGuess {
	if (vantage !== undefined) return { vantage, reason: 'given by the user' };
	if (source.probes.length > 0) {
		return { vantage: 'client', reason: 'a probe sees what the phone would see' };
	}
	return guessVantage(transactions, source.neighbours);
}

function analysedSource({ facts }: ReadSource, { vantage, reason }: VantageGuess): AnalysedSource {
	return { ...facts, clockOffsetMs: 0, vantage, vantageReason: reason };
}

/** First send to final response of those registrations. */
export function responseTimesOf(registrations: readonly Registration[]): ResponseTimes {
	const transactions = registrations
		.flatMap(({ attempts }) => attempts)
		.flatMap(({ transactions: all }) => all);
	return new ResponseTimes().with(transactions);
}
