/*
 * Why a response does not verify: tries what may have been done to each input, the fewest changes first, until one
 * makes every response of the attempt verify. An accidental match of 128 bits in 250 000 trials has a probability
 * below 1e-33, so that a match is a proof.
 */
import type { DigestSecret } from '../digest.js';
import type { Alteration, Identity } from './alteration.js';
import type { Candidate } from './candidates.js';
import { combinations } from './combinations.js';
import { type Hypotheses, hypothesesOf, type WrittenInputs, writtenInputs } from './hypotheses.js';
import { LatestIdentities } from './identity-candidates.js';
import type { SearchHash } from './search-hash.js';
import { type SearchLimits, TrialCounter } from './search-limits.js';
import type { SearchNames, SearchRequest } from './search-request.js';
import { identityHa1, type PreparedRemainder, trialResponse } from './trial.js';
import { typingSlips } from './typing-slips.js';

export interface SearchInput {
	readonly secret: DigestSecret;
	/** Those of one attempt, the oldest first. */
	readonly requests: readonly SearchRequest[];
	readonly names: SearchNames;
	readonly limits: SearchLimits;
	/** Of the searches before; the next one for the same phone computes less. */
	readonly latest?: LatestIdentities;
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
export function searchDigest({
	secret,
	requests,
	names,
	limits,
	latest = new LatestIdentities(),
}: SearchInput): SearchResult {
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
	const hypothesesFor = (written: WrittenInputs) => hypothesesOf(written, secret, names, latest);
	for (const alterations of hits(hypothesesFor(last), limits, counter)) {
		// There are many of them, and mostly no hit.
		hypotheses ??= others.map(hypothesesFor);
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

function verifiesAsWritten({ hash, identity, remainder, prepare, response }: WrittenInputs) {
	if (hash === undefined) return false;
	return trialResponse(identityHa1(identity, hash), prepare(remainder, hash)) === response;
}

/** Every set of changes that makes the response verify, the smallest first. */
function* hits(
	hypotheses: Hypotheses,
	limits: SearchLimits,
	counter: TrialCounter,
): Generator<Hit> {
	for (let changes = 1; changes <= limits.changes; changes += 1) {
		yield* hitsOf(hypotheses, changes, counter);
		if (changes === 1 && limits.typing) yield* typingHits(hypotheses, counter);
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
	{ identities, remainders, response }: Hypotheses,
	hash: SearchHash,
	given: readonly Alteration[],
	changes: number,
	counter: TrialCounter,
): Generator<Hit> {
	const usual = changes > 2;
	for (let before = changes; before >= 0; before -= 1) {
		const behind = [...remainders.of(hash, changes - before, usual)];
		if (behind.length === 0) continue;
		for (const { alterations, computed } of identities.altered.of(hash, before, usual)) {
			const next = (from: number) => nextMatch(computed, behind, from, response, counter);
			for (let at = next(0); at >= 0; at = next(at + 1))
				yield hitOf([...alterations, ...(behind[at]?.alterations ?? []), ...given]);
			if (counter.stoppedBy !== undefined) return;
		}
	}
}

/** The place of the next remainder that makes the response; -1 where there is none, or no trial is left. */
function nextMatch(
	ha1: string,
	remainders: readonly Candidate<PreparedRemainder>[],
	from: number,
	response: string,
	counter: TrialCounter,
): number {
	// Nearly all of a search is spent here: no generator, no closure.
	for (let at = from; at < remainders.length; at += 1) {
		const prepared = remainders[at]?.computed;
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
	{ hash, identities, remainder, prepare, response }: Hypotheses,
	counter: TrialCounter,
): Generator<Hit> {
	if (hash === undefined) return;
	const prepared = prepare(remainder, hash);
	for (const { alterations, computed } of identities.typed(hash)) {
		if (!counter.next()) return;
		if (trialResponse(computed, prepared) === response) yield hitOf(alterations);
	}
}

/** True where the same changes, each where it changes anything, make another request verify. */
function agrees(other: Hypotheses, hit: Hit, secret: DigestSecret): boolean {
	const hash = hit.some(({ family }) => family === 'algorithm')
		? other.hashForms.find((form) => hit.some((one) => isSame(one, form)))?.hash
		: other.hash;
	if (hash === undefined) return false;
	const { identity, remainder, prepare, response } = other;
	const sameIdentity = samples(other.identities.altered.families, hit);
	const sameRemainder = samples(other.remainders.families, hit);
	const identities: Identity[] =
		typedAlike(hit, secret, identity) ??
		[...combinations(identity, sameIdentity, sameIdentity.length)].map(({ inputs }) => inputs);
	const prepared = [...combinations(remainder, sameRemainder, sameRemainder.length)].map(
		({ inputs }) => prepare(inputs, hash),
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
function typedAlike([only]: Hit, secret: DigestSecret, identity: Identity): Identity[] | undefined {
	if (only.family !== 'typing' || secret.kind === 'ha1') return undefined;
	return [...typingSlips(secret.password)]
		.filter(({ alteration }) => alteration.name === only.name)
		.map(({ text }) => ({ ...identity, secret: { kind: 'text', text } }));
}

/** Which uri or nonce it was may differ from request to request; how it came about may not. */
function isSame(one: Alteration, other: Alteration): boolean {
	if (one.family !== other.family || one.name !== other.name) return false;
	return one.family === 'uri' || one.hashed === other.hashed;
}

function alterationOf({ family, name, words, hashed }: Alteration): Alteration {
	return { family, name, words, ...(hashed === undefined ? {} : { hashed }) };
}
