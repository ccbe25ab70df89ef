/*
 * The way of one REGISTER from server to server, and what each made of it. Both sides of a NAT are one leg, as they lead
 * to the same server.
 */
import { sameEndpoint } from '../net/endpoint.js';
import { displayText } from '../sip/display-text.js';
import { firstHeader, headerValues } from '../sip/header-fields.js';
import type { SipRequest } from '../sip/message.js';
import { formatUri } from '../sip/uri.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { ownBinding } from './binding.js';
import { credentialChanges } from './message-change.js';
import { ownAccountLeg } from './own-account-leg.js';
import { aorOf, contactsOf, requestedExpires } from './register-request.js';
import type { RegisterTransaction } from './registration.js';

/** What a server between two legs did to a REGISTER and its answer, each in a few words; empty where nothing shows. */
export interface ServerStep {
	/** The leg to it, and the one that it sent the REGISTER on over. */
	readonly before: ClientTransaction;
	readonly after: ClientTransaction;
	readonly changes: readonly string[];
}

/** One a server, the phone's first. */
export function legsOf(hops: readonly ClientTransaction[]): readonly ClientTransaction[] {
	const byServer = new Map<string, ClientTransaction>();
	// Of several sightings of one leg the nearest to its server knows most, and of several REGISTERs the last.
	for (const hop of hops) {
		const known = byServer.get(hop.server.address);
		if (known === undefined || known.final === undefined || isLater(hop, known))
			byServer.set(hop.server.address, hop);
	}
	return [...byServer.values()];
}

/** An SBC that is challenged asks again, for one and the same REGISTER of the phone. */
function isLater(hop: ClientTransaction, known: ClientTransaction): boolean {
	return hop.callId === known.callId && (hop.cseq ?? 0) > (known.cseq ?? 0);
}

/** Every server that passed the REGISTER on, the phone's first. */
export function serverSteps(transaction: RegisterTransaction): readonly ServerStep[] {
	const legs = legsOf(transaction.hops);
	return legs.slice(1).flatMap((after, index) => {
		const before = legs[index];
		// A phone that asks two servers at once passes nothing on, and a port forwarding is no server.
		if (before === undefined || sameEndpoint(before.client, after.client)) return [];
		if (before.callId === after.callId && before.branch === after.branch) return [];
		return [{ before, after, changes: changesOf(before, after, transaction) }];
	});
}

function changesOf(
	before: ClientTransaction,
	after: ClientTransaction,
	transaction: RegisterTransaction,
): readonly string[] {
	const [one, other] = [before.request.message, after.request.message];
	return [
		...(before.callId === after.callId ? [] : ['Call-ID of its own']),
		...accountWords(before, after, transaction),
		...changed('address-of-record', aorOf(one), aorOf(other)),
		...changed('Contact', contactOf(one), contactOf(other)),
		...changed('Expires', secondsOf(requestedExpires(one)), secondsOf(requestedExpires(other))),
		...added('Path', one, other),
		...added('Record-Route', one, other),
		...grantWords(grantedBy(after), grantedBy(before)),
	];
}

function accountWords(
	before: ClientTransaction,
	after: ClientTransaction,
	transaction: RegisterTransaction,
): string[] {
	const own = ownAccountLeg(transaction);
	if (own !== undefined && own.hop.server.address === after.server.address)
		return own.username === undefined
			? ['credentials of the phone kept']
			: [`credentials of its own (user "${displayText(own.username)}")`];
	const [one, other] = [before.request.message, after.request.message];
	const [first] = credentialChanges(one, other);
	if (first === undefined) return [];
	return [
		first.after === 'absent' && first.field === 'Authorization'
			? 'credentials of the phone kept'
			: 'credentials changed',
	];
}

function changed(what: string, before: string | undefined, after: string | undefined): string[] {
	if (before === after || before === undefined || after === undefined) return [];
	return [`${what} ${before} became ${after}`];
}

function added(name: string, before: SipRequest, after: SipRequest): string[] {
	const id = name.toLowerCase();
	const known = headerValues(before, id);
	const fresh = headerValues(after, id).filter((value) => !known.includes(value));
	return fresh.length === 0 ? [] : [`${name} ${fresh.map(displayText).join(', ')} added`];
}

function contactOf(message: SipRequest): string | undefined {
	const [contact] = contactsOf(message);
	return contact === undefined
		? firstHeader(message, 'contact')?.value
		: displayText(formatUri(contact.uri));
}

function secondsOf(expires: number | undefined): string | undefined {
	return expires === undefined ? undefined : `${expires} s`;
}

/** An SBC shortens it on purpose: the phone is to come again before its NAT forgets it. */
function grantWords(granted: string | undefined, told: string | undefined): string[] {
	if (granted === told || granted === undefined || told === undefined) return [];
	return [`grants the phone ${told} of the ${granted} that it got`];
}

/** What the answer on a leg grants; undefined where it is no 2xx. */
function grantedBy({ request, final, server }: ClientTransaction): string | undefined {
	if (final === undefined || Math.floor(final.message.statusCode / 100) !== 2) return undefined;
	return secondsOf(ownBinding(request.message, final.message, server.address)?.expires);
}
