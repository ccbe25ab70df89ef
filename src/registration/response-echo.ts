/*
 * What a response must echo as it was sent (RFC 3261 §8.2.6.2), compared with what the phone sent. Only a middlebox
 * that edits SIP explains a difference; knowledge A7 lists the innocent readings that are excluded here.
 */
import { parsedValue } from '../bytes/parsed-value.js';
import { isPrivateAddress } from '../net/address.js';
import { readFrom, readTo } from '../sip/headers/from-to.js';
import { topVia } from '../sip/headers/via.js';
import type { SipMessage, SipResponse } from '../sip/message.js';
import type { SipUri } from '../sip/uri.js';
import type { Observed } from '../trace/observed.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import type { Vantage } from './vantage.js';

export interface Rewriting {
	readonly field: string;
	readonly text: string;
	readonly confidence: 'proven' | 'strong';
	readonly response: Observed<SipResponse>;
}

/** Every echo that differs, as the phone's leg shows it; empty at the server's side, where a response is not yet edited. */
export function rewritingsSeenByPhone(
	transaction: ClientTransaction,
	vantage: Vantage,
): readonly Rewriting[] {
	if (vantage === 'server' || transaction.request.cut) return [];
	return transaction.responses
		.filter(({ cut }) => !cut)
		.flatMap((response) => [
			...rewrittenSentBy(transaction, response),
			...rewrittenIdentity(transaction, response),
			// Anywhere else the private source may be what the server really sees: a VPN, a routed voice network.
			...(vantage === 'client' ? privateReceived(transaction, response) : []),
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
			response,
		},
	];
}

/** From and To come back as sent, but for the tag of To (RFC 3261 §8.2.6.2). */
function rewrittenIdentity(
	{ request }: ClientTransaction,
	response: Observed<SipResponse>,
): readonly Rewriting[] {
	return (['From', 'To'] as const).flatMap((field) => {
		const before = identity(field, request.message);
		const after = identity(field, response.message);
		if (before === undefined || after === undefined || before === after) return [];
		return [
			{
				field,
				text: `${field} was sent as ${before} and came back as ${after}`,
				confidence: 'proven' as const,
				response,
			},
		];
	});
}

/**
 * The Linux SIP helper turns `received` back into the phone's own address (nf_nat_sip); without it a public server can
 * only write the public one. A private registrar, or one in the same VPN, rightly writes the private address.
 */
function privateReceived(
	{ client, server }: ClientTransaction,
	response: Observed<SipResponse>,
): readonly Rewriting[] {
	const received = topVia(response.message)?.received;
	if (received === undefined || received !== client.address) return [];
	if (!isPrivateAddress(received) || isPrivateAddress(server.address)) return [];
	return [
		{
			field: 'Via received',
			text: `received=${received} is the phone's own private address, yet the server ${server.address} is public and cannot have seen it`,
			confidence: 'strong',
			response,
		},
	];
}

/** Host and port of the URI: what an ALG edits. The rest may be escaped otherwise by an honest server. */
function identity(field: 'From' | 'To', message: SipMessage): string | undefined {
	const uri = parsedValue(field === 'From' ? readFrom(message) : readTo(message))?.uri;
	return uri?.host === undefined ? undefined : uriHostPort(uri, uri.host);
}

function uriHostPort({ port }: SipUri, host: string): string {
	return hostPort(host, port);
}

function hostPort(host: string, port: number | undefined): string {
	const name = host.toLowerCase();
	return port === undefined ? name : `${name}:${port}`;
}
