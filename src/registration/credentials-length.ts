/** How much larger the answer to a challenge is than the request that was challenged. */
import { readChallenges } from '../sip/headers/authenticate.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { authenticationStep } from './authentication.js';

/** `Authorization: Digest username="", realm="", nonce="", uri="", response="…32…"`, with nothing in it. */
const EMPTY_CREDENTIALS = 108;

/** Bytes that credentials add at least; 0 where nothing is challenged or the request carries them already. */
export function credentialsLength(phone: ClientTransaction): number {
	const { credentials } = authenticationStep({ phone, hops: [phone] });
	if (phone.final === undefined || credentials.length > 0) return 0;
	const [challenge] = readChallenges(phone.final.message);
	if (challenge?.digest === undefined) return 0;
	const { realm, nonce, opaque } = challenge.digest;
	const copied = [realm, nonce, opaque].map((value) => value?.length ?? 0);
	return (
		EMPTY_CREDENTIALS + phone.request.message.requestUri.length + copied.reduce((a, b) => a + b, 0)
	);
}
