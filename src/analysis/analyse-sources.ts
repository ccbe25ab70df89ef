/* Several captures → one analysis: places of one incident, parts of one capture, or incidents of their own. */
import { diagnoseCapture } from '../diagnosis/diagnose-capture.js';
import type { Account } from '../registration/account.js';
import type { DigestSearcher } from '../registration/digest-search.js';
import { joinedTraffic } from '../registration/scanner-log.js';
import type { Vantage } from '../registration/vantage.js';
import {
	analyse,
	diagnosisFacts,
	registrationsIn,
	responseTimesOf,
	vantageOf,
	withDiagnosis,
} from './analyse.js';
import type { AnalysedSource, Analysis, DiagnosedRegistration } from './analysis.js';
import { matchesAor } from './aor-pattern.js';
import { compareIncidents } from './compare-incidents.js';
import { diagnoseJoined, type PlaceFacts } from './diagnose-joined.js';
import { withExperiments } from './experiment-findings.js';
import { joinParts } from './join-parts.js';
import { joinPlaces } from './join-places.js';
import type { KeptRegistrations } from './kept-registrations.js';
import { inOrderOfPlaces } from './order-places.js';
import type { ReadSource } from './read-source.js';
import { type Incident, placeOf, type RelatedSource, relateSources } from './relate-sources.js';
import { relationWords } from './relation-words.js';
import { ResponseTimes } from './response-times.js';
import { SharedClock } from './shift-source.js';

export interface SourcesInput {
	/** In the order in which they were given. */
	readonly sources: readonly ReadSource[];
	readonly accounts: readonly Account[];
	/** The user's word on where a source was taken, by its name; it wins over the guess. */
	readonly vantages: ReadonlyMap<string, Vantage>;
	readonly aorPattern?: string | undefined;
	/** Shared by all of them, so that its limits hold for the whole analysis. */
	readonly digestSearcher: DigestSearcher;
}

export function analyseSources(input: SourcesInput, kept: KeptRegistrations): Analysis {
	const { sources, accounts, vantages, aorPattern, digestSearcher } = input;
	const [only, ...others] = sources;
	if (only !== undefined && others.length === 0) {
		const vantage = vantages.get(only.facts.name);
		return analyse({ source: only, accounts, vantage, aorPattern, digestSearcher }, kept);
	}
	const placed = sources.map((source) => ({
		source,
		vantage: vantageOf(
			{ source, accounts, vantage: vantages.get(source.facts.name) },
			source.transactions,
		),
	}));
	const incidents = relateSources(placed);
	let responseTimes = new ResponseTimes();
	for (const incident of incidents) {
		const told = incidentRegistrations(incident, input);
		for (const registration of told.registrations) kept.add(registration);
		responseTimes = responseTimes.plus(told.responseTimes);
	}
	const registrations = kept.list();
	const scanners = joinedTraffic(sources.map((source) => source.scanners));
	const experiments = sources.flatMap((source) => source.experiments);
	const analysis: Analysis = {
		sources: analysedSources(sources, incidents),
		registrations,
		findings: diagnoseCapture({ scanners }, registrations),
		scanners,
		comparisons: compareIncidents(
			incidents.map(({ places }) => places.flat().map(({ source }) => source.facts.name)),
			registrations,
			experiments,
		),
		omitted: kept.omitted(),
		responseTimesMs: (aorPattern === undefined
			? responseTimes
			: responseTimesOf(registrations)
		).ascendingMs(),
	};
	return withExperiments(analysis, experiments);
}

interface Told {
	readonly registrations: readonly DiagnosedRegistration[];
	/** Those that the phone's place shows. */
	readonly responseTimes: ResponseTimes;
}

function incidentRegistrations(
	incident: Incident,
	{ accounts, aorPattern, digestSearcher }: SourcesInput,
): Told {
	const clock = new SharedClock();
	const atPlaces = inOrderOfPlaces(incident).flatMap((parts) => {
		const [first, ...others] = parts.map(({ source, offset }) => clock.shifted(source, offset));
		const vantage = parts[0]?.vantage;
		if (first === undefined || vantage === undefined) return [];
		const source = joinParts([first, ...others]);
		const place = placeOf(parts, source);
		return [{ place, vantage, source, registrations: registrationsIn(source) }];
	});
	// A single place, though of several parts, has nothing to be compared with.
	const places = atPlaces.length > 1 ? atPlaces.map(({ place }) => place) : [];
	const all = joinPlaces(atPlaces);
	const joinedOf = new Map(all.map(({ base, registration }) => [base, registration] as const));
	const facts = atPlaces.map(({ source, vantage, registrations }): PlaceFacts => {
		const input = { source, accounts, digestSearcher };
		const joined = registrations.map((base) => joinedOf.get(base) ?? base);
		return {
			joined: diagnosisFacts(input, joined, vantage),
			alone: diagnosisFacts(input, registrations, vantage),
		};
	});
	const registrations = all
		.filter(({ registration }) => aorPattern === undefined || matchesAor(registration, aorPattern))
		.map((joined) =>
			clock.restored(withDiagnosis(joined.registration, diagnoseJoined(joined, facts, places))),
		);
	return {
		registrations,
		responseTimes: atPlaces[0]?.source.responseTimes ?? new ResponseTimes(),
	};
}

/** In the order in which they were given. */
function analysedSources(
	sources: readonly ReadSource[],
	incidents: readonly Incident[],
): readonly AnalysedSource[] {
	const related = new Map<ReadSource, { incident: Incident; own: RelatedSource }>();
	for (const incident of incidents)
		for (const own of incident.places.flat()) related.set(own.source, { incident, own });
	return sources.flatMap((source) => {
		const known = related.get(source);
		if (known === undefined) return [];
		const { vantage, reason } = known.own.vantage;
		return [
			{
				...source.facts,
				clockOffsetMs: known.own.offset / 1000,
				relation: relationWords(known.own, known.incident, incidents),
				vantage,
				vantageReason: reason,
			},
		];
	});
}
