import type { Timers } from './timers.js';

/** Resolves after so long, or at once when the signal fires. Never rejects. */
export function pause(ms: number, timers: Timers, signal: AbortSignal | undefined): Promise<void> {
	return new Promise((resolve) => {
		if (signal?.aborted === true) {
			resolve();
			return;
		}
		const end = (): void => {
			cancel();
			signal?.removeEventListener('abort', end);
			resolve();
		};
		const cancel = timers.after(ms, end);
		signal?.addEventListener('abort', end, { once: true });
	});
}
