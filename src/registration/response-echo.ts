/*
 * What a response must echo as it was sent (RFC 3261 §8.2.6.2), compared with what the phone sent. Only a middlebox
 * that edits SIP explains a difference; knowledge A7 lists the innocent readings that are excluded here.
 */

import { parsedValue } from '../bytes/parsed-value.js';
import { canonicalAddress, isIpAddress, isPrivateAddress } from '../net/address.js';
import { formatHostPort } from '../net/endpoint.js';
import { readFrom, readTo } from '../sip/headers/from-to.js';
import { topVia } from '../sip/headers/via.js';
import type { SipMessage, SipRequest, SipResponse } from '../sip/message.js';
import type { Observed } from '../trace/observed.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { contactsOf } from './register-request.js';
import type { Vantage } from './vantage.js';

const SIP_PORT = 5060;

/** What a private `received` of a public server is worth on its own: found, and not blamed. */
const ALONE = 'likely';

export interface Rewriting {
	readonly field: string;
	readonly text: string;
	readonly confidence: 'proven' | 'strong' | 'likely';
	/** Another host, and not only a port that was added. */
	readonly changesHost: boolean;
	readonly response: Observed<SipResponse>;
}

/**
 * Every echo that differs, as the phone's leg shows it; empty at the server's side, where a response is not yet edited.
 * `otherAddress` is the phone's address outside, where anything in the source tells that there is one.
 */
export function rewritingsSeenByPhone(
	transaction: ClientTransaction,
	vantage: Vantage,
	otherAddress?: string,
): readonly Rewriting[] {
	if (vantage === 'server' || transaction.request.cut) return [];
	return transaction.responses
		.filter(({ cut }) => !cut)
		.flatMap((response) => [
			...rewrittenSentBy(transaction, response),
			...rewrittenIdentity(transaction, response),
			// Anywhere else the private source may be what the server really sees: a VPN, a routed voice network.
			...(vantage === 'client' ? privateReceived(transaction, response, otherAddress) : []),
		]);
}

/** Via sent-by belongs to the phone alone: nobody may change it. */
function rewrittenSentBy(
	{ request }: ClientTransaction,
	response: Observed<SipResponse>,
): readonly Rewriting[] {
	const sent = topVia(request.message);
	const echoed = topVia(response.message);
	if (sent === undefined || echoed === undefined || sent.branch !== echoed.branch) return [];
	const before = hostPort(sent.sentBy.host, sent.sentBy.port);
	const after = hostPort(echoed.sentBy.host, echoed.sentBy.port);
	if (before === after) return [];
	return [
		{
			field: 'Via sent-by',
			text: `Via was sent as ${before} and came back as ${after}`,
			confidence: 'proven',
			changesHost: sent.sentBy.host.toLowerCase() !== echoed.sentBy.host.toLowerCase(),
			response,
		},
	];
}

/** From and To come back as sent, but for the tag of To (RFC 3261 §8.2.6.2). */
function rewrittenIdentity(
	{ request, client }: ClientTransaction,
	response: Observed<SipResponse>,
): readonly Rewriting[] {
	return (['From', 'To'] as const).flatMap((field) => {
		const before = identity(field, request.message);
		const after = identity(field, response.message);
		if (before === undefined || after === undefined) return [];
		const changesHost = before.host !== after.host;
		// A server may leave a default port out; one that was added to an address is the mark of nf_nat_sip.
		const addsPort = before.port === undefined && after.port !== undefined;
		if (!changesHost && !(addsPort && isIpAddress(after.host))) return [];
		// Its own address, inside or outside, is what a box at the site knows; any other may be a server's doing, such as
		// a back-to-back user agent that answers under its own name.
		const received = topVia(response.message)?.received;
		const isPhone = after.host === client.address || after.host === received;
		const was = hostPort(before.host, before.port);
		const is = hostPort(after.host, after.port);
		return [
			{
				field,
				text: `${field} was sent as ${was} and came back as ${is}`,
				confidence: isPhone ? ('proven' as const) : ('likely' as const),
				changesHost,
				response,
			},
		];
	});
}

/**
 * The Linux SIP helper turns `received` back into the phone's own address (nf_nat_sip); without it a public server can
 * only write the public one. But a phone that reaches a public server without any NAT (VPN, routed voice network) is
 * received from its private address as well, and both look the same; so it takes a second observation that there is a
 * NAT. The helper works on the standard port only.
 */
function privateReceived(
	{ client, server, request }: ClientTransaction,
	response: Observed<SipResponse>,
	otherAddress: string | undefined,
): readonly Rewriting[] {
	const received = topVia(response.message)?.received;
	if (received === undefined || received !== client.address || server.port !== SIP_PORT) return [];
	if (!isPrivateAddress(received) || isPrivateAddress(server.address)) return [];
	// A registrar in the phone's own network, asked by the public address of both, sees no other.
	if (isPrivateAddress(response.src.address)) return [];
	const listed = publicContact(request, response, server.address);
	const known = otherAddress ?? listed;
	return [
		{
			field: 'Via received',
			text:
				known === undefined
					? `received=${received} is the phone's own private address, yet the server ${server.address} is public`
					: `received=${received} is the phone's own private address, yet the network shows the phone as ${known} outside`,
			confidence: known === undefined ? ALONE : 'strong',
			changesHost: true,
			response,
		},
	];
}

/** A public Contact with the phone's own port that the phone never sent: the helper leaves it in where the ports differ. */
function publicContact(
	{ message }: Observed<SipRequest>,
	response: Observed<SipResponse>,
	server: string,
): string | undefined {
	const sent = contactsOf(message).map(({ uri }) => uri);
	if (sent.some(({ host }) => host === undefined || !isPrivateAddress(host))) return undefined;
	const found = contactsOf(response.message).find(
		({ uri: { host, port, user } }) =>
			host !== undefined &&
			isIpAddress(host) &&
			!isPrivateAddress(host) &&
			canonicalAddress(host) !== server &&
			sent.some((own) => own.user === user && (own.port ?? SIP_PORT) === (port ?? SIP_PORT)),
	);
	return found?.uri.host;
}

/** Host and port of the URI: what an ALG edits. The rest may be escaped otherwise by an honest server. */
function identity(
	field: 'From' | 'To',
	message: SipMessage,
): { readonly host: string; readonly port: number | undefined } | undefined {
	const uri = parsedValue(field === 'From' ? readFrom(message) : readTo(message))?.uri;
	return uri?.host === undefined ? undefined : { host: uri.host.toLowerCase(), port: uri.port };
}

function hostPort(host: string, port: number | undefined): string {
	return formatHostPort(canonicalAddress(host), port);
}
