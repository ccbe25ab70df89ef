/* What a watch shows: each event, on a terminal how things stand below them, and the summary in the end. */
import type { WatchEvent, WatchSummary } from '../report/watch-event.js';
import type { WatchTextOptions, WatchView } from '../report/watch-text.js';
import { liveTable } from './live-table.js';
import { isScreen } from './screen.js';

export interface WatchScreen {
	show(event: WatchEvent, standing: WatchSummary): void;
	end(): void;
}

/** For what came too soon after another to be drawn at once. */
const REDRAW_MS = 1000;

export async function watchScreen(
	paper: WatchTextOptions,
	print: (line: string) => void,
): Promise<WatchScreen> {
	const text = await import('../report/watch-text.js');
	const live = isScreen(process.stdout) ? liveTable(process.stdout) : undefined;
	let registered: WatchView['registered'];
	let latest: WatchSummary | undefined;
	let told: string | undefined;
	// The window may have been made narrower meanwhile.
	const here = (): WatchTextOptions => ({ ...paper, columns: process.stdout.columns });
	const draw = (): void => {
		const summary = latest;
		if (summary !== undefined)
			live?.draw(() => text.renderWatchView({ summary, registered }, here()));
	};
	const redrawing = live === undefined ? undefined : setInterval(draw, REDRAW_MS);
	return {
		show(event, summary) {
			if (event.event === 'summary') {
				live?.end();
				print(text.renderWatchSummary(summary, paper));
				return;
			}
			if (event.event === 'registered' || event.event === 'refreshed') registered = event;
			if (text.isNotable(event)) {
				if (live === undefined) print(text.watchEventLine(event, { ...paper, told }));
				else live.above(text.watchEventLines(event, { ...here(), told }));
				told = text.causeTold(event);
			}
			latest = summary;
			draw();
		},
		end: () => {
			clearInterval(redrawing);
			live?.end();
		},
	};
}
