/** The address that a phone has outside, where anything in the source tells that there is a NAT. */
import { isIpAddress, isPrivateAddress } from '../net/address.js';
import { headerValues } from '../sip/header-fields.js';
import { topVia } from '../sip/headers/via.js';
import type { SipResponse } from '../sip/message.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import type { Registration } from './registration.js';
import type { SourceIndex } from './source-index.js';

/** Transactions looked at: what the network is shows in the first ones. */
const MAX_TRANSACTIONS = 64;

const known = new WeakMap<Registration, string | undefined>();

/**
 * A public address of the phone, told by STUN, by `received` in another answer, or by a server that says in a Warning
 * where the request came from; undefined where nothing tells one, or the phone is public itself.
 */
export function outsideAddress(registration: Registration, index: SourceIndex): string | undefined {
	if (!known.has(registration)) known.set(registration, find(registration, index));
	return known.get(registration);
}

function find(registration: Registration, index: SourceIndex): string | undefined {
	const own = transactionsOf(registration);
	const client = own[0]?.client;
	if (client === undefined || !isPrivateAddress(client.address)) return undefined;
	const mapped = index.stunAnswersTo(client)[0]?.mapped?.address;
	if (mapped !== undefined && !isPrivateAddress(mapped)) return mapped;
	const beside = index.sharingAddress(registration).flatMap(transactionsOf);
	return [...own, ...beside]
		.filter((transaction) => transaction.client.address === client.address)
		.flatMap(({ responses }) => responses)
		.flatMap(({ message }) => told(message))
		.find((address) => isIpAddress(address) && !isPrivateAddress(address));
}

function transactionsOf({ attempts }: Registration): readonly ClientTransaction[] {
	return attempts
		.slice(0, MAX_TRANSACTIONS)
		.flatMap(({ transactions }) => transactions)
		.map(({ phone }) => phone)
		.slice(0, MAX_TRANSACTIONS);
}

function told(message: SipResponse): readonly string[] {
	const received = topVia(message)?.received;
	// SER, Kamailio and OpenSIPS with sip_warning: `392 … "Noisy feedback tells: … req_src_ip=198.51.100.7 …"`.
	const warned = headerValues(message, 'warning').flatMap(
		(value) => /\breq_src_ip=([0-9a-fA-F.:]{2,45})/.exec(value)?.[1] ?? [],
	);
	return received === undefined ? warned : [received, ...warned];
}
