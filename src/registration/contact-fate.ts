/** What became of the Contact that a phone registered: kept as it was, and whether the registrar knows another way. */
import { firstHeader } from '../sip/header-fields.js';
import type { ContactAddress } from '../sip/headers/contact.js';
import { readVias } from '../sip/headers/via.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { lastTransaction } from './attempt-facts.js';
import { ownBinding } from './binding.js';
import { contactsOf } from './register-request.js';
import type { Attempt } from './registration.js';

/** Parameters by which a registrar or SBC remembers where the REGISTER really came from. */
const COMPENSATED = [
	'received',
	'fs_path',
	'fs_nat',
	'x-ast-orig-host',
	'alias',
	'ob',
	'gr',
	'pub-gruu',
	'temp-gruu',
];

export interface BoundContact {
	readonly phone: ClientTransaction;
	readonly final: NonNullable<ClientTransaction['final']>;
	/** As the phone wrote it. */
	readonly sent: ContactAddress;
	/** As the 200 lists it; undefined where it lists none. */
	readonly listed: ContactAddress | undefined;
	/**
	 * The registrar has another way to the phone than the Contact: a parameter that says so, a Path, outbound
	 * (RFC 5626), a proxy before it, or another host in its list.
	 */
	readonly compensated: boolean;
}

/** The Contact of the attempt's binding; undefined where the attempt bound none. */
export function boundContact(attempt: Attempt): BoundContact | undefined {
	const phone = lastTransaction(attempt)?.phone;
	const final = phone?.final;
	if (attempt.outcome !== 'registered' || phone === undefined || final === undefined)
		return undefined;
	const sent = contactsOf(phone.request.message)[0];
	if (sent === undefined) return undefined;
	const listed = ownBinding(phone.request.message, final.message, phone.server.address)?.contact;
	return { phone, final, sent, listed, compensated: isCompensated(phone, sent, listed) };
}

function isCompensated(
	{ request: { message } }: ClientTransaction,
	sent: ContactAddress,
	listed: ContactAddress | undefined,
): boolean {
	if (sent.regId !== undefined || firstHeader(message, 'path') !== undefined) return true;
	if (readVias(message).length > 1) return true;
	if (listed === undefined) return false;
	if (listed.uri.host !== sent.uri.host || listed.uri.port !== sent.uri.port) return true;
	const names = [...listed.parameters.keys(), ...listed.uri.parameters.keys()];
	return names.some((name) => COMPENSATED.includes(name));
}
