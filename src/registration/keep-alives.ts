/** Which requests of its server reach a registered phone, and which it leaves unanswered. */
import { isPrivateAddress } from '../net/address.js';
import type { Endpoint } from '../net/endpoint.js';
import { elapsedMs, type Instant } from '../time/instant.js';
import { lastTransaction } from './attempt-facts.js';
import type { KeepAlive } from './keep-alive.js';
import { contactsOf } from './register-request.js';
import type { Attempt, Registration } from './registration.js';
import type { SourceIndex } from './source-index.js';

const DEFAULT_PORT = 5060;

/** T2: an answer that is still to come would have come. */
const PATIENCE_MS = 4_000;

export interface KeepAlives {
	readonly answered: readonly KeepAlive[];
	/** Without an answer although there was time for one, in order. */
	readonly unanswered: readonly KeepAlive[];
}

/**
 * What the server of the attempt's binding asked the phone, at the address that the REGISTER came from or at a Contact
 * that can be reached from there. Anybody else's requests say nothing: a scanner need not be answered.
 */
export function keepAlivesOf(
	attempt: Attempt,
	index: SourceIndex,
	observedUntil: Instant,
): KeepAlives {
	const phone = lastTransaction(attempt)?.phone;
	if (phone === undefined) return { answered: [], unanswered: [] };
	const { client, server, request, final } = phone;
	// A binding that has run out need not be served.
	const end = (final?.at ?? request.at) + (attempt.grantedExpires ?? Infinity) * 1_000_000;
	const places = new Map<string, Endpoint>([[`${client.address}:${client.port}`, client]]);
	for (const { uri } of contactsOf(request.message)) {
		const address = uri.host ?? '';
		// A private Contact behind a NAT is a finding of its own.
		if (isPrivateAddress(address) && !isPrivateAddress(client.address)) continue;
		const port = uri.port ?? DEFAULT_PORT;
		places.set(`${address}:${port}`, { address, port });
	}
	const asked = [...places.values()]
		.flatMap((place) => index.keepAlivesTo(place))
		.filter(({ src, at }) => src.address === server.address && at <= end)
		.toSorted((a, b) => a.at - b.at);
	return {
		answered: asked.filter(({ answer }) => answer !== undefined),
		unanswered: asked.filter(
			({ answer, at }) => answer === undefined && elapsedMs(at, observedUntil) >= PATIENCE_MS,
		),
	};
}

/** Times at which the phone itself sent anything over the flow of its registration, in order. */
export function phoneSendTimes(
	{ attempts }: Registration,
	answered: readonly KeepAlive[],
): readonly Instant[] {
	return [
		...attempts
			.flatMap(({ transactions }) => transactions)
			.flatMap(({ phone }) => phone.sends.map(({ at }) => at)),
		...answered.flatMap(({ answer }) => answer?.at ?? []),
	].toSorted((a, b) => a - b);
}
