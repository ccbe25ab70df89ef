/*
 * What a response must repeat as it was sent (RFC 3261 §8.2.6.2): top Via with the parameters that the probe wrote,
 * From, To, Call-ID and CSeq. A proxy or an SBC may change a request on its way on, but the answer that comes back to
 * the sender bears what the sender wrote; only a box that edits messages in passing (an ALG) leaves a difference.
 */

import { parsedValue } from '../../bytes/parsed-value.js';
import { canonicalAddress, isIpAddress } from '../../net/address.js';
import { formatHostPort } from '../../net/endpoint.js';
import { readCallId } from '../../sip/headers/call-id.js';
import { readCSeq } from '../../sip/headers/cseq.js';
import { type FromTo, readFrom, readTo } from '../../sip/headers/from-to.js';
import { topVia } from '../../sip/headers/via.js';
import type { SipRequest, SipResponse } from '../../sip/message.js';

export interface EchoDifference {
	/** `Via sent-by`, `Via branch`, `From`, `To`, `Call-ID`, `CSeq`. */
	readonly field: string;
	/** Wire text. */
	readonly sent: string;
	/** Wire text; `nothing` where it is missing. */
	readonly came: string;
	/** False where the server itself may have put it so: another host or a port in From or To. */
	readonly onlyAlg: boolean;
}

/** Every part that came back otherwise; empty where all is as it was sent. `local`: the address of the probe's socket. */
export function echoDifferences(
	request: SipRequest,
	response: SipResponse,
	local: string,
): readonly EchoDifference[] {
	const received = topVia(response)?.received;
	const outside = new Set([local, ...(received === undefined ? [] : [received])]);
	return [
		...viaDifferences(request, response),
		...partyDifferences('From', read(readFrom(request)), read(readFrom(response)), outside),
		...partyDifferences('To', read(readTo(request)), read(readTo(response)), outside),
		...whole('Call-ID', readCallId(request), readCallId(response)),
		...whole('CSeq', cseqText(request), cseqText(response)),
	];
}

const read = parsedValue<FromTo>;

function viaDifferences(request: SipRequest, response: SipResponse): readonly EchoDifference[] {
	const sent = topVia(request);
	const came = topVia(response);
	if (sent === undefined) return [];
	if (came === undefined) return whole('Via', 'a Via', undefined);
	const parameters = [...sent.parameters]
		// The server fills rport in (RFC 3581 §4).
		.filter(([name]) => name !== 'rport')
		.flatMap(([name, value]) =>
			whole(`Via ${name}`, value ?? '', came.parameters.get(name) ?? undefined),
		);
	const transport = whole(
		'Via transport',
		sent.transport.toUpperCase(),
		came.transport.toUpperCase(),
	);
	const place = (via: typeof sent) => hostPort(via.sentBy.host, via.sentBy.port);
	return [...transport, ...whole('Via sent-by', place(sent), place(came)), ...parameters];
}

/** Host, port, user and tag: the rest of a URI an honest server may escape or order otherwise. */
function partyDifferences(
	field: 'From' | 'To',
	sent: FromTo | undefined,
	came: FromTo | undefined,
	outside: ReadonlySet<string>,
): readonly EchoDifference[] {
	if (sent === undefined) return [];
	if (came === undefined) return whole(field, partyText(sent), undefined);
	const tags = sent.tag === undefined ? [] : whole(`${field} tag`, sent.tag, came.tag);
	const [before, after] = [partyText(sent), partyText(came)];
	if (before === after) return tags;
	const host = came.uri.host ?? '';
	// A box at the site knows the phone's own address, inside and outside; any other host may be a server's own name.
	const isOwn = isIpAddress(host) && outside.has(canonicalAddress(host));
	const isSameUser = sent.uri.user === came.uri.user;
	return [...tags, { field, sent: before, came: after, onlyAlg: isOwn && isSameUser }];
}

function partyText({ uri }: FromTo): string {
	const user = uri.user === undefined ? '' : `${uri.user}@`;
	return `${uri.scheme}:${user}${uri.host === undefined ? '' : hostPort(uri.host, uri.port)}`;
}

function cseqText(message: SipRequest | SipResponse): string | undefined {
	const cseq = parsedValue(readCSeq(message));
	return cseq === undefined ? undefined : `${cseq.number} ${cseq.method}`;
}

function whole(
	field: string,
	sent: string | undefined,
	came: string | undefined,
): readonly EchoDifference[] {
	if (sent === undefined || sent === came) return [];
	return [{ field, sent, came: came ?? 'nothing', onlyAlg: true }];
}

function hostPort(host: string, port: number | undefined): string {
	return formatHostPort(canonicalAddress(host), port);
}
