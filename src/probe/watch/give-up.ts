import type { Authentication } from '../authentication.js';
import type { Exchange } from '../exchange.js';
import type { GaveUp } from './watch-news.js';

/** A third one might be punished with a ban. */
const MAX_FAILED_AUTHENTICATIONS = 2;

/** Why no further attempt is made after this end of one; undefined where trying again may help. */
export function whyGiveUp(
	exchange: Exchange | undefined,
	authentication: Authentication,
): GaveUp | undefined {
	if (exchange?.kind !== 'not-authenticated') return undefined;
	if (authentication.failures >= MAX_FAILED_AUTHENTICATIONS) return 'credentials-refused';
	switch (exchange.refusal) {
		// One refusal, or a server that is confused for a while.
		case 'credentials-refused':
		case 'stale-again':
		case 'challenge-missing':
			return undefined;
		default:
			return 'no-answer-to-challenge';
	}
}

/** Whether the server surely bound nothing: a proxy that only ran out of time (408, 504) does not know. */
export function isSureRefusal(exchange: Exchange): boolean {
	if (exchange.kind === 'not-authenticated') return true;
	if (exchange.kind !== 'answered') return false;
	const { statusCode } = exchange.response;
	return statusCode >= 300 && statusCode !== 408 && statusCode !== 504;
}
