/* Which of the hops and copies of one request a response answers: the way it went decides. */
import { type Endpoint, sameEndpoint } from '../net/endpoint.js';
import type { SipRequest, SipResponse } from '../sip/message.js';
import type { Observed } from '../trace/observed.js';
import { isNotBefore } from './early-responses.js';

/** Timer F (RFC 3261 §17.1.2.2) and a little: nothing more is heard of a transaction that was quiet for so long. */
export const QUIET_MS = 40_000;

export interface Candidate {
	readonly client: Endpoint;
	readonly server: Endpoint;
	readonly source: string;
	readonly sends: readonly [Observed<SipRequest>, ...Observed<SipRequest>[]];
}

/**
 * Direction decides: the exact way back first, then the same hosts with another port (RFC 3581 undone), then one host. One that
 * was sent later, by no more than a capture may err, comes after all others.
 */
export function bestMatch<C extends Candidate>(
	candidates: readonly C[],
	observed: Observed<SipResponse>,
): C | undefined {
	return (
		bestOf(candidates, observed, (request) => request.at <= observed.at) ??
		bestOf(candidates, observed, (request) => isNotBefore(observed, request))
	);
}

function bestOf<C extends Candidate>(
	candidates: readonly C[],
	observed: Observed<SipResponse>,
	isInTime: (request: Observed<SipRequest>) => boolean,
): C | undefined {
	let best: C | undefined;
	let bestScore = 1;
	for (const candidate of candidates) {
		if (candidate.source !== observed.source) continue;
		const score = directionScore(candidate, observed);
		// Later candidates win ties: the same request with new credentials was answered, not the old one.
		if (score >= bestScore && isInTime(candidate.sends[0])) {
			best = candidate;
			bestScore = score;
		}
	}
	return best;
}

/** True where a response went the way of one hop rather than that of another. */
export function isRatherOf(
	one: Candidate,
	other: Candidate,
	observed: Observed<SipResponse>,
): boolean {
	return (
		one.source === observed.source &&
		directionScore(one, observed) > directionScore(other, observed)
	);
}

function directionScore(
	{ client, server }: Candidate,
	{ src, dst }: Observed<SipResponse>,
): number {
	const fromServer = src.address === server.address;
	const toClient = dst.address === client.address;
	if (sameEndpoint(src, server) && sameEndpoint(dst, client)) return 4;
	if (fromServer && toClient) return 3;
	if (toClient && sameEndpoint(dst, client)) return 2;
	if (fromServer || toClient) return 1;
	return 0;
}
