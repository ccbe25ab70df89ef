/** What in a capture says that a 403 to credentials is about the permission and not about the password (knowledge B4). */
import { lastFinal } from '../registration/attempt-facts.js';
import { authenticationSteps } from '../registration/authentication.js';
import {
	type Fingerprint,
	forbidsPasswords,
	registrarFingerprint,
} from '../registration/fingerprint.js';
import { forbidsBehindAuthentication } from '../registration/refusal.js';
import { namesCredentials, namesPermission } from '../registration/refusal-words.js';
import type { Subject } from './rule.js';

export type PermissionReason =
	/** The account registered earlier in the capture. */
	| { readonly kind: 'accepted-before' }
	/** The server says so. */
	| { readonly kind: 'words' }
	/** The registrar answers a wrong password with 401. */
	| { readonly kind: 'registrar'; readonly registrar: Fingerprint };

/**
 * Undefined where nothing says so, or the words blame the credentials. It stands beside an account that does not verify,
 * which may be the wrong one; only of an earlier success such a miss takes its weight, where the password may have changed.
 */
export function permissionReason(subject: Subject): PermissionReason | undefined {
	const { attempt, steps } = subject;
	const final = lastFinal(attempt);
	if (final?.message.statusCode !== 403) return undefined;
	if (wasAcceptedBefore(subject)) return { kind: 'accepted-before' };
	if (namesCredentials(final.message)) return undefined;
	if (namesPermission(final.message)) return { kind: 'words' };
	const registrar = forbidsBehindAuthentication({ final }, steps);
	return registrar === undefined ? undefined : { kind: 'registrar', registrar };
}

function wasAcceptedBefore({
	attempt,
	registration,
	steps,
	isProbe,
	digestCheck,
}: Subject): boolean {
	const before = registration.attempts.findLast(
		({ number, outcome }) => number < attempt.number && outcome === 'registered',
	);
	const last = steps.at(-1);
	if (before === undefined || last === undefined) return false;
	if (isProbe || digestCheck(last).kind !== 'does-not-verify') return true;
	if (forbidsPasswords(registrarFingerprint(steps)?.kind)) return false;
	if (last.final !== undefined && namesCredentials(last.final.message)) return false;
	// Verified with the password given until now: the phone has another one since.
	return authenticationSteps(before).every((step) => digestCheck(step).kind !== 'verifies');
}
