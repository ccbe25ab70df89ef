/*
 * Why a response does not verify: tries what may have been done to each input, the fewest changes first, until one
 * makes every response of the attempt verify. An accidental match of 128 bits in 250 000 trials has a probability
 * below 1e-33, so that a match is a proof.
 */
import type { DigestSecret } from '../digest.js';
import type { Alteration, Identity, IdentityForm, RemainderForm } from './alteration.js';
import { combinations } from './combinations.js';
import { type Hypotheses, hypothesesOf, type WrittenInputs, writtenInputs } from './hypotheses.js';
import type { SearchHash } from './search-hash.js';
import { type SearchLimits, TrialCounter } from './search-limits.js';
import type { SearchNames, SearchRequest } from './search-request.js';
import { identityHa1, type PreparedRemainder, prepareRemainder, trialResponse } from './trial.js';
import { typingForms } from './typing-forms.js';

export interface SearchInput {
	readonly secret: DigestSecret;
	/** Those of one attempt, the oldest first. */
	readonly requests: readonly SearchRequest[];
	readonly names: SearchNames;
	readonly limits: SearchLimits;
}

export type SearchResult =
	/** Every response verifies as it is. */
	| { readonly kind: 'verifies' }
	| {
			readonly kind: 'found';
			/** The fewest changes after which the last response verifies. */
			readonly alterations: readonly [Alteration, ...Alteration[]];
			/** Responses that verify so, or as they are, and those that were looked at. */
			readonly agreeing: number;
			readonly of: number;
			readonly trials: number;
	  }
	| {
			readonly kind: 'not-found';
			readonly trials: number;
			readonly stoppedBy: 'trials' | 'time' | undefined;
	  }
	| { readonly kind: 'not-searchable'; readonly because: string };

/** Searches from the last request that does not verify; the others must agree where any alteration makes them. */
export function searchDigest({ secret, requests, names, limits }: SearchInput): SearchResult {
	const readable = requests.flatMap((request) => writtenInputs(request, secret) ?? []);
	if (readable.length === 0) {
		return {
			kind: 'not-searchable',
			because:
				'no response has the form of an algorithm that is known, or the credentials are too long',
		};
	}
	const open = readable.filter((written) => !verifiesAsWritten(written));
	const last = open.at(-1);
	if (last === undefined) return { kind: 'verifies' };
	const counter = new TrialCounter(limits);
	let best: Omit<Extract<SearchResult, { kind: 'found' }>, 'trials'> | undefined;
	const others = open.filter((other) => other !== last);
	let hypotheses: readonly Hypotheses[] | undefined;
	for (const alterations of hits(hypothesesOf(last, secret, names), secret, limits, counter)) {
		// There are many of them, and mostly no hit.
		hypotheses ??= others.map((other) => hypothesesOf(other, secret, names));
		const disagreeing = hypotheses.filter((other) => !agrees(other, alterations, secret));
		const agreeing = readable.length - disagreeing.length;
		if (best === undefined || agreeing > best.agreeing)
			best = { kind: 'found', alterations, agreeing, of: readable.length };
		if (agreeing === readable.length) break;
	}
	const { trials, stoppedBy } = counter;
	return best === undefined ? { kind: 'not-found', trials, stoppedBy } : { ...best, trials };
}

type Hit = readonly [Alteration, ...Alteration[]];

function verifiesAsWritten({ hash, identity, remainder, request, response }: WrittenInputs) {
	if (hash === undefined) return false;
	const prepared = prepareRemainder(remainder, request.body, hash);
	return trialResponse(identityHa1(identity, hash), prepared) === response;
}

/** Every set of changes that makes the response verify, the smallest first. */
function* hits(
	hypotheses: Hypotheses,
	secret: DigestSecret,
	limits: SearchLimits,
	counter: TrialCounter,
): Generator<Hit> {
	for (let changes = 1; changes <= limits.changes; changes += 1) {
		yield* hitsOf(hypotheses, changes, counter);
		if (changes === 1 && limits.typing) yield* typingHits(hypotheses, secret, counter);
	}
}

function* hitsOf(hypotheses: Hypotheses, changes: number, counter: TrialCounter): Generator<Hit> {
	const { hash, hashForms } = hypotheses;
	if (hash !== undefined) yield* hitsWith(hypotheses, hash, [], changes, counter);
	// Another hash stands alone or beside one more change.
	if (changes > 2) return;
	for (const form of hashForms)
		yield* hitsWith(hypotheses, form.hash, [form], changes - 1, counter);
}

/** The changes shared between what enters HA1 and what does not, the former first. */
function* hitsWith(
	hypotheses: Hypotheses,
	hash: SearchHash,
	given: readonly Alteration[],
	changes: number,
	counter: TrialCounter,
): Generator<Hit> {
	const { request, identity, remainder, response } = hypotheses;
	const families = changes > 2 ? usualOnly(hypotheses) : hypotheses;
	for (let before = changes; before >= 0; before -= 1) {
		const behind = combinations(remainder, families.remainderFamilies, changes - before, request);
		const remainders = [...behind].map(({ inputs, forms }) => ({
			forms,
			prepared: prepareRemainder(inputs, request.body, hash),
		}));
		if (remainders.length === 0) continue;
		for (const one of combinations(identity, families.identityFamilies, before, request)) {
			const ha1 = identityHa1(one.inputs, hash);
			const next = (from: number) => nextMatch(ha1, remainders, from, response, counter);
			for (let at = next(0); at >= 0; at = next(at + 1))
				yield hitOf([...one.forms, ...(remainders[at]?.forms ?? []), ...given]);
			if (counter.stoppedBy !== undefined) return;
		}
	}
}

/** The place of the next remainder that makes the response; -1 where there is none, or no trial is left. */
function nextMatch(
	ha1: string,
	remainders: readonly { readonly prepared: PreparedRemainder }[],
	from: number,
	response: string,
	counter: TrialCounter,
): number {
	// Nearly all of a search is spent here: no generator, no closure.
	for (let at = from; at < remainders.length; at += 1) {
		const prepared = remainders[at]?.prepared;
		if (prepared === undefined || !counter.next()) return -1;
		if (trialResponse(ha1, prepared) === response) return at;
	}
	return -1;
}

/** A response that verifies without any change is not searched, so that there is one at least. */
function hitOf(forms: readonly Alteration[]): Hit {
	const [first, ...others] = forms.map(alterationOf);
	if (first === undefined) throw new Error('a search without a change');
	return [first, ...others];
}

function* typingHits(
	{ hash, identity, remainder, request, response }: Hypotheses,
	secret: DigestSecret,
	counter: TrialCounter,
): Generator<Hit> {
	if (hash === undefined || secret.kind === 'ha1') return;
	const prepared: PreparedRemainder = prepareRemainder(remainder, request.body, hash);
	for (const form of typingForms(secret.password)) {
		if (!counter.next()) return;
		const ha1 = identityHa1(form.change(identity, request), hash);
		if (trialResponse(ha1, prepared) === response) yield [alterationOf(form)];
	}
}

/** True where the same changes, each where it changes anything, make another request verify. */
function agrees(other: Hypotheses, hit: Hit, secret: DigestSecret): boolean {
	const hash = hit.some(({ family }) => family === 'algorithm')
		? other.hashForms.find((form) => hit.some((one) => isSame(one, form)))?.hash
		: other.hash;
	if (hash === undefined) return false;
	const { request, identity, remainder, response } = other;
	const sameIdentity = samples<IdentityForm>(other.identityFamilies, hit);
	const sameRemainder = samples<RemainderForm>(other.remainderFamilies, hit);
	const identities: Identity[] =
		typedAlike(hit, secret, identity, request) ??
		[...combinations(identity, sameIdentity, sameIdentity.length, request)].map(
			({ inputs }) => inputs,
		);
	const prepared = [...combinations(remainder, sameRemainder, sameRemainder.length, request)].map(
		({ inputs }) => prepareRemainder(inputs, request.body, hash),
	);
	return identities.some((inputs) => {
		const ha1 = identityHa1(inputs, hash);
		return prepared.some((one) => trialResponse(ha1, one) === response);
	});
}

/** The forms of each family that are among the changes; families without one are left out. */
function samples<F extends Alteration>(
	families: readonly (readonly F[])[],
	hit: Hit,
): readonly (readonly F[])[] {
	return families
		.map((family) => family.filter((form) => hit.some((one) => isSame(one, form))))
		.filter((family) => family.length > 0);
}

/** A slip of the same kind; it is the same password every time, and there are few of one kind. */
function typedAlike(
	[only]: Hit,
	secret: DigestSecret,
	identity: Identity,
	request: SearchRequest,
): Identity[] | undefined {
	if (only.family !== 'typing' || secret.kind === 'ha1') return undefined;
	return [...typingForms(secret.password)]
		.filter(({ name }) => name === only.name)
		.map((form) => form.change(identity, request));
}

/** Which uri or nonce it was may differ from request to request; how it came about may not. */
function isSame(one: Alteration, other: Alteration): boolean {
	if (one.family !== other.family || one.name !== other.name) return false;
	return one.family === 'uri' || one.hashed === other.hashed;
}

function alterationOf({ family, name, words, hashed }: Alteration): Alteration {
	return { family, name, words, ...(hashed === undefined ? {} : { hashed }) };
}

function usualOnly({ identityFamilies, remainderFamilies }: Hypotheses) {
	const usual = <F extends { readonly usual: boolean }>(families: readonly (readonly F[])[]) =>
		families.map((family) => family.filter((form) => form.usual));
	return {
		identityFamilies: usual(identityFamilies),
		remainderFamilies: usual(remainderFamilies),
	};
}
