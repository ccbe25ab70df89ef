/*
 * One diagnosis of a registration that several places show: each place is asked for itself, and the order of causes
 * decides between what they say.
 */
import { chooseCause } from '../diagnosis/choose-cause.js';
import { type Diagnosis, type DiagnosisInput, diagnose } from '../diagnosis/diagnose.js';
import { withLeg } from '../diagnosis/fault-leg.js';
import { type Finding, SEVERITIES } from '../diagnosis/finding.js';
import { authenticationSteps } from '../registration/authentication.js';
import type { Place } from '../registration/place.js';
import type { Attempt, Outcome, Registration } from '../registration/registration.js';
import type { JoinedRegistration, View } from './join-places.js';

/** What the rules need to know of a place. */
type Facts = Omit<DiagnosisInput, 'registration' | 'places'>;

export interface PlaceFacts {
	/** For the registrations whose nearest place it is, and for its own view of those that begin nearer. */
	readonly joined: Facts;
	readonly alone: Facts;
}

/** What a phone's side alone makes of a loss; with the loss itself proved it says nothing more. */
const SYMPTOMS: ReadonlySet<string> = new Set(['no-response', 'credentials-unanswered']);
const LOSSES: ReadonlySet<string> = new Set(['request-lost', 'response-lost', 'server-silent']);
/** When the phone sent, only the place nearest to it can tell: farther away a REGISTER may come late, or not at all. */
const OF_THE_PHONE: ReadonlySet<string> = new Set(['refresh-too-late', 'granted-expiry-ignored']);
/** Questions that a proved loss answers. */
const SILENCE: ReadonlySet<string> = new Set([
	'no-response',
	'server-silent',
	'response-lost',
	'request-lost',
	'credentials-unanswered',
	'server-went-silent',
]);

/** `facts` and `places` by place, those nearer to the phone first. */
export function diagnoseJoined(
	{ registration, place, views }: JoinedRegistration,
	facts: readonly PlaceFacts[],
	places: readonly Place[],
): Diagnosis {
	const own = facts[place]?.joined;
	if (own === undefined) return NOTHING;
	const vantageOf = (source: string) =>
		facts[places.findIndex(({ sources }) => sources.includes(source))]?.joined.vantage ??
		own.vantage;
	const main = diagnose({ ...own, registration, places, vantageOf });
	const decisive = registration.decisive?.number;
	const others = views.flatMap((view) => {
		const there = facts[view.place]?.alone;
		if (there === undefined) return [];
		const said = diagnose({ ...there, registration: view.registration, places: [] });
		return [renumbered(said, view, registration)];
	});
	const said = [main, ...others];
	const causes = said
		.flatMap(({ cause }) => cause ?? [])
		.filter(({ attempt }) => attempt === decisive);
	const chosen = chooseCause(registration.outcome, causes) ?? main.cause;
	const cause =
		registration.decisive === undefined ? chosen : withLeg(chosen, registration.decisive);
	const findings = said
		.flatMap((one) => [...(one.cause === undefined ? [] : [one.cause]), ...one.findings])
		.filter(({ id }) => id !== cause?.id && id !== 'undetermined')
		.filter(({ id }) => !(LOSSES.has(cause?.id ?? '') && SYMPTOMS.has(id)));
	const fired = new Set([cause, ...findings].map((finding) => finding?.id));
	return {
		cause,
		findings: firstOfEach(findings),
		cannotTell: main.cannotTell
			.filter(({ id }) => !fired.has(id) && !isDecided(id, others))
			.filter(({ id }) => !(LOSSES.has(cause?.id ?? '') && SILENCE.has(id))),
		digestChecks: new Map([...others, main].flatMap(({ digestChecks }) => [...digestChecks])),
	};
}

const NOTHING: Diagnosis = {
	cause: undefined,
	findings: [],
	cannotTell: [],
	digestChecks: new Map(),
};

interface Said extends Diagnosis {
	/** The decisive attempt is the very same: what it can tell is told. */
	readonly isSame: boolean;
}

/** With the numbers that the attempts have in the joined registration; what is of other attempts is left out. */
function renumbered(said: Diagnosis, { registration, numbers }: View, joined: Registration): Said {
	const byNumber = new Map(
		[...numbers].map(([attempt, number]) => [attempt.number, number] as const),
	);
	const moved = (finding: Finding): Finding[] => {
		const attempt = byNumber.get(finding.attempt);
		const here = registration.attempts.find(({ number }) => number === finding.attempt);
		if (attempt === undefined) return [];
		if (finding.severity === 'fatal' && isDisproved(attempt, joined, here?.outcome)) return [];
		const mended = finding.mended || (finding.severity === 'fatal' && isMended(attempt, joined));
		return [{ ...finding, attempt, mended }];
	};
	const own = registration.decisive;
	const decisive = joined.decisive?.number;
	return {
		...said,
		cause: said.cause && moved(said.cause)[0],
		findings: said.findings.flatMap(moved).filter(({ id }) => !OF_THE_PHONE.has(id)),
		isSame: own !== undefined && decisive !== undefined && numbers.get(own) === decisive,
	};
}

/**
 * A place whose capture ends too early took it for failed, and another shows that it was not; or a place that saw the
 * challenge alone, and another shows that the phone answered it.
 */
function isDisproved(
	number: number,
	{ attempts }: Registration,
	outcomeThere: Outcome | undefined,
): boolean {
	const joined = attempts.find((attempt) => attempt.number === number);
	if (joined?.outcome === 'registered') return true;
	return outcomeThere === 'challenged' && joined !== undefined && hasCredentials(joined);
}

function hasCredentials(attempt: Attempt): boolean {
	return authenticationSteps(attempt).some(({ credentials }) => credentials.length > 0);
}

function isMended(number: number, { attempts }: Registration): boolean {
	return attempts.some((attempt) => attempt.number > number && attempt.outcome === 'registered');
}

function isDecided(id: string, others: readonly Said[]): boolean {
	return others.some(
		({ isSame, cannotTell }) => isSame && cannotTell.every((one) => one.id !== id),
	);
}

/** The gravest first, as those of one place. */
function firstOfEach(findings: readonly Finding[]): readonly Finding[] {
	const known = new Map<string, Finding>();
	for (const finding of findings) if (!known.has(finding.id)) known.set(finding.id, finding);
	return [...known.values()].toSorted(
		(a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity),
	);
}
