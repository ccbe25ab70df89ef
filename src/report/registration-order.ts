import type { DiagnosedRegistration } from '../analysis/analysis.js';
import { SEVERITIES } from '../diagnosis/finding.js';
import { standing } from './plain-words.js';

/** Failures first, the worst before the lesser, then undecided ones, then those that work; stable within. */
export function worstFirst(
	registrations: readonly DiagnosedRegistration[],
): readonly DiagnosedRegistration[] {
	return registrations.toSorted((a, b) => rank(a) - rank(b));
}

const STANDINGS = ['bad', 'warn', 'neutral', 'good'] as const;

function rank(registration: DiagnosedRegistration): number {
	const { cause } = registration;
	const severity = cause === undefined ? SEVERITIES.length : SEVERITIES.indexOf(cause.severity);
	return STANDINGS.indexOf(standing(registration)) * 10 + severity;
}

/** True where there is something to mend: it failed, or has a cause. */
export function deservesDetail(registration: DiagnosedRegistration): boolean {
	return registration.cause !== undefined || standing(registration) === 'bad';
}
