/* What keeps a phone from answering a 401 or 407: the challenge is missing, or lacks what an answer needs (RFC 3261 §22.1). */
import { type Challenge, readChallenges } from '../sip/headers/authenticate.js';
import type { SipResponse } from '../sip/message.js';
import { isChallenge } from '../sip/status-codes.js';

export interface MissingChallenge {
	/** The header field that the status calls for. */
	readonly wanted: Challenge['header'];
	/** The other one is there instead. */
	readonly other: Challenge['header'] | undefined;
}

/** The challenge header field that a 401 (§21.4.2) or 407 (§21.4.8) must have and has not. */
export function missingChallenge(response: SipResponse): MissingChallenge | undefined {
	const { statusCode } = response;
	if (!isChallenge(statusCode)) return undefined;
	const wanted = statusCode === 401 ? 'WWW-Authenticate' : 'Proxy-Authenticate';
	const [first, ...rest] = readChallenges(response);
	if ([first, ...rest].some((challenge) => challenge?.header === wanted)) return undefined;
	return { wanted, other: first?.header };
}

export interface ChallengeFault {
	readonly challenge: Challenge;
	/** In words. */
	readonly fault: string;
	/** No answer to it can be right, whatever the phone forgives. */
	readonly isUnanswerable: boolean;
}

/** One fault for each challenge of a response; undefined where one of them can be answered as it stands. */
export function challengeFaults(response: SipResponse): readonly ChallengeFault[] | undefined {
	const challenges = readChallenges(response);
	const faults = challenges.flatMap((challenge) => faultOf(challenge) ?? []);
	return challenges.length > 0 && faults.length === challenges.length ? faults : undefined;
}

function schemeFault(scheme: string): string {
	if (scheme === '') return 'no scheme can be read';
	return `the scheme is ${scheme}, not Digest`;
}

function faultOf(challenge: Challenge): ChallengeFault | undefined {
	const { scheme, digest, malformed } = challenge;
	// In order, and for those who have a token (RFC 8898 §4).
	if (scheme.toLowerCase() === 'bearer') return undefined;
	if (digest === undefined) {
		return { challenge, fault: schemeFault(scheme), isUnanswerable: true };
	}
	for (const name of ['realm', 'nonce'] as const) {
		if (digest[name] === undefined) {
			return { challenge, fault: `${name} is missing`, isUnanswerable: true };
		}
	}
	if (digest.nonce === '') return { challenge, fault: 'nonce is empty', isUnanswerable: true };
	if (digest.realm === '') return { challenge, fault: 'realm is empty', isUnanswerable: false };
	if (malformed === undefined) return undefined;
	const { problem } = malformed;
	const fault =
		problem.kind === 'bad-field'
			? `${problem.field} at fault: ${problem.expected} expected`
			: 'it ends too soon';
	return { challenge, fault, isUnanswerable: false };
}
