import type { ChildProcess } from 'node:child_process';

const PATIENCE_MS = 2_000;

/** Kills a child that leads a process group (`detached`), and with it all that it started. */
export function killGroup(child: ChildProcess): void {
	if (child.pid === undefined) return;
	try {
		process.kill(-child.pid, 'SIGKILL');
	} catch {
		// Nobody is left in the group: that is what was wanted.
	}
}

/**
 * Ends a child that leads a process group: asks it, and after two seconds kills the group. Kamailio
 * sometimes waits for ever for its own workers; left alone they would outlive it.
 */
export async function endChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
	if (child.exitCode === null && child.signalCode === null) {
		// Not `close`: an orphaned worker may hold the pipes open.
		const ended = new Promise<void>((resolve) => {
			child.once('exit', () => resolve());
		});
		child.kill(signal);
		const patience = setTimeout(() => killGroup(child), PATIENCE_MS);
		await ended;
		clearTimeout(patience);
	}
	killGroup(child);
	child.stderr?.destroy();
}
