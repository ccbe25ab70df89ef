/* What became of a TCP connection → events that explain a registration. */
import type { ConnectionFact, Side } from '../layers/tcp-connection.js';
import type { Transport } from '../net/transport.js';
import type { Instant } from '../time/instant.js';
import type { ConnectionEvent, NotCapturedEvent } from './observed.js';
import type { PacketOrigin } from './packet-origin.js';
import { otherSide, type TcpEnds } from './tcp-context.js';

/** A segment of this length or more fills a packet; RFC 8200 §5 lets every link carry 1280 bytes. */
const LARGE_SEGMENT = 1200;

export interface ConnectionUse {
	readonly source: string;
	readonly transport: Transport;
	/** True where the side that was taken for the server has registered. */
	readonly isSwapped: boolean;
	/** True where a REGISTER or a binding needs the connection at this time. */
	isNeededAt(at: Instant): boolean;
	/** True where nothing was said on it from its start on. */
	readonly isUnused: boolean;
}

/** The events of one connection, in the order of its facts. An end that took nothing from anybody is none. */
export function connectionEventsOf(
	facts: readonly ConnectionFact<PacketOrigin>[],
	ends: TcpEnds,
	use: ConnectionUse,
): readonly ConnectionEvent[] {
	const [src, dst] = use.isSwapped ? [ends.server, ends.client] : [ends.client, ends.server];
	const place = { kind: 'connection', source: use.source, transport: use.transport } as const;
	return facts.flatMap((fact): ConnectionEvent[] => {
		const told = toldOf(fact, use);
		if (told === undefined) return [];
		const { origin, ...rest } = told;
		return [{ ...place, at: origin.at, frame: origin.frame, src, dst, errno: undefined, ...rest }];
	});
}

/** What went by on a connection with SIP and is not in the capture. */
export function notCapturedEventsOf(
	facts: readonly ConnectionFact<PacketOrigin>[],
	{ client, server }: TcpEnds,
	source: string,
): readonly NotCapturedEvent[] {
	return facts.flatMap((fact): NotCapturedEvent[] => {
		if (fact.kind !== 'not-captured') return [];
		const { by, length, origin } = fact;
		const [src, dst] = by === 'client' ? [client, server] : [server, client];
		const { at, frame } = origin;
		return [{ kind: 'not-captured', at, source, frame, src, dst, length }];
	});
}

type Told = Pick<
	ConnectionEvent,
	'outcome' | 'by' | 'copies' | 'established' | 'unacknowledgedLength'
> & { readonly origin: PacketOrigin };

function toldOf(fact: ConnectionFact<PacketOrigin>, use: ConnectionUse): Told | undefined {
	switch (fact.kind) {
		case 'unanswered': {
			const { first: origin, copies } = fact;
			return { origin, outcome: 'timed-out', copies, established: false };
		}
		case 'refused':
			return {
				origin: fact.origin,
				outcome: 'refused',
				by: 'server',
				copies: fact.copies,
				established: false,
			};
		case 'reset':
		case 'closed': {
			const { kind: outcome, origin, established } = fact;
			// A RST alone may end a connection that had long done what it was for.
			const isCutUnused = outcome === 'reset' && established && use.isUnused;
			const isNeeded = use.isNeededAt(origin.at) || isCutUnused;
			if (!isNeeded) return undefined;
			return { origin, outcome, by: sideName(fact.by, use), established };
		}
		case 'unacknowledged': {
			const { first: origin, copies, length, acknowledgedLength } = fact;
			const isLarge =
				acknowledgedLength > 0 ? length > acknowledgedLength : length >= LARGE_SEGMENT;
			const unacknowledgedLength = isLarge ? length : undefined;
			return { origin, outcome: 'timed-out', copies, established: true, unacknowledgedLength };
		}
		case 'not-captured':
			// What the capture lacks is told apart: nothing became of the connection by it.
			return undefined;
	}
}

function sideName(by: Side | 'middle', { isSwapped }: ConnectionUse): Side | 'middle' {
	return by !== 'middle' && isSwapped ? otherSide(by) : by;
}
