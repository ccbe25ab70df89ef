/*
 * One response taken apart: recomputed step by step, held against the challenge, and searched where it does not verify.
 * Nothing in the result is secret but `ha1`, which is there only where it was asked for.
 */
import { type AkaAlgorithm, findAkaAlgorithm } from './aka/aka.js';
import { type AkaExamination, examineAka } from './aka/examine-aka.js';
import type { MilenageKey } from './aka/milenage.js';
import { type DigestAlgorithm, findAlgorithm } from './algorithm.js';
import { type ChallengeComparison, compareWithChallenge } from './compare-challenge.js';
import { computeHa1 } from './compute.js';
import type { DigestChallenge, DigestCredentials, DigestSecret } from './digest.js';
import { type SearchResult, searchDigest } from './search/search-digest.js';
import { DEFAULT_LIMITS } from './search/search-limits.js';
import type { SearchNames, SearchRequest } from './search/search-request.js';
import { ha1Of } from './secret-ha1.js';
import { type DigestStep, digestSteps } from './steps.js';
import { verifyCredentials } from './verify.js';

/** What the response is to be computed with. */
export type ExaminedSecret = DigestSecret | { readonly kind: 'aka'; readonly key: MilenageKey };

export interface ExaminedRequest {
	readonly credentials: DigestCredentials;
	readonly challenge: DigestChallenge | undefined;
	readonly method: string;
	readonly body: Uint8Array;
	readonly secret: ExaminedSecret;
	/** The plain username, where the credentials carry its hash. */
	readonly username: string | undefined;
	readonly showHa1: boolean;
	/** What else may have been hashed. */
	readonly names: SearchNames;
	readonly uris: SearchRequest['uris'];
	readonly nonces: readonly string[];
	/** Other requests of the same attempt, which must agree with what is found. */
	readonly others: readonly SearchRequest[];
	/** A clock in milliseconds, for the limit of the search. */
	readonly now: () => number;
}

export interface Examination {
	readonly result: 'verifies' | 'does-not-verify' | 'not-checkable';
	/** Why it cannot be checked. */
	readonly because: string | undefined;
	readonly request: Pick<ExaminedRequest, 'credentials' | 'method' | 'body'>;
	/** Empty where the algorithm is not known or an input is missing. */
	readonly steps: readonly DigestStep[];
	readonly comparisons: readonly ChallengeComparison[];
	readonly ha1: string | undefined;
	readonly search: SearchResult | undefined;
	readonly aka: (AkaExamination & { readonly mistake: string | undefined }) | undefined;
}

/** Examines one response. */
export function examineDigest(request: ExaminedRequest): Examination {
	const { credentials, challenge, secret, method, body } = request;
	const aka = findAkaAlgorithm(credentials.algorithm ?? challenge?.algorithm);
	const shared = {
		request: { credentials, method, body },
		comparisons: challenge === undefined ? [] : compareWithChallenge(challenge, credentials),
	};
	if (secret.kind === 'aka') return { ...shared, ...examineSim(request, secret.key, aka) };
	// With another secret than the SIM's key, RES is given as if it were a password.
	const plain = aka === undefined ? request : withAlgorithm(request, aka.digest);
	return { ...shared, ...examinePlain(plain, secret), aka: undefined };
}

type Examined = Pick<Examination, 'result' | 'because' | 'steps' | 'ha1' | 'search'>;

function examinePlain(request: ExaminedRequest, secret: DigestSecret): Examined {
	const { credentials, method, body, username, names, uris, nonces, others, now } = request;
	const verdict = verifyCredentials({
		...{ credentials, secret, method, body },
		...(username === undefined ? {} : { username }),
	});
	const ha1 = ha1Text(request, secret);
	const search =
		verdict.kind === 'verifies'
			? undefined
			: searchDigest({
					...{ secret, names, limits: { ...DEFAULT_LIMITS, now } },
					requests: [...others, { credentials, method, body, uris, nonces }],
				});
	return {
		result: verdict.kind,
		because: verdict.kind === 'not-checkable' ? verdict.because : undefined,
		steps: stepsOf(request, ha1),
		ha1: request.showHa1 ? ha1 : undefined,
		search,
	};
}

/** HA1 does not depend on the request, so that an empty password of AKA is no special case. */
function examineSim(
	request: ExaminedRequest,
	key: MilenageKey,
	aka: AkaAlgorithm | undefined,
): Examined & Pick<Examination, 'aka'> {
	const { nonce, username = '', realm = '', parameters } = request.credentials;
	const examined =
		aka === undefined ? undefined : examineAka(aka, key, nonce ?? '', parameters.get('auts'));
	if (aka === undefined || examined === undefined) {
		const because =
			aka === undefined
				? 'the algorithm is none of AKA, and the key of a SIM was given'
				: 'the nonce does not hold RAND and AUTN';
		return {
			...{ result: 'not-checkable', because, steps: [], ha1: undefined },
			...{ search: undefined, aka: undefined },
		};
	}
	const plain = withAlgorithm(request, aka.digest);
	const ha1s = examined.passwords.map(({ mistake, bytes }) => {
		const ha1 = computeHa1({ algorithm: aka.digest, username, realm, password: bytes });
		return { mistake, secret: { kind: 'ha1', ha1, algorithm: aka.digest.hash } as const };
	});
	const { credentials, method, body } = plain;
	const matching = ha1s.find(
		({ secret }) => verifyCredentials({ credentials, secret, method, body }).kind === 'verifies',
	);
	const [right] = ha1s;
	if (right === undefined) throw new Error('AKA gives one password at least');
	const result = examinePlain(plain, right.secret);
	return {
		...result,
		search: matching === undefined ? result.search : undefined,
		aka: { ...examined.examination, mistake: matching?.mistake },
	};
}

function withAlgorithm(request: ExaminedRequest, { name }: DigestAlgorithm): ExaminedRequest {
	return { ...request, credentials: { ...request.credentials, algorithm: name } };
}

function ha1Text(
	{ credentials, username }: ExaminedRequest,
	secret: DigestSecret,
): string | undefined {
	const algorithm = findAlgorithm(credentials.algorithm);
	const { realm } = credentials;
	const name = username ?? credentials.usernameExtended ?? credentials.username;
	if (algorithm === undefined || realm === undefined || name === undefined) return undefined;
	const key = ha1Of(secret, algorithm, name, realm);
	return 'ha1' in key ? key.ha1 : undefined;
}

function stepsOf(request: ExaminedRequest, ha1: string | undefined): readonly DigestStep[] {
	const { credentials, method, body, username, showHa1 } = request;
	const { realm, nonce, uri, nc, cnonce, qop } = credentials;
	const algorithm = findAlgorithm(credentials.algorithm);
	const name = username ?? credentials.usernameExtended ?? credentials.username;
	const known = algorithm !== undefined && name !== undefined;
	if (!known || realm === undefined || nonce === undefined || uri === undefined) return [];
	return digestSteps({
		...{ algorithm, username: name, realm, nonce, nc, cnonce, qop, method, uri, body },
		shownHa1: showHa1 ? ha1 : undefined,
	});
}
