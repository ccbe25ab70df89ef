/* What a watch shows: a view that stays on a terminal, a line an event elsewhere, and the summary in the end. */
import type { WatchEvent, WatchSummary } from '../report/watch-event.js';
import type { WatchTextOptions, WatchView } from '../report/watch-text.js';
import { liveTable } from './live-table.js';

export interface WatchScreen {
	show(event: WatchEvent, standing: WatchSummary): void;
	end(): void;
}

/** Events that stay on the screen. */
const MAX_RECENT = 10;
/** For what came too soon after another to be drawn at once. */
const REDRAW_MS = 1000;

export async function watchScreen(
	paper: WatchTextOptions,
	print: (line: string) => void,
): Promise<WatchScreen> {
	const text = await import('../report/watch-text.js');
	const live = process.stdout.isTTY ? liveTable(process.stdout) : undefined;
	const recent: WatchEvent[] = [];
	let registered: WatchView['registered'];
	let latest: WatchSummary | undefined;
	const draw = (): void => {
		const summary = latest;
		if (summary !== undefined)
			live?.draw(() => text.renderWatchView({ summary, registered, recent }, paper));
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
				recent.push(event);
				if (recent.length > MAX_RECENT) recent.shift();
				if (live === undefined) print(text.watchEventLine(event, paper));
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
