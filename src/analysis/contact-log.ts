/** Where the Contacts of REGISTERs point to: what is sent there is meant for a phone. */
import { detached } from '../bytes/detached.js';
import { canonicalAddress, isIpAddress } from '../net/address.js';
import type { Endpoint } from '../net/endpoint.js';
import { contactsOf } from '../registration/register-request.js';
import { plainContact } from '../sip/headers/contact.js';
import type { SipRequest } from '../sip/message.js';
import type { SipUri } from '../sip/uri.js';

/** Enough for any site, too little to be filled up by an attacker. */
const MAX_CONTACTS = 100_000;
const SIP_PORT = 5060;

export class ContactLog {
	/** `address:port`, host names as written. */
	readonly #places = new Set<string>();
	/** Contact lines that were read. */
	readonly #known = new Set<string>();

	/**
	 * Takes the Contacts of a REGISTER from `src`, and gives those addresses that are new. A phone says the same Contact each time, and
	 * to read it costs more than all else that is done with a refresh.
	 */
	add(message: SipRequest, src: Endpoint): readonly Endpoint[] {
		if (this.#places.size >= MAX_CONTACTS) return [];
		const written = contactText(message.wire);
		if (this.#known.has(written)) return [];
		this.#known.add(detached(written));
		const plain = plainContact(message);
		if (plain !== undefined) return this.#note(plain, src);
		return contactsOf(message).flatMap(({ uri }) => this.#note(uri, src));
	}

	#note(
		{ host = '', port = SIP_PORT }: Pick<SipUri, 'host' | 'port'>,
		src: Endpoint,
	): readonly Endpoint[] {
		this.#places.add(`${host}:${port}`);
		// Without a NAT it is where the REGISTER comes from.
		if (host === src.address) return [{ address: host, port }];
		return isIpAddress(host) ? [{ address: canonicalAddress(host), port }] : [];
	}

	has({ address, port }: Endpoint): boolean {
		return this.#places.has(`${address}:${port}`);
	}
}

/** The Contact lines as written, from the first to the end of the last. */
function contactText(wire: string): string {
	const [long, short] = [wire.indexOf('\nContact:'), wire.indexOf('\nm:')];
	const usual = long < 0 || short < 0 ? Math.max(long, short) : Math.min(long, short);
	const first = usual < 0 ? wire.search(/\n(?:contact|m)[ \t]*:/i) : usual;
	if (first < 0) return '';
	const last = Math.max(first, lastOf(wire, '\nContact:', long), lastOf(wire, '\nm:', short));
	const end = wire.indexOf('\n', last + 1);
	return wire.slice(first, end < 0 ? wire.length : end);
}

/** The last place of a text of which the first is known, and nearly always is the only one. */
function lastOf(wire: string, text: string, first: number): number {
	let last = first;
	for (let at = first; at >= 0; at = wire.indexOf(text, at + 1)) last = at;
	return last;
}
