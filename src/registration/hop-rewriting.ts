/*
 * What a box changed in a REGISTER between the two sides of it, where one source shows both (a capture on the router).
 * A NAT changes addresses and ports of the packet and nothing within; a proxy adds a Via; what else differs is the
 * work of a SIP ALG (knowledge A7).
 */

import { parsedValue } from '../bytes/parsed-value.js';
import { formatHostPort } from '../net/endpoint.js';
import { firstHeader } from '../sip/header-fields.js';
import { findToUri, readFrom } from '../sip/headers/from-to.js';
import { topVia } from '../sip/headers/via.js';
import type { SipRequest } from '../sip/message.js';
import { formatUri, type SipUri } from '../sip/uri.js';
import type { Observed } from '../trace/observed.js';
import { showsItself } from './message-change.js';
import { contactsOf } from './register-request.js';
import type { RegisterTransaction } from './registration.js';
import { requestFaults } from './request-faults.js';

export interface HopRewriting {
	readonly before: Observed<SipRequest>;
	readonly after: Observed<SipRequest>;
	/** `Contact`, with what it was and what it became. */
	readonly changes: readonly { readonly field: string; readonly text: string }[];
	/** Faults that only the later one has. */
	readonly damage: readonly string[];
}

/** The request on both sides of a box that is no proxy; undefined where nothing but packet addresses changed. */
export function rewritingBetweenHops({ hops }: RegisterTransaction): HopRewriting | undefined {
	for (const [index, { request: after, branch }] of hops.entries()) {
		const before = hops[index - 1];
		if (before === undefined || branch === undefined || before.branch !== branch) continue;
		if (before.request.cut || after.cut) continue;
		if (showsItself(before.request.message, after.message)) continue;
		const changes = changesOf(before.request.message, after.message);
		const known = new Set(requestFaults(before.request));
		const damage = requestFaults(after).filter((fault) => !known.has(fault));
		if (changes.length > 0 || damage.length > 0)
			return { before: before.request, after, changes, damage };
	}
	return undefined;
}

function changesOf(before: SipRequest, after: SipRequest): HopRewriting['changes'] {
	return FIELDS.flatMap(({ field, read }) => {
		const was = read(before);
		const is = read(after);
		return was === is ? [] : [{ field, text: `${was ?? 'nothing'} became ${is ?? 'nothing'}` }];
	});
}

const FIELDS: readonly {
	readonly field: string;
	readonly read: (message: SipRequest) => string | undefined;
}[] = [
	{ field: 'Request-URI', read: ({ requestUri }) => requestUri },
	{ field: 'Via sent-by', read: sentByOf },
	{
		field: 'Contact',
		read: (message) =>
			contactsOf(message)
				.map(({ uri }) => place(uri))
				.join(),
	},
	{ field: 'From', read: (message) => place(parsedValue(readFrom(message))?.uri) },
	{ field: 'To', read: (message) => place(findToUri(message)) },
	{ field: 'Call-ID', read: (message) => firstHeader(message, 'call-id')?.value },
	{ field: 'Expires', read: (message) => firstHeader(message, 'expires')?.value },
	{ field: 'Supported', read: (message) => firstHeader(message, 'supported')?.value },
];

function sentByOf(message: SipRequest): string | undefined {
	const via = topVia(message);
	if (via === undefined) return undefined;
	return formatHostPort(via.sentBy.host, via.sentBy.port);
}

function place(uri: SipUri | undefined): string | undefined {
	return uri === undefined ? undefined : formatUri(uri);
}
