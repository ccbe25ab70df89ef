/* The realms of an attempt's challenges one after the other: one realm, two that both want an answer, or one that varies. */
import type { AuthenticationStep, OfferedChallenge } from './authentication.js';

/** A 401 or 407 and the one realm it asks for, as the first challenge of it has it. */
export interface RealmStep {
	readonly step: AuthenticationStep;
	readonly offer: OfferedChallenge;
	readonly realm: string;
}

/** One for each challenged step, in order; steps whose challenges name several realms are left out. */
export function realmSteps(steps: readonly AuthenticationStep[]): readonly RealmStep[] {
	return steps.flatMap((step) => {
		const realms = new Set(step.challenges.map(({ digest }) => digest.realm ?? ''));
		const [offer] = step.challenges;
		return offer === undefined || realms.size > 1
			? []
			: [{ step, offer, realm: offer.digest.realm ?? '' }];
	});
}

/** How often the realm changed from one challenge to the next. */
export function realmChanges(sequence: readonly RealmStep[]): number {
	return sequence.filter(({ realm }, index) => index > 0 && sequence[index - 1]?.realm !== realm)
		.length;
}

/**
 * True where one registrar after the other may have asked: all with WWW-Authenticate. A proxy asks with 407
 * (RFC 3261 §22.3), so that two realms of which one is a proxy's are two that both want an answer.
 */
export function isRegistrarsOnly(sequence: readonly RealmStep[]): boolean {
	return sequence.every(({ offer }) => offer.header === 'WWW-Authenticate');
}

/** Whether a step answers for a realm, with any nonce. */
export function answersFor(step: AuthenticationStep | undefined, realm: string): boolean {
	return step?.credentials.some(({ digest }) => digest.realm === realm) === true;
}
