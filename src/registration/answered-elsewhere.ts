/** Whether the server that keeps silent on one port answers the same site on another. */
import type { SipResponse } from '../sip/message.js';
import { elapsedMs } from '../time/instant.js';
import type { Observed } from '../trace/observed.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import type { Registration } from './registration.js';
import type { SourceIndex } from './source-index.js';

/** An answer longer ago or later than this may be of another time altogether. */
const SAME_TIME_MS = 120_000;

const MAX_ATTEMPTS = 100;

/** A response of the same server address over another port or transport, near in time; undefined where there is none. */
export function answeredElsewhere(
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
		.map(({ phone: other }) => other.final)
		.find(
			(final) =>
				final !== undefined && Math.abs(elapsedMs(phone.request.at, final.at)) < SAME_TIME_MS,
		);
}
