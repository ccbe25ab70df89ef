/*
 * The security mechanism that a phone and a server agree on (RFC 3329, 3GPP TS 33.203 §7.2): behind the challenge that
 * says so, the phone goes on within it, and to other ports, where a capture often does not look or cannot see.
 */
import { isSecure } from '../net/transport.js';
import { headerValues, splitValues } from '../sip/header-fields.js';
import type { SipMessage } from '../sip/message.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';

export type Protection = 'IPsec' | 'TLS';

/** RFC 3329 §2.2 and TS 33.203 annex H; `digest` hides nothing. */
const PROTECTIONS: ReadonlyMap<string, Protection> = new Map([
	['ipsec-3gpp', 'IPsec'],
	['ipsec-ike', 'IPsec'],
	['ipsec-man', 'IPsec'],
	['tls', 'TLS'],
]);

/** What the two agree on; undefined where that is nothing, or is in use already. */
export function agreedProtection({
	request,
	final,
	transport,
}: ClientTransaction): Protection | undefined {
	if (final === undefined) return undefined;
	if (usesProtection(request.message)) return undefined;
	const offered = mechanismsIn(request.message, 'security-client');
	const agreed = mechanismsIn(final.message, 'security-server').find(
		(name) => PROTECTIONS.has(name) && offered.includes(name),
	);
	const protection = agreed === undefined ? undefined : PROTECTIONS.get(agreed);
	return protection === 'TLS' && isSecure(transport) ? undefined : protection;
}

/** RFC 3329 §2.3.1: who has a mechanism in use repeats what the server had offered. */
export function usesProtection(message: SipMessage): boolean {
	return headerValues(message, 'security-verify').length > 0;
}

function mechanismsIn(message: SipMessage, name: string): readonly string[] {
	return headerValues(message, name)
		.flatMap(splitValues)
		.map((mechanism) => (mechanism.split(';')[0] ?? '').trim().toLowerCase());
}
