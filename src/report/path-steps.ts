import type { DiagnosedRegistration } from '../analysis/analysis.js';
import { type ServerStep, serverSteps } from '../registration/server-legs.js';

/**
 * Every proxy and SBC that passed the REGISTER on, and what it changed; empty where the phone talks to the registrar
 * itself. Of the latest REGISTER of the decisive attempt that went the whole way, else of any.
 */
export function pathSteps({ decisive, attempts }: DiagnosedRegistration): readonly ServerStep[] {
	const own = decisive?.transactions ?? [];
	const all = attempts.flatMap(({ transactions }) => transactions);
	for (const transactions of [own, all]) {
		for (const transaction of transactions.toReversed()) {
			const steps = serverSteps(transaction);
			if (steps.length > 0) return steps;
		}
	}
	return [];
}
