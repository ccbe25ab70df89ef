/** The credentials name a realm that was offered, and the response was computed for another one. */
import { answeringCredentials } from '../registration/authentication.js';
import { sameRealmButForCase } from '../registration/realm.js';
import { refusedCredentials } from '../registration/refusal.js';
import { computedOtherwise } from './computed-otherwise.js';
import type { Subject, Verdict } from './rule.js';

/** Fires where the digest search proves it of a realm that is another, or the same but for case, blanks and a dot. */
export function computedForRealm(
	subject: Subject,
	which: 'another' | 'same-but-for-case',
): Verdict | undefined {
	const refusal = refusedCredentials(subject.attempt, subject.steps);
	if (refusal === undefined) return undefined;
	const { realm = '' } = answeringCredentials(refusal.round) ?? {};
	return computedOtherwise(subject, ({ family, hashed = '' }) => {
		if (family !== 'realm') return false;
		const same = sameRealmButForCase(hashed, [realm]) !== undefined;
		return same === (which === 'same-but-for-case');
	});
}
