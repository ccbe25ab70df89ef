/*
 * The verdict on an ALG, from pairs of requests over one flow that differ in nothing but what they call the sender:
 * its own address, which an ALG translates in passing, or a name, in which it finds nothing. Server, NAT and path are
 * the same, so what differs between the two answers was done by somebody who reads the text on the way.
 */
import { canonicalAddress, isIpAddress } from '../../net/address.js';
import { type Endpoint, formatEndpoint } from '../../net/endpoint.js';
import { topVia } from '../../sip/headers/via.js';
import type { SipResponse } from '../../sip/message.js';
import { clipped } from '../checklist.js';
import type { Answer } from './asker.js';
import { type EchoDifference, echoDifferences } from './echo.js';

export type Answered = Extract<Answer, { kind: 'answered' }>;

/** Two requests over one local port or connection. */
export interface Pair {
	/** `UDP`, `TCP`, `TLS`. */
	readonly transport: string;
	readonly local: Endpoint;
	/** With the own address in Via, From, Contact and Call-ID. */
	readonly address: Answer;
	/** With a name in their place. */
	readonly name: Answer;
}

export type PairVerdict =
	| {
			readonly kind: 'proven';
			readonly because: string;
			readonly proof: readonly {
				readonly answer: Answered;
				readonly field: string;
				text: string;
			}[];
	  }
	| { readonly kind: 'none'; readonly because: string }
	| { readonly kind: 'cannot-tell'; readonly because: string };

/** Where the server saw a request come from, as far as its answer says. */
export interface Seen {
	readonly address: string | undefined;
	readonly port: number | undefined;
}

/** `received` and `rport` of the answer (RFC 3261 §18.2.1, RFC 3581 §4). */
export function seenIn({ response }: { readonly response: SipResponse }): Seen {
	const via = topVia(response);
	const { received } = via ?? {};
	return {
		address:
			received !== undefined && isIpAddress(received) ? canonicalAddress(received) : undefined,
		port: typeof via?.rport === 'number' ? via.rport : undefined,
	};
}

export function seenWords({ address, port }: Seen): string {
	if (address === undefined) return port === undefined ? 'not said' : `port ${port}`;
	return port === undefined ? address : formatEndpoint({ address, port });
}

export function judgePair({ transport, local, address, name }: Pair): PairVerdict {
	if (address.kind !== 'answered') return unanswered(transport, address, name);
	const byAlg = editedFields(address, name);
	const [first] = byAlg;
	if (first !== undefined) {
		return {
			kind: 'proven',
			because: `${first.field} was sent as ${clipped(first.sent)} and came back as ${clipped(first.came)}`,
			proof: byAlg.map(({ field, sent, came }) => ({
				...{ answer: address, field },
				text: `sent as ${clipped(sent)}, came back as ${clipped(came)}`,
			})),
		};
	}
	if (name.kind !== 'answered') {
		return {
			kind: 'cannot-tell',
			because: `over ${transport} the request with the own address was answered and the one with a name was not, so there is nothing to compare with`,
		};
	}
	return compareSeen(transport, local, address, name);
}

function unanswered(transport: string, address: Answer, name: Answer): PairVerdict {
	const because =
		name.kind === 'answered'
			? `over ${transport} the request with the own address got no answer and the one with a name did: an ALG that drops or misdirects, or a server that will not have private addresses`
			: `no answer came over ${transport}${address.kind === 'failed' ? ' (the network refused it)' : ''}`;
	return { kind: 'cannot-tell', because };
}

/** What only an ALG changes, and the server does not change in the request with a name just so. */
function editedFields(address: Answered, name: Answer): readonly EchoDifference[] {
	const habits = new Set(
		name.kind === 'answered'
			? echoDifferences(name.request, name.response, name.local.address).map(({ field }) => field)
			: [],
	);
	return echoDifferences(address.request, address.response, address.local.address).filter(
		({ field, onlyAlg }) => onlyAlg && !habits.has(field),
	);
}

function compareSeen(
	transport: string,
	local: Endpoint,
	address: Answered,
	name: Answered,
): PairVerdict {
	const edited = seenIn(address);
	const plain = seenIn(name);
	if (plain.address === undefined) {
		return {
			kind: 'cannot-tell',
			because: `over ${transport} everything came back as it was sent, but the server does not say in received where a request came from`,
		};
	}
	if (edited.address === plain.address && edited.port === plain.port) {
		return {
			kind: 'none',
			because: `over ${transport} everything came back as it was sent, and the server saw ${seenWords(plain)} with the own address and with a name in the request`,
		};
	}
	// RFC 3261 §18.2.1: no received where sent-by is the very source, and that is so without a NAT.
	if (edited.address === undefined && plain.address === local.address) {
		return {
			kind: 'none',
			because: `over ${transport} everything came back as it was sent, and the server saw ${plain.address}, this machine itself`,
		};
	}
	// An ALG that puts received back does so with rport: an rport that was left alone tells of a server's habit.
	if (edited.address === undefined && edited.port !== undefined && edited.port === plain.port) {
		return {
			kind: 'cannot-tell',
			because: `over ${transport} the server says received ${seenWords(plain)} to a request with a name and leaves it out to one with an address, with the same rport: presumably its own way`,
		};
	}
	const mine = edited.address === undefined || edited.address === local.address;
	if (mine && plain.address !== local.address) {
		const became = edited.address === undefined ? 'nothing at all' : seenWords(edited);
		return {
			kind: 'proven',
			because: `over one and the same ${transport} flow the answer says received ${seenWords(plain)} to a request with a name, and ${became} to one with the own address`,
			proof: [
				{ answer: name, field: 'Via received', text: `${seenWords(plain)}, with a name in Via` },
				{ answer: address, field: 'Via received', text: `${became}, with the own address in Via` },
			],
		};
	}
	return {
		kind: 'cannot-tell',
		because: `over ${transport} the server saw ${seenWords(edited)} and then ${seenWords(plain)}: the address in front of it changes between requests`,
	};
}
