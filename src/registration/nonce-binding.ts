/** What a registrar ties a nonce to besides its own secret: where it must come from, and under which Call-ID. */
import type { Instant } from '../time/instant.js';
import type { AuthenticationStep } from './authentication.js';
import { registrarFingerprint } from './fingerprint.js';
import { kamailioNonce } from './nonce-clock.js';

/** `may`: this registrar can be set so, and the form of the nonce does not exclude it. */
export type NonceTie = 'tied' | 'may' | 'free';

/** Whether the nonce is refused once it comes from another address, or under another Call-ID, than it was given to. */
export function nonceTie(
	what: 'source-address' | 'call-id',
	nonce: string,
	steps: readonly AuthenticationStep[],
	seenAt: Instant,
): NonceTie {
	const kamailio = kamailioNonce(nonce, seenAt);
	// auth_checks adds a second hash to the nonce: without it nothing of the request is in there.
	if (kamailio !== undefined) return kamailio.isBound ? 'tied' : 'free';
	switch (registrarFingerprint(steps)?.kind) {
		case 'asterisk-pjsip':
			return what === 'source-address' ? 'tied' : 'free';
		case 'asterisk-chan-sip':
			return what === 'call-id' ? 'tied' : 'may';
		case 'freeswitch':
		case 'opensips':
			return 'free';
		case 'kamailio':
		case 'fritzbox':
		case undefined:
			return 'may';
	}
}
