/* RFC 3263 §4.3: another server than the one that was asked first gave the outcome. */
import { type Endpoint, sameEndpoint } from '../net/endpoint.js';
import type { Transport } from '../net/transport.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { isFlowEvent, isFlowFailure } from './flow-event.js';
import type { Attempt, AttemptEvent, RegisterTransaction } from './registration.js';

/** Where something was sent. */
export interface Asked {
	readonly server: Endpoint;
	readonly transport: Transport;
}

export interface Failover {
	readonly from: Asked;
	readonly to: Asked;
}

const SERVICE_UNAVAILABLE = 503;

/** The server of a connection that failed before the first REGISTER could be sent to another; undefined where none did. */
export function refusedBefore(
	[first]: readonly RegisterTransaction[],
	events: readonly AttemptEvent[],
): Asked | undefined {
	if (first === undefined) return undefined;
	const { request, server } = first.phone;
	for (const event of events) {
		if (event.at > request.at || !isFlowEvent(event) || !isFlowFailure(event)) continue;
		if (sameEndpoint(event.dst, server)) continue;
		return { server: event.dst, transport: event.kind === 'tls' ? 'tls' : event.transport };
	}
	return undefined;
}

/** Undefined where the server that was asked first gave the outcome, or sent the phone on by an answer. */
export function failoverOf(
	transactions: readonly RegisterTransaction[],
	decisive: Attempt | undefined,
	refused: Asked | undefined,
): Failover | undefined {
	const first = transactions[0]?.phone;
	const last = decisive?.transactions.at(-1)?.phone;
	if (first === undefined || last === undefined) return undefined;
	const from = refused ?? (isLeft(first) ? askedOf(first) : undefined);
	if (from === undefined || sameEndpoint(from.server, last.server)) return undefined;
	return { from, to: askedOf(last) };
}

/** Its server was silent, and the phone asked another one the same (RFC 3263 §4.3). */
export function isGivenUp(
	{ phone }: RegisterTransaction,
	next: RegisterTransaction | undefined,
): boolean {
	return (
		phone.final === undefined &&
		phone.cseq !== undefined &&
		next?.phone.cseq === phone.cseq &&
		next.phone.server.address !== phone.server.address
	);
}

/** What lets a client go to the next server: silence, a refusal by the network, 503. */
function isLeft({ final }: ClientTransaction): boolean {
	return final === undefined || final.message.statusCode === SERVICE_UNAVAILABLE;
}

function askedOf({ server, transport }: ClientTransaction): Asked {
	return { server, transport };
}
