/** What the executable calls: oclif's run with our ending for everything that goes wrong outside a command. */
import { flush, run } from '@oclif/core';
import { EXIT_INTERRUPTED } from '../report/exit-code.js';

/** Runs one command line; `entry` is the URL of the executable, from which oclif finds package.json. */
export async function main(argv: string[], entry: string): Promise<void> {
	// A reader that has seen enough (`| head`) is no failure.
	process.stdout.on('error', (error: NodeJS.ErrnoException) => {
		if (error.code === 'EPIPE') process.exit();
		throw error;
	});
	try {
		await run(argv, entry);
		await flush();
		// Whoever pressed Ctrl-C does not wait for a lookup of the system, which cannot be broken off.
		if (process.exitCode === EXIT_INTERRUPTED) process.exit();
	} catch (error) {
		// Loaded when needed: most runs have nothing to report, and start sooner without it.
		const { reportFailure } = await import('./report-failure.js');
		reportFailure(error, argv.includes('--json'));
	}
}
