/** The outcome, or undefined as soon as the signal fires; what was begun goes on unheard. */
export function orAborted<T>(
	pending: Promise<T>,
	signal: AbortSignal | undefined,
): Promise<T | undefined> {
	if (signal === undefined) return pending;
	if (signal.aborted) return Promise.resolve(undefined);
	return new Promise((resolve, reject) => {
		const abort = (): void => resolve(undefined);
		signal.addEventListener('abort', abort, { once: true });
		pending.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
	});
}
