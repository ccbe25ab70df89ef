/** Timers as an argument, so that a test of a 32 s silence takes no 32 s. Durations are milliseconds. */
export interface Timers {
	/** Calls `action` once after `ms`, never at once; the returned function cancels it and may be called at any time. */
	after(ms: number, action: () => void): () => void;
}

/** The process's own timers. */
export const systemTimers: Timers = {
	after(ms, action) {
		const handle = setTimeout(action, ms);
		return () => clearTimeout(handle);
	},
};
