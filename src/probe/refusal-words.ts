import type { Refusal } from './authentication.js';
import type { ProbeStep } from './probe-step.js';

export interface RefusedCredentials {
	/** `the credentials of user "1001" were`. */
	readonly what: string;
	/** Credentials refused so far. */
	readonly failures: number;
}

/** The `credentials` step where the server was not satisfied, or not answered. `status`: its last answer. */
export function refusalStep(
	refusal: Refusal,
	status: string,
	{ what, failures }: RefusedCredentials,
): [ProbeStep['state'], string] {
	switch (refusal) {
		case 'no-secret':
			return ['skipped', 'no password was given, so the challenge was not answered'];
		case 'no-token':
			return ['skipped', 'no bearer token was given, so the challenge was not answered'];
		case 'no-sim':
			return ['skipped', 'the server asks a SIM (AKA), and no key of one was given (--aka-k)'];
		case 'bearer-in-cleartext':
			return [
				'skipped',
				'a bearer token may only go over TLS (RFC 8898), so it was not sent; --bearer-over-cleartext forces it',
			];
		case 'challenge-missing':
		case 'unsupported':
			return ['skipped', 'there is no challenge that can be answered'];
		case 'aka-mac':
			return ['failed', macWords(status)];
		case 'aka-nonce':
			return ['failed', 'the nonce of the AKA challenge does not hold RAND and AUTN (RFC 3310)'];
		case 'aka-sqn-again':
			return [
				'failed',
				`${status}: the challenge has an old SQN again, although the network was told the one of the SIM (AUTS)`,
			];
		case 'stale-again':
			return ['failed', `${status} with stale=true again, although the newest nonce was used`];
		case 'credentials-refused': {
			const times = failures === 1 ? 'once' : 'twice, each time with a fresh nonce';
			return ['failed', `${status}: ${what} refused ${times}`];
		}
	}
}

/** The `credentials` step where the SIM told the network that its MAC is wrong. */
export function macWords(status: string): string {
	return `the MAC in the challenge was not made with the key given: K, OP or OPc is another one than the network has for this user; it was told so, as a SIM does, and said ${status}`;
}
