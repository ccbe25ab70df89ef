/**
 * The signal that ends a command in good order: Ctrl-C and the like, or nobody reads what it says any more. Not once: who presses Ctrl-C twice would end the
 * removal of what it has bound, which takes 4 s at most.
 */
export function stopSignal(): AbortController {
	const abort = new AbortController();
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
		process.on(signal, () => abort.abort());
	process.stdout.on('error', () => abort.abort());
	return abort;
}
