/** What `analyze --follow` prints of registrations as they end. */
import type { Format } from './flags/format.js';
import type { Progress } from './progress.js';

type Analysis = Parameters<typeof import('../report/terminal.js')['renderTerminal']>[0];

export interface EndedPrinter {
	readonly paper: { readonly columns: number; readonly colour: boolean };
	readonly tool: { readonly name: string; readonly version: string };
	readonly progress: Progress;
	readonly print: (text: string) => void;
	/** Every message of every attempt. */
	readonly fullLadder: boolean;
}

/** Nothing for the forms that are one document, which comes at the end. */
export async function printerOf(
	format: Format,
	{ paper, tool, progress, print, fullLadder }: EndedPrinter,
): Promise<(ended: Analysis) => void> {
	const text = await renderer(format, { paper, tool, fullLadder });
	if (text === undefined) return () => undefined;
	return (ended) => {
		progress.pause();
		print(text(ended));
		progress.resume();
	};
}

async function renderer(
	format: Format,
	{
		paper,
		fullLadder,
		tool: { name, version },
	}: Pick<EndedPrinter, 'paper' | 'tool' | 'fullLadder'>,
): Promise<((ended: Analysis) => string) | undefined> {
	if (format === 'terminal') {
		const { renderTerminal } = await import('../report/terminal.js');
		return (ended) => `${renderTerminal(ended, { ...paper, unfinished: true, fullLadder })}\n`;
	}
	if (format !== 'ndjson') return undefined;
	const { ndjsonOfRegistrations } = await import('../report/ndjson.js');
	return (ended) => ndjsonOfRegistrations(ended, { name, version });
}
