/** Whether the server that keeps silent on one port answers the same site on another, or answers anything else there. */

import { sameEndpoint } from '../net/endpoint.js';
import type { SipResponse } from '../sip/message.js';
import { elapsedMs } from '../time/instant.js';
import type { Observed } from '../trace/observed.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import type { Registration } from './registration.js';
import type { SourceIndex } from './source-index.js';

/** An answer longer ago or later than this may be of another time altogether. */
const SAME_TIME_MS = 120_000;

const MAX_ATTEMPTS = 100;

/** A final answer to a REGISTER by the same server address over another port or transport, near in time. */
export function registerAnsweredElsewhere(
	phone: ClientTransaction,
	registration: Registration,
	index: SourceIndex,
): Observed<SipResponse> | undefined {
	return [registration, ...index.sharingAddress(registration)]
		.flatMap(({ attempts }) => attempts.slice(-MAX_ATTEMPTS))
		.flatMap(({ transactions }) => transactions)
		.filter(
			({ phone: other }) =>
				other.server.address === phone.server.address &&
				other.client.address === phone.client.address &&
				(other.server.port !== phone.server.port || other.transport !== phone.transport),
		)
		.flatMap(({ phone: other }) => other.final ?? [])
		.find((final) => isNear(phone, final));
}

/** The same, or a final answer there to what a probe asked beside its REGISTER. */
export function answeredElsewhere(
	phone: ClientTransaction,
	registration: Registration,
	index: SourceIndex,
): Observed<SipResponse> | undefined {
	return (
		registerAnsweredElsewhere(phone, registration, index) ??
		otherAnswers(phone, index).find(
			({ src, transport }) => src.port !== phone.server.port || transport !== phone.transport,
		)
	);
}

/** What this very port answered to a request of a probe that was no REGISTER. */
export function otherAnsweredHere(
	phone: ClientTransaction,
	index: SourceIndex,
): Observed<SipResponse> | undefined {
	return otherAnswers(phone, index).find(
		({ src, transport }) => sameEndpoint(src, phone.server) && transport === phone.transport,
	);
}

function otherAnswers(
	phone: ClientTransaction,
	index: SourceIndex,
): readonly Observed<SipResponse>[] {
	return index
		.otherAnswersTo(phone.client.address)
		.filter((answer) => answer.src.address === phone.server.address && isNear(phone, answer));
}

function isNear(phone: ClientTransaction, answer: Observed<SipResponse>): boolean {
	return Math.abs(elapsedMs(phone.request.at, answer.at)) < SAME_TIME_MS;
}
