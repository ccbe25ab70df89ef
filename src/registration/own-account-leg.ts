/*
 * The REGISTER that an SBC sends for a phone with an account of its own: neither Call-ID nor credentials survive, so
 * that only who, where and when are left, and nothing less than all three will do. A PBX that registers its trunk, or an
 * SBC that refreshes by itself, has a registration of its own.
 */
import { readCredentials } from '../sip/headers/authorization.js';
import { identityOf } from '../sip/message-identity.js';
import { isChallenge } from '../sip/status-codes.js';
import { elapsedMs } from '../time/instant.js';
import type { Observed } from '../trace/observed.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { aorOf, contactsOf, purposeOf } from './register-request.js';
import type { RegisterTransaction } from './registration.js';

/** An SBC asks the registrar at once, and again with credentials when it is challenged. */
const AT_ONCE_MS = 2_000;

/** Whether the second was sent for the first, by the server of the first. That no other can be is for the caller to see. */
export function isOnBehalf(upstream: ClientTransaction, downstream: ClientTransaction): boolean {
	const gap = elapsedMs(upstream.request.at, downstream.request.at);
	return (
		gap >= 0 &&
		gap <= AT_ONCE_MS &&
		upstream.callId !== downstream.callId &&
		upstream.client.address !== downstream.client.address &&
		upstream.server.address !== downstream.server.address &&
		isSentByServer(upstream, downstream) &&
		isWithin(upstream, downstream) &&
		isSameUser(upstream, downstream) &&
		purposeOf(upstream.request.message) === purposeOf(downstream.request.message) &&
		!isPassedOn(upstream, downstream)
	);
}

/** What an SBC sent in its own name for a REGISTER of a phone. */
export interface OwnAccountLeg {
	/** The last that it sent. */
	readonly hop: ClientTransaction;
	/** Digest username as written; undefined where it sent no credentials. */
	readonly username: string | undefined;
}

/** Undefined where credentials were passed on as they came, or there was nothing to pass on. */
export function ownAccountLeg({ phone, hops }: RegisterTransaction): OwnAccountLeg | undefined {
	const hop = hops.findLast(({ callId }) => callId !== phone.callId);
	if (hop === undefined) return undefined;
	const [own] = readCredentials(hop.request.message);
	const [phones] = readCredentials(phone.request.message);
	if (own === undefined && phones === undefined) return undefined;
	if (own !== undefined && own.digest?.nonce === phones?.digest?.nonce) return undefined;
	return { hop, username: own?.digest?.username };
}

/** The user part of the Contact of an SBC is often that of the phone it speaks for. */
export function contactUserOf({ request }: ClientTransaction): string | undefined {
	return contactsOf(request.message)[0]?.uri.user?.toLowerCase();
}

function isSentByServer(upstream: ClientTransaction, downstream: ClientTransaction): boolean {
	if (upstream.server.address === downstream.client.address) return true;
	const { final } = upstream;
	return final !== undefined && isSentHere(final) && isSentHere(downstream.request);
}

/** The capture was taken on the host that sent it, so that two such are of one host. */
function isSentHere({ packet: { direction, udpChecksum } }: Observed): boolean {
	return direction === 'outbound' || (direction === undefined && udpChecksum === 'bad');
}

/** It was asked after the phone asked, and answered before the phone was; or never, and the phone was refused. */
function isWithin({ final }: ClientTransaction, downstream: ClientTransaction): boolean {
	if (final === undefined || downstream.request.at > final.at) return false;
	if (downstream.final !== undefined) return downstream.final.at <= final.at;
	// Challenges are answered by the SBC itself, and say nothing of a registrar that is silent.
	const { statusCode } = final.message;
	return statusCode >= 400 && !isChallenge(statusCode);
}

function isSameUser(upstream: ClientTransaction, downstream: ClientTransaction): boolean {
	const user = userOf(upstream);
	if (user === undefined) return false;
	return userOf(downstream) === user || contactUserOf(downstream) === user;
}

/** The user of the address-of-record, in lower case. */
export function userOf({ request }: ClientTransaction): string | undefined {
	return /^sips?:([^@]+)@/.exec(aorOf(request.message) ?? '')?.[1]?.toLowerCase();
}

/** With the credentials of the phone it needs no account of its own. */
function isPassedOn(upstream: ClientTransaction, downstream: ClientTransaction): boolean {
	const { credentials } = identityOf(upstream.request.message);
	return credentials !== '' && credentials === identityOf(downstream.request.message).credentials;
}
