/** Progress on stderr, and only on a terminal. ora is the dearest import of all, so it loads when first shown. */
export interface Progress {
	say(text: string): void;
	stop(): void;
}

const SILENT_PROGRESS: Progress = { say: () => undefined, stop: () => undefined };

export async function startProgress(text: string): Promise<Progress> {
	if (!process.stderr.isTTY) return SILENT_PROGRESS;
	const { default: ora } = await import('ora');
	// Ctrl-C stays a signal: a probe cleans up on it.
	const spinner = ora({ text, stream: process.stderr, discardStdin: false }).start();
	return {
		say: (next) => {
			spinner.text = next;
		},
		stop: () => {
			spinner.stop();
		},
	};
}
