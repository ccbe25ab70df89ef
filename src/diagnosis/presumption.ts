/** How much a fault that is seen in the credentials explains their refusal. */
import type { AuthenticationStep } from '../registration/authentication.js';
import type { Confidence } from './finding.js';
import type { Subject } from './rule.js';

/**
 * With the account given the digest decides: where it verifies, the password is out of the question and the fault is
 * what is left; where it does not, the password explains the refusal by itself. Otherwise `unchecked`.
 */
export function presumption(
	{ isProbe, digestCheck }: Subject,
	step: AuthenticationStep,
	unchecked: Confidence,
): Confidence {
	const check = isProbe ? 'not-checked' : digestCheck(step).kind;
	if (check === 'verifies') return 'strong';
	return check === 'does-not-verify' ? 'possible' : unchecked;
}
