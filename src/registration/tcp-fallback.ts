/** RFC 3261 §18.1.1: a request larger than 1300 bytes must leave UDP for TCP, where a server may not listen. */
import type { SipRequest } from '../sip/message.js';
import type { ConnectionEvent, Observed } from '../trace/observed.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { lastTransaction } from './attempt-facts.js';
import { credentialsLength } from './credentials-length.js';
import { isConnectFailure } from './flow-event.js';
import type { Attempt } from './registration.js';

/** Bytes beyond which UDP may not be used where the path MTU is not known. */
export const UDP_LIMIT = 1300;

export interface TcpFallback {
	readonly event: ConnectionEvent;
	/** The last REGISTER that went over UDP. */
	readonly request: Observed<SipRequest>;
	/** Bytes that the next one has at least. */
	readonly nextLength: number;
}

/** The failed TCP connection to the server that challenged over UDP, where the answer is too large for UDP. */
export function tcpFallbackOf(attempt: Attempt): TcpFallback | undefined {
	const last = lastTransaction(attempt)?.phone;
	if (last?.transport !== 'udp') return undefined;
	const event = attempt.failures.find(
		(each) => isConnectFailure(each) && each.kind === 'connection' && isAfter(each, last),
	);
	if (event?.kind !== 'connection') return undefined;
	const nextLength = last.request.packet.payloadLength + credentialsLength(last);
	return nextLength > UDP_LIMIT ? { event, request: last.request, nextLength } : undefined;
}

function isAfter({ src, dst, at, transport }: ConnectionEvent, last: ClientTransaction): boolean {
	return (
		transport === 'tcp' &&
		at >= (last.final ?? last.request).at &&
		src.address === last.client.address &&
		dst.address === last.server.address
	);
}
