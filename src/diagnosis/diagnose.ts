/** Runs every rule over every attempt of a registration, and chooses the one cause. */
import { AcceptedCredentials } from '../registration/accepted-credentials.js';
import type { Account } from '../registration/account.js';
import { type AuthenticationStep, authenticationSteps } from '../registration/authentication.js';
import { checkDigest, type DigestCheck } from '../registration/digest-check.js';
import { type DigestSearch, DigestSearcher } from '../registration/digest-search.js';
import { isFailed } from '../registration/outcome.js';
import type { Place } from '../registration/place.js';
import type { Attempt, Outcome, Registration } from '../registration/registration.js';
import { type RequestsByTarget, requestsToContact } from '../registration/requests-to-contact.js';
import type { SourceIndex } from '../registration/source-index.js';
import type { VantageGuess } from '../registration/vantage.js';
import type { SipRequest } from '../sip/message.js';
import { identityOf } from '../sip/message-identity.js';
import { refusesCredentials } from '../sip/status-codes.js';
import type { Instant } from '../time/instant.js';
import type { Observed } from '../trace/observed.js';
import { CATALOGUE } from './catalogue.js';
import { chooseCause } from './choose-cause.js';
import { withLeg } from './fault-leg.js';
import { type CannotTell, type Finding, SEVERITIES } from './finding.js';
import type { Rule, Subject } from './rule.js';
import { undetermined } from './undetermined.js';

export interface DiagnosisInput {
	readonly registration: Registration;
	readonly vantage: VantageGuess;
	readonly isProbe: boolean;
	readonly accounts: readonly Account[];
	readonly observedUntil: Instant;
	/** Servers that answered SIP without TLS over TCP, `203.0.113.5:5060`. */
	readonly plainServers: ReadonlySet<string>;
	/** Those other than REGISTER. */
	readonly requestsByTarget: RequestsByTarget;
	/** Where the captures of this incident were taken, those nearer to the phone first; absent for a single one. */
	readonly places?: readonly Place[];
	/** The vantage of each source where there are several. */
	readonly vantageOf?: (source: string) => VantageGuess;
	/** Of the whole source; without it of this registration. */
	readonly accepted?: (() => AcceptedCredentials) | undefined;
	/** Shared by the registrations of one analysis, so that its limits hold for all of them; without it one of its own. */
	readonly digestSearcher?: DigestSearcher | undefined;
	/** The other registrations of the source, and what went past the REGISTERs. */
	readonly index: SourceIndex;
}

export interface Diagnosis {
	readonly cause: Finding | undefined;
	readonly findings: readonly Finding[];
	readonly cannotTell: readonly CannotTell[];
	/** The credentials of each REGISTER against the accounts, by its frame; only those that could be checked. */
	readonly digestChecks: ReadonlyMap<Observed<SipRequest>, 'verifies' | 'does-not-verify'>;
}

interface Examined {
	readonly findings: readonly Finding[];
	readonly cannotTell: readonly CannotTell[];
}

/** Asked of an attempt that kept nobody from being registered (diagnoses, No false alarm). */
const NOT_FATAL = CATALOGUE.filter(
	({ severity, alsoWhereAccepted }) => severity !== 'fatal' || alsoWhereAccepted,
);

const NO_PLACES: readonly Place[] = [];

function isKept(outcome: Outcome): boolean {
	return outcome === 'registered' || outcome === 'queried' || outcome === 'open';
}

export function diagnose(input: DiagnosisInput): Diagnosis {
	const { attempts, decisive } = input.registration;
	const accepted =
		input.accepted ??
		once(() => new AcceptedCredentials(attempts.flatMap(({ transactions }) => transactions)));
	const check = memoised((step) =>
		checkDigest(step, input.accounts, input.registration.aor, accepted),
	);
	const toContact = requestsToContact(input.registration, input.requestsByTarget);
	const searcher = input.digestSearcher ?? new DigestSearcher();
	const examined = new Map(
		attempts.map((attempt) => {
			const asked = { digestCheck: check, requestsToContact: toContact, accepted, searcher };
			return [attempt, examine(attempt, input, asked)] as const;
		}),
	);
	const decided = decisive === undefined ? undefined : examined.get(decisive);
	const cause =
		decisive === undefined || decided === undefined
			? undefined
			: withLeg(causeOf(decisive, decided, examined), decisive);
	const all = [...examined.values()]
		.flatMap(({ findings }) => findings)
		.filter((finding) => !isAside(finding, input.registration));
	return {
		cause,
		findings: withoutRepetition(
			all.filter((finding) => finding !== cause && finding.id !== cause?.id),
			decisive?.number,
		),
		cannotTell: (decided?.cannotTell ?? []).filter(({ id }) => id !== cause?.id),
		digestChecks: digestChecksOf(attempts, check),
	};
}

/**
 * What ended after the attempt that decided only asked or removed: nothing of it keeps the phone from being registered,
 * such as a removal that its power did not outlast, or one that was challenged and given up like all before it.
 */
function isAside({ severity, attempt }: Finding, { attempts, decisive }: Registration): boolean {
	if (severity !== 'fatal' || decisive === undefined || attempt <= decisive.number) return false;
	const own = attempts.find(({ number }) => number === attempt);
	return decisive.outcome === 'registered' || own?.outcome !== 'open';
}

function causeOf(
	attempt: Attempt,
	{ findings, cannotTell }: Examined,
	examined: ReadonlyMap<Attempt, Examined>,
): Finding | undefined {
	const own = chooseCause(attempt.outcome, findings);
	if (!isFailed(attempt.outcome)) return own;
	if (own !== undefined && own.confidence !== 'possible') return own;
	return toldBefore(attempt, examined) ?? own ?? undetermined(attempt, cannotTell);
}

/** Why the credentials were refused the time before, where the last refusal does not say: the phone has no others. */
function toldBefore(
	attempt: Attempt,
	examined: ReadonlyMap<Attempt, Examined>,
): Finding | undefined {
	if (!refusesCredentials(attempt.finalStatus)) return undefined;
	const all = [...examined];
	const at = all.findIndex(([one]) => one === attempt);
	for (const [earlier, { findings }] of all.slice(0, at).toReversed()) {
		if (!refusesCredentials(earlier.finalStatus)) return undefined;
		const cause = chooseCause(earlier.outcome, findings);
		if (cause !== undefined && cause.confidence !== 'possible') return cause;
	}
	return undefined;
}

function examine(
	attempt: Attempt,
	input: DiagnosisInput,
	asked: Pick<Subject, 'digestCheck' | 'requestsToContact' | 'accepted'> & {
		readonly searcher: DigestSearcher;
	},
): Examined {
	const { registration, isProbe, accounts } = input;
	const { searcher, digestCheck, requestsToContact: toContact, accepted } = asked;
	const steps = authenticationSteps(attempt);
	const source = attempt.transactions[0]?.phone.source;
	const subject: Subject = {
		registration,
		attempt,
		steps,
		vantage: (source === undefined ? undefined : input.vantageOf?.(source)) ?? input.vantage,
		places: input.places ?? NO_PLACES,
		isProbe,
		digestCheck,
		digestSearch: once(() =>
			isProbe ? IN_A_PROBE : searcher.search({ registration, attempt, steps, accounts, accepted }),
		),
		accepted,
		observedUntil: input.observedUntil,
		plainServers: input.plainServers,
		requestsToContact: toContact,
		index: input.index,
	};
	const mended =
		(isFailed(attempt.outcome) || attempt.outcome === 'unregistered') &&
		registration.attempts.some(
			({ number, outcome }) => number > attempt.number && outcome === 'registered',
		);
	const findings: Finding[] = [];
	const cannotTell: CannotTell[] = [];
	for (const rule of isKept(attempt.outcome) ? NOT_FATAL : CATALOGUE) {
		const verdict = rule.check(subject);
		if (verdict.kind === 'fires') findings.push(findingOf(rule, verdict, attempt.number, mended));
		if (verdict.kind === 'cannot-tell') {
			const { because, decidedBy } = verdict;
			cannotTell.push({ id: rule.id, because, decidedBy });
		}
	}
	return { findings, cannotTell };
}

function findingOf(
	{ id, severity, title, fix }: Rule,
	verdict: Extract<ReturnType<Rule['check']>, { kind: 'fires' }>,
	attempt: number,
	mended: boolean,
): Finding {
	const { confidence, summary, evidence } = verdict;
	return {
		id,
		severity: verdict.severity ?? severity,
		confidence,
		attempt,
		mended,
		title,
		summary,
		evidence,
		fix: verdict.fix ?? fix,
	};
}

/**
 * One finding an id: that of the decisive attempt, else the latest. A loop of a thousand attempts is one fault. The
 * gravest first: what is fragile or worth knowing is true of most registrations.
 */
function withoutRepetition(
	findings: readonly Finding[],
	decisive: number | undefined,
): readonly Finding[] {
	const byId = new Map<string, Finding>();
	for (const finding of findings) {
		if (byId.get(finding.id)?.attempt !== decisive || decisive === undefined)
			byId.set(finding.id, finding);
	}
	return [...byId.values()].toSorted(
		(a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity),
	);
}

function digestChecksOf(
	attempts: readonly Attempt[],
	check: Subject['digestCheck'],
): Diagnosis['digestChecks'] {
	const checks = new Map<Observed<SipRequest>, 'verifies' | 'does-not-verify'>();
	for (const step of attempts.flatMap(authenticationSteps)) {
		const { kind } = check(step);
		if (kind === 'not-checked') continue;
		const { credentials } = identityOf(step.request.message);
		for (const send of step.transaction.hops.flatMap(({ sends }) => sends)) {
			// An SBC may have sent others, of an account of its own.
			if (identityOf(send.message).credentials === credentials) checks.set(send, kind);
		}
	}
	return checks;
}

const IN_A_PROBE: DigestSearch = { kind: 'not-searched', because: 'a probe computes it itself' };

function once<Value>(compute: () => Value): () => Value {
	let value: Value | undefined;
	return () => {
		value ??= compute();
		return value;
	};
}

/** A step is built anew for each question; its request is the same value, so that is the key. */
function memoised(check: (step: AuthenticationStep) => DigestCheck): Subject['digestCheck'] {
	const known = new WeakMap<Observed<SipRequest>, DigestCheck>();
	return (step) => {
		const result = known.get(step.request) ?? check(step);
		known.set(step.request, result);
		return result;
	};
}
