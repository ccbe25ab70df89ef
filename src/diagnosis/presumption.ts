/** How much a fault that is seen beside refused credentials explains their refusal. */
import type { AuthenticationStep } from '../registration/authentication.js';
import type { Confidence } from './finding.js';
import type { Subject } from './rule.js';

/**
 * Where the digest verifies with the account given, the password is out of the question and the fault is what is left.
 * Otherwise `unchecked`: a miss takes nothing from what is seen without any account, as it may be the account that is wrong.
 */
export function presumption(
	{ isProbe, digestCheck }: Subject,
	step: AuthenticationStep,
	unchecked: Confidence,
): Confidence {
	return !isProbe && digestCheck(step).kind === 'verifies' ? 'strong' : unchecked;
}
