/** A probe's checklist on the terminal, each step as it becomes known; nothing where stderr is none. */
import { safeText } from '../report/safe-text.js';
import { liveStepText } from '../report/steps-text.js';
import { startProgress } from './progress.js';
import { isScreen } from './screen.js';

export interface LiveChecklist {
	/** The user saw the steps on the terminal that the report goes to. */
	readonly isShown: boolean;
	onStep(step: Parameters<typeof liveStepText>[0]): void;
	/** Nothing came for a while; `seconds`: how long it may take. */
	wait(seconds: number): void;
	/** What is being tried out, which may take minutes. */
	trying(what: string): void;
	stop(): void;
}

export async function startChecklist(
	aor: string,
	{ colour }: { readonly colour: boolean },
): Promise<LiveChecklist> {
	const { stderr, stdout } = process;
	const text = `probing ${safeText(aor, 60)}`;
	const progress = await startProgress(text);
	// The report follows on the same terminal.
	const isShown = isScreen(stderr) && isScreen(stdout);
	return {
		isShown,
		onStep: (step) => {
			progress.keep(liveStepText(step, stderr.columns, colour));
			progress.say(text);
		},
		wait: (seconds) => progress.say(`no answer yet; still waiting, up to ${seconds} s`),
		trying: (what) => progress.say(what),
		stop: () => {
			progress.stop();
			if (isShown) stderr.write('\n');
		},
	};
}
