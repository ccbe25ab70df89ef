import { findAlgorithm } from '../digest/algorithm.js';
import type { Challenge } from '../sip/headers/authenticate.js';
import { type AnswerKey, answerKeyFor, type Secrets, type Unanswerable } from './answer-key.js';

export interface ChosenAnswer {
	/** Answered, or what would have been with the secret that is missing. */
	readonly challenge: Challenge | undefined;
	readonly key: AnswerKey | Unanswerable;
}

/**
 * The topmost challenge that can be answered with what was given (RFC 8760 §2.3: the server puts its preferred one
 * first), of the forced algorithm alone where there is one; else what is missing for one of them.
 */
export function chooseAnswer(
	offered: readonly Challenge[],
	secrets: Secrets,
	forcedAlgorithm: string | undefined,
): ChosenAnswer {
	const wanted = offered.filter((challenge) => isWanted(challenge, forcedAlgorithm));
	const all = wanted.map((challenge) => ({ challenge, key: answerKeyFor(challenge, secrets) }));
	return (
		all.find(({ key }) => typeof key !== 'string') ??
		all.find(({ key }) => key !== 'unsupported') ?? { challenge: undefined, key: 'unsupported' }
	);
}

function isWanted({ digest }: Challenge, forced: string | undefined): boolean {
	if (forced === undefined) return true;
	if (digest === undefined) return false;
	const known = findAlgorithm(forced)?.name;
	return known === undefined
		? digest.algorithm?.toLowerCase() === forced.toLowerCase()
		: findAlgorithm(digest.algorithm)?.name === known;
}
