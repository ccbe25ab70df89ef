/* Challenges of one server that were answered to another: the nonce is known to the first alone (RFC 3261 §22.3). */
import { firstHeader } from '../sip/header-fields.js';
import { isChallenge } from '../sip/status-codes.js';
import {
	type AuthenticationRound,
	type AuthenticationStep,
	answeringCredentials,
	authenticationRounds,
	authenticationSteps,
} from './authentication.js';
import { usesCurrentNonce } from './nonce.js';
import { offeredRealms } from './realm.js';
import { refusedRounds } from './refused-round.js';
import type { Attempt, Registration } from './registration.js';

/** Attempts looked back at: a phone that fails for days tells nothing more with its first thousand. */
const MAX_ATTEMPTS = 100;

export interface Crossing {
	readonly round: AuthenticationRound;
	/** In what the two differ; `address` before `name`. */
	readonly differs: readonly Difference[];
}

export interface Difference {
	/** `name`: what a server calls itself, or the form of its nonces. */
	readonly kind: 'address' | 'name';
	/** Who challenged, and who refused. */
	readonly challenger: string;
	readonly refuser: string;
}

/**
 * Every refused answer to a current challenge that another server got; empty where any was refused by the very server
 * that challenged, or where one was accepted across servers: then they share their nonces, and it is not that.
 */
export function crossedRounds(
	attempt: Attempt,
	steps: readonly AuthenticationStep[],
	{ attempts }: Registration,
): readonly Crossing[] {
	const answers = refusedRounds(attempt, steps).filter(isRightAnswer);
	const crossings = answers.map((round) => ({ round, differs: differences(round) }));
	if (crossings.length === 0 || crossings.some(({ differs }) => differs.length === 0)) return [];
	const shared = attempts
		.slice(-MAX_ATTEMPTS)
		.filter(({ outcome }) => outcome === 'registered' || outcome === 'unregistered')
		.flatMap((accepted) => authenticationRounds(authenticationSteps(accepted)).at(-1) ?? [])
		.some((round) => differences(round).length > 0);
	return shared ? [] : crossings;
}

/** An answer that no fault of its own explains, and that was challenged anew: a 403 is about something else. */
function isRightAnswer(round: AuthenticationRound): boolean {
	const realm = answeringCredentials(round)?.realm;
	const isRight =
		usesCurrentNonce(round) && realm !== undefined && offeredRealms(round).includes(realm);
	return isRight && round.answered.challenges.length > 0;
}

function differences({ challenged, answered }: AuthenticationRound): readonly Difference[] {
	const isWhole = challenged.transaction.hops.length === answered.transaction.hops.length;
	const address = (step: AuthenticationStep) => serverOf(step, isWhole);
	const byAddress = difference('address', address(challenged), address(answered));
	// Under one address another realm is another one's who asks next: a proxy, or the registrar behind it.
	if (byAddress.length === 0 && !asksForOneRealm(challenged, answered)) return [];
	const byName = difference('name', nameOf(challenged), nameOf(answered));
	return [
		...byAddress,
		...(byName.length > 0
			? byName
			: difference('name', nonceForm(challenged), nonceForm(answered))),
	];
}

function asksForOneRealm(...steps: readonly AuthenticationStep[]): boolean {
	const realms = steps.flatMap(({ challenges }) => challenges.map(({ digest }) => digest.realm));
	return new Set(realms).size === 1;
}

function difference(
	kind: Difference['kind'],
	challenger: string | undefined,
	refuser: string | undefined,
): readonly Difference[] {
	if (challenger === undefined || refuser === undefined || challenger === refuser) return [];
	return [{ kind, challenger, refuser }];
}

/** The address that the REGISTER went to: behind an SBC whose other side is in the capture, the registrar's. */
function serverOf({ transaction }: AuthenticationStep, isWhole: boolean): string | undefined {
	return (isWhole ? transaction.hops.at(-1) : transaction.phone)?.server.address;
}

/** What a server calls itself (RFC 3261 §20.35); some write User-Agent. */
function nameOf({ final }: AuthenticationStep): string | undefined {
	const field =
		final && (firstHeader(final.message, 'server') ?? firstHeader(final.message, 'user-agent'));
	return field === undefined ? undefined : `"${field.value}"`;
}

/** How the nonces of a server look, where they are long enough to tell: one registrar makes all of one form. */
function nonceForm({ challenges }: AuthenticationStep): string | undefined {
	const nonce = challenges.at(-1)?.digest.nonce ?? '';
	if (nonce.length < MIN_NONCE) return undefined;
	const [, name] = FORMS.find(([form]) => form.test(nonce)) ?? [];
	return name;
}

/** In a shorter one letters may be missing by chance. */
const MIN_NONCE = 16;

const FORMS: readonly (readonly [form: RegExp, name: string])[] = [
	[/^[0-9a-f]+$/, 'a server with nonces in hexadecimal'],
	[/^[0-9A-F]+$/, 'a server with nonces in capital hexadecimal'],
	[/^[0-9a-f]{8}-[0-9a-f-]{27}$/, 'a server with UUIDs as nonces'],
	[/^\d{9,11}\/[0-9a-f]{32}$/, 'a server with the time and a hash as nonce'],
	[/^[A-Za-z0-9+/]+={0,2}$/, 'a server with nonces in base64'],
];

/**
 * Refused steps whose nonce nobody in this capture ever offered to the phone, each with another one: somebody whom the
 * capture does not show gives them out. One alone may be from before the capture.
 */
export function foreignNonceSteps(
	attempt: Attempt,
	steps: readonly AuthenticationStep[],
	{ attempts }: Registration,
): readonly AuthenticationStep[] {
	const used = new Set(steps.map(({ credentials }) => credentials[0]?.digest.nonce));
	if (used.size < 2) return [];
	const before = attempts
		.filter(({ number }) => number <= attempt.number)
		.slice(-MAX_ATTEMPTS)
		.flatMap(authenticationSteps);
	// What a challenge offered that was cut nobody knows.
	if (before.some(({ final }) => final?.cut === true && isChallenge(final.message.statusCode)))
		return [];
	const offered = new Set(
		before.flatMap(({ challenges }) => challenges.map(({ digest }) => digest.nonce ?? '')),
	);
	const seen = new Set<string>();
	return steps.filter(({ credentials, final }) => {
		const nonce = credentials[0]?.digest.nonce ?? '';
		const status = final?.message.statusCode;
		if (!isChallenge(status)) return false;
		if (seen.has(nonce) || isAlteredOf(nonce, offered)) return false;
		seen.add(nonce);
		return nonce !== '';
	});
}

/**
 * Begins like one that was offered: cut or changed on the way, and not another server's. Two nonces of one second may
 * begin alike as well, where the time stands in them.
 */
function isAlteredOf(nonce: string, offered: ReadonlySet<string>): boolean {
	return [...offered].some((one) => {
		const length = Math.min(one.length, nonce.length);
		return length > 0 && commonStart(one, nonce) >= length * ALIKE;
	});
}

/** More than the third of it that Kamailio fills with the time. */
const ALIKE = 0.6;

function commonStart(a: string, b: string): number {
	let length = 0;
	while (length < a.length && a[length]?.toLowerCase() === b[length]?.toLowerCase()) length += 1;
	return length;
}
