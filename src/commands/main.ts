/** What the executable calls: oclif's run with our ending for everything that goes wrong outside a command. */
import { fileURLToPath } from 'node:url';
import { flush, run } from '@oclif/core';
import { EXIT_INTERRUPTED } from '../report/exit-code.js';

/** Runs one command line; `entry` is the URL of the executable, from which oclif finds package.json. */
export async function main(argv: string[], entry: string): Promise<void> {
	// oclif's own listener goes on where nobody reads any more, and throws where a terminal was closed.
	process.stdout.removeAllListeners('error');
	// A reader that has seen enough (`| head`) is no failure, nor is a terminal that was closed.
	process.stdout.on('error', (error: NodeJS.ErrnoException) => {
		if (error.code === 'EPIPE') process.exit();
		// Its signal ends a process; exit() of Node 20 would abort it with a core dump.
		if (error.code === 'EIO') process.kill(process.pid, 'SIGHUP');
		else throw error;
	});
	try {
		// There are no plugins: what lies in a folder of the user's is neither read nor run.
		await run(argv, { root: fileURLToPath(entry), userPlugins: false });
		await flush();
		if (process.exitCode === EXIT_INTERRUPTED) leave();
	} catch (error) {
		// Loaded when needed: most runs have nothing to report, and start sooner without it.
		const { reportFailure } = await import('./report-failure.js');
		reportFailure(error, argv.includes('--json'));
	}
}

/** Whoever pressed Ctrl-C does not wait for what still holds the process. */
function leave(): void {
	// exit() waits for a lookup of the system, which takes as long as the name servers are silent; a signal does not, and
	// makes the same exit code in a shell.
	if (process.getActiveResourcesInfo().includes('GetAddrInfoReqWrap')) {
		process.removeAllListeners('SIGINT');
		process.kill(process.pid, 'SIGINT');
		return;
	}
	process.exit();
}
