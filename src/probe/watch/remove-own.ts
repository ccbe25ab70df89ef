import { endWords, isSuccess } from '../exchange.js';
import type { RegisterSession } from '../register-session.js';
import type { Timers } from '../timers.js';

/** Patience for the removal at the end. */
const REMOVAL_MS = 4000;

/**
 * Removes exactly the own bindings; a server that does not answer is not waited for long, nor a connection that has to be
 * opened anew. `contacts`: those of the present flow and of former ones.
 */
export async function removeOwn(
	session: RegisterSession,
	contacts: readonly string[],
	timers: Timers,
): Promise<{ readonly isSure: boolean; readonly words: string }> {
	const patience = new AbortController();
	const cancel = timers.after(REMOVAL_MS, () => patience.abort());
	const removal = { kind: 'remove', contacts } as const;
	const removed = await session.perform(removal, REMOVAL_MS, patience.signal);
	cancel();
	if (removed.kind === 'answered' && isSuccess(removed.response))
		return { isSure: true, words: 'the own binding was removed' };
	const why = removed.kind === 'aborted' ? 'no answer came' : endWords(removed);
	const words = `the own binding could not be removed (${why}); it ends by itself`;
	return { isSure: false, words };
}
