import { isScreen } from './screen.js';

/** Progress on stderr, and only on a terminal. ora is the dearest import of all, so it loads when first shown. */
export interface Progress {
	/** Columns that a text may take, so that it stays one line. */
	width(): number;
	say(text: string): void;
	/** For what changes all the time: at most ten texts a second are made and shown. */
	sayNowAndThen(text: () => string): void;
	/** A line that stays, above the spinner. */
	keep(line: string): void;
	/** Makes room for lines on the terminal, and comes back behind them. */
	pause(): void;
	resume(): void;
	stop(): void;
}

/** Ten times a second are as many as anybody can read. */
const PAUSE_MS = 100;

/** The spinner, a blank, and the last column, behind which some terminals begin a line. */
const SPINNER_COLUMNS = 3;

const nothing = (): void => undefined;

const SILENT_PROGRESS: Progress = {
	width: () => 0,
	say: nothing,
	sayNowAndThen: nothing,
	keep: nothing,
	pause: nothing,
	resume: nothing,
	stop: nothing,
};

export async function startProgress(text: string): Promise<Progress> {
	if (!isScreen(process.stderr)) return SILENT_PROGRESS;
	const { default: ora } = await import('ora');
	// Ctrl-C stays a signal: a probe cleans up on it.
	let saidAt = 0;
	const spinner = ora({ text, stream: process.stderr, discardStdin: false }).start();
	return {
		width: () => process.stderr.columns - SPINNER_COLUMNS,
		say: (next) => {
			spinner.text = next;
		},
		sayNowAndThen: (next) => {
			const now = performance.now();
			if (now - saidAt < PAUSE_MS) return;
			saidAt = now;
			spinner.text = next();
		},
		keep: (line) => {
			spinner.stop();
			process.stderr.write(`${line}\n`);
			spinner.start();
		},
		pause: () => {
			spinner.stop();
		},
		resume: () => {
			spinner.start();
		},
		stop: () => {
			spinner.stop();
		},
	};
}
