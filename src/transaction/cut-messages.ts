/*
 * Responses where the snaplen left less than branch, CSeq and Call-ID of request or response: what can be read of both is
 * compared, and what was cut off says nothing.
 */
import { type Endpoint, formatEndpoint } from '../net/endpoint.js';
import { uniqueBranch } from '../sip/headers/via.js';
import type { SipRequest, SipResponse } from '../sip/message.js';
import type { MessageIdentity } from '../sip/message-identity.js';
import { elapsedMs } from '../time/instant.js';
import type { Observed } from '../trace/observed.js';
import type { ClientTransaction } from './client-transaction.js';
import { bestMatch, type Candidate, QUIET_MS } from './response-match.js';

/** A REGISTER with what it is known by, as far as it was captured. */
export interface CutCandidate extends Candidate {
	readonly branch: string | undefined;
	/** Empty where it was not captured. */
	readonly callId: string;
	readonly cseq: number | undefined;
	/** The first response that may be its own, or another's. */
	cutResponse: Observed<SipResponse> | undefined;
}

/**
 * Stands for a Call-ID that the snaplen cut off, so that two phones are not taken for one: whoever has this address and
 * port is one phone. A Call-ID never begins with a blank (RFC 3261 §25.1).
 */
export function standInCallId(client: Endpoint): string {
	return ` ${formatEndpoint(client)}`;
}

/** True for what `standInCallId` gives, which nobody wrote. */
export function isStandIn(callId: string): boolean {
	return callId.startsWith(' ');
}

/** True for a REGISTER of which too little was captured to look for it in another capture. */
export function isNameless({
	callId,
	cseq,
	request,
}: Pick<ClientTransaction, 'callId' | 'cseq' | 'request'>): boolean {
	return request.cut && (isStandIn(callId) || cseq === undefined);
}

/** Of one whose CSeq was cut off nobody knows. */
export function mayAnswerRegister(
	{ cut }: Observed<SipResponse>,
	{ cseq }: MessageIdentity,
): boolean {
	return cseq === undefined ? cut : cseq.method === 'REGISTER';
}

/** True where too little of a response is left to look for its request by. */
export function isCutShort(
	{ cut }: Observed<SipResponse>,
	{ cseq, callId }: MessageIdentity,
): boolean {
	return cut && (cseq === undefined || callId === '');
}

/** True where two sightings are of one REGISTER, one of them cut. */
export function isSameCut(
	candidate: CutCandidate,
	{ cut }: Observed<SipRequest>,
	identity: MessageIdentity,
): boolean {
	return (cut || candidate.sends[0].cut) && likenessOf(candidate, identity) === 'same';
}

/** The REGISTER that a response answers, one of the two cut; where that cannot be told, all that may be it are told. */
export function matchOfCut<C extends CutCandidate>(
	candidates: readonly C[],
	observed: Observed<SipResponse>,
	identity: MessageIdentity,
): C | undefined {
	const same: C[] = [];
	const unknown: C[] = [];
	for (const candidate of candidates) {
		if (!isAwaiting(candidate, observed)) continue;
		const likeness = likenessOf(candidate, identity);
		if (likeness === 'same') same.push(candidate);
		else if (likeness === 'unknown' && isWayBack(candidate, observed)) unknown.push(candidate);
	}
	const own = bestMatch(same, observed);
	if (own === undefined) for (const one of unknown) one.cutResponse ??= observed;
	return own;
}

function isAwaiting({ sends }: CutCandidate, { cut, at }: Observed<SipResponse>): boolean {
	return (cut || sends[0].cut) && elapsedMs(sends.at(-1)?.at ?? at, at) <= QUIET_MS;
}

/** Either end may be another one: a NAT or an ALG changes ports, and a server may answer from another address. */
function isWayBack(
	{ source, client, server }: CutCandidate,
	{ source: seenBy, src, dst }: Observed<SipResponse>,
): boolean {
	if (source !== seenBy || client.address !== dst.address) return false;
	return server.address === src.address || client.port === dst.port;
}

type Likeness = 'same' | 'other' | 'unknown';

/** Whether both are of one transaction (RFC 3261 §17.1.3); phones reuse branches, so the rest is looked at as well. */
function likenessOf(request: CutCandidate, other: MessageIdentity): Likeness {
	const branch = compared(uniqueBranch(request.branch), uniqueBranch(other.branch));
	const callId = compared(request.callId || undefined, other.callId || undefined);
	const cseq = compared(request.cseq, other.cseq?.number);
	if ([branch, callId, cseq].includes('other')) return 'other';
	return branch === 'same' || (callId === 'same' && cseq === 'same') ? 'same' : 'unknown';
}

function compared<V>(one: V | undefined, other: V | undefined): Likeness {
	if (one === undefined || other === undefined) return 'unknown';
	return one === other ? 'same' : 'other';
}
