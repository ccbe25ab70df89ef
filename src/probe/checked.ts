import type { Checklist } from './checklist.js';
import type { ProbeStepId } from './probe-step.js';

/** Says a step; a check that crashes is a result, and neither the end of the probe nor of its cleaning up. */
export function checked(checklist: Checklist, id: ProbeStepId, check: () => void): void {
	try {
		check();
	} catch (error) {
		const what = error instanceof Error ? error.message : String(error);
		checklist.say(id, 'cannot-tell', `this check itself failed, a fault of sipdoctor: ${what}`);
	}
}
