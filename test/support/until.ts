import { setTimeout as delay } from 'node:timers/promises';

/** Only what never comes takes so long. */
const PATIENCE_MS = 60_000;
const LOOK_MS = 20;

/** Waits for something to be so, however slow the machine is; throws, naming it by `what`, where it never is. */
export async function until(
	what: string,
	isSo: () => boolean | Promise<boolean>,
	patienceMs = PATIENCE_MS,
): Promise<void> {
	const since = performance.now();
	while (!(await isSo())) {
		if (performance.now() - since > patienceMs) throw new Error(`never: ${what}`);
		await delay(LOOK_MS);
	}
}
