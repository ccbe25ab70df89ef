import { EXIT_INTERRUPTED } from '../report/exit-code.js';

/**
 * The signal that ends a command in good order: Ctrl-C and the like, or nobody reads what it says any more. Not once: who presses Ctrl-C twice would end the
 * removal of what it has bound, which takes 4 s at most.
 */
export function stopSignal(): AbortController {
	const abort = new AbortController();
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
		process.on(signal, () => abort.abort());
	// Those who listen by now would end the process (main.ts), or ignore it (oclif).
	process.stdout.removeAllListeners('error');
	process.stdout.on('error', () => abort.abort());
	return abort;
}

/** npx and timeout pass on what the terminal has sent to all: the same key, and no second one. */
const ONE_KEY_MS = 1000;

/**
 * Ctrl-C of a command that has nothing to put in order, only something to tell: the first ends the reading, another the
 * telling. Not once: ora ends the process where it finds no listener but its own, and it is asked last.
 */
export function readUntilSignal(): AbortController {
	const abort = new AbortController();
	let firstAt: number | undefined;
	process.on('SIGINT', () => {
		const now = performance.now();
		firstAt ??= now;
		if (now - firstAt > ONE_KEY_MS) process.exit(EXIT_INTERRUPTED);
		abort.abort();
	});
	return abort;
}
