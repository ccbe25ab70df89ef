import type { Authentication, Refusal } from '../authentication.js';
import type { Exchange } from '../exchange.js';
import type { GaveUp } from './watch-news.js';

/** A third one might be punished with a ban. */
const MAX_FAILED_AUTHENTICATIONS = 2;

/**
 * Why no further attempt is made after this end of one; undefined where trying again may help. `forbidden`: how often in a
 * row a 403 answered credentials, as many servers say it for a wrong password.
 */
export function whyGiveUp(
	exchange: Exchange | undefined,
	authentication: Authentication,
	forbidden: number,
): GaveUp | undefined {
	if (exchange?.kind === 'not-authenticated') {
		if (authentication.failures >= MAX_FAILED_AUTHENTICATIONS) return 'credentials-refused';
		return MAY_PASS.has(exchange.refusal) ? undefined : 'no-answer-to-challenge';
	}
	const isRefused = isForbidden(exchange, authentication) && authentication.exhausted;
	return isRefused || forbidden >= MAX_FAILED_AUTHENTICATIONS ? 'credentials-refused' : undefined;
}

/** 403 to a request that carried credentials. */
export function isForbidden(
	exchange: Exchange | undefined,
	authentication: Authentication,
): boolean {
	return (
		exchange?.kind === 'answered' && exchange.response.statusCode === 403 && authentication.answered
	);
}

/** One refusal, or a server that is confused for a while. */
const MAY_PASS: ReadonlySet<Refusal> = new Set([
	'credentials-refused',
	'stale-again',
	'challenge-missing',
]);

/** Whether the server surely bound nothing: a proxy that only ran out of time (408, 504) does not know. */
export function isSureRefusal(exchange: Exchange): boolean {
	if (exchange.kind === 'not-authenticated') return true;
	if (exchange.kind !== 'answered') return false;
	const { statusCode } = exchange.response;
	return statusCode >= 300 && statusCode !== 408 && statusCode !== 504;
}
