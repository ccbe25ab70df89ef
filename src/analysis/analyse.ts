/* The pipeline behind the sources, once: transactions → registrations → one cause each. */
import { type DiagnosisInput, diagnose } from '../diagnosis/diagnose.js';
import type { Finding } from '../diagnosis/finding.js';
import { formatEndpoint } from '../net/endpoint.js';
import type { Account } from '../registration/account.js';
import type { Registration } from '../registration/registration.js';
import { registrationsOf } from '../registration/registrations.js';
import { requestsByTarget } from '../registration/requests-to-contact.js';
import { sourceIndex } from '../registration/source-index.js';
import type { Vantage, VantageGuess } from '../registration/vantage.js';
import { guessVantage } from '../registration/vantage-guess.js';
import { elapsedMs } from '../time/instant.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import type { AnalysedSource, Analysis, DiagnosedRegistration, Step } from './analysis.js';
import { matchesAor } from './aor-pattern.js';
import type { ReadSource } from './source-log.js';

export interface AnalysisInput {
	readonly source: ReadSource;
	readonly accounts: readonly Account[];
	/** The user's word on where the capture was taken; it wins over the guess. */
	readonly vantage?: Vantage | undefined;
	/** Only registrations whose address-of-record or digest username matches, `*` is a wildcard. */
	readonly aorPattern?: string | undefined;
	/** A live probe's checklist. */
	readonly steps?: readonly Step[];
}

/** One source → an analysis. Several captures of one incident are a later capability. */
export function analyse(input: AnalysisInput): Analysis {
	const { source } = input;
	const { facts } = source;
	const observedUntil = facts.lastPacketAt ?? 0;
	const all = registrationsOf({ ...source, observedUntil });
	const registrations = all.filter(
		(registration) => input.aorPattern === undefined || matchesAor(registration, input.aorPattern),
	);
	const vantage = vantageOf(input, registrations);
	const shared = {
		vantage,
		observedUntil,
		plainServers: plainServersOf(source.transactions),
		requestsByTarget: requestsByTarget(source.otherRequests),
		index: sourceIndex(all, source),
	};
	return {
		sources: [analysedSource(source, vantage)],
		registrations: registrations.map((registration) => diagnosed(registration, input, shared)),
		findings: NO_FINDINGS,
		omitted: 0,
		responseTimesMs: responseTimes(registrations),
	};
}

const NO_FINDINGS: readonly Finding[] = [];

function diagnosed(
	registration: Registration,
	{ source, accounts, steps }: AnalysisInput,
	shared: Pick<
		DiagnosisInput,
		'vantage' | 'observedUntil' | 'plainServers' | 'requestsByTarget' | 'index'
	>,
): DiagnosedRegistration {
	const { cause, findings, cannotTell, digestChecks } = diagnose({
		...shared,
		registration,
		isProbe: source.probe !== undefined,
		accounts,
	});
	return { ...registration, cause, findings, cannotTell, digestChecks, steps: steps ?? [] };
}

/** Where SIP is spoken without TLS over TCP: a ClientHello there cannot be understood. */
function plainServersOf(transactions: readonly ClientTransaction[]): ReadonlySet<string> {
	const plain = transactions.filter(
		({ transport, responses }) => transport === 'tcp' && responses.length > 0,
	);
	return new Set(plain.map(({ server }) => formatEndpoint(server)));
}

function vantageOf(
	{ source, vantage }: AnalysisInput,
	registrations: readonly Registration[],
): VantageGuess {
	if (vantage !== undefined) return { vantage, reason: 'given by the user' };
	if (source.probe !== undefined) {
		return { vantage: 'client', reason: 'a probe sees what the phone would see' };
	}
	return guessVantage(phoneLegs(registrations), source.neighbours);
}

function phoneLegs(registrations: readonly Registration[]): readonly ClientTransaction[] {
	return registrations
		.flatMap(({ attempts }) => attempts)
		.flatMap(({ transactions }) => transactions)
		.map(({ phone }) => phone);
}

function analysedSource({ facts }: ReadSource, { vantage, reason }: VantageGuess): AnalysedSource {
	return { ...facts, clockOffsetMs: 0, vantage, vantageReason: reason };
}

function responseTimes(registrations: readonly Registration[]): readonly number[] {
	return phoneLegs(registrations)
		.flatMap(({ request, final }) => (final === undefined ? [] : [elapsedMs(request.at, final.at)]))
		.toSorted((a, b) => a - b);
}
