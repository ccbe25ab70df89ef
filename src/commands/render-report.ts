/** An analysis in the form that is wanted, in pieces; what one run needs of it is loaded, and no more. */
import type { FailOn } from '../report/exit-code.js';
import type { Format } from './flags/format.js';

type Analysis = Parameters<typeof import('../report/terminal.js')['renderTerminal']>[0];

export interface ReportWishes {
	readonly format: Format;
	readonly failOn: FailOn;
	readonly tool: { readonly name: string; readonly version: string };
	readonly paper: { readonly columns: number; readonly colour: boolean };
	/** A probe's checklist was shown already. */
	readonly stepsShown?: boolean;
	/** Of several registrations: details of one of each cause, or of all. */
	readonly detail?: 'failed' | 'all';
	/** Every message of every attempt. */
	readonly fullLadder?: boolean;
}

export async function renderReport(
	analysis: Analysis,
	{
		format,
		failOn,
		tool,
		paper,
		stepsShown = false,
		detail = 'failed',
		fullLadder = false,
	}: ReportWishes,
): Promise<Iterable<string>> {
	switch (format) {
		case 'terminal': {
			const { renderTerminal } = await import('../report/terminal.js');
			return [renderTerminal(analysis, { ...paper, stepsShown, detail, fullLadder })];
		}
		case 'json': {
			const { toStreamedDocument } = await import('../report/json.js');
			const { jsonPieces } = await import('../report/json-text.js');
			return jsonPieces(toStreamedDocument(analysis, tool));
		}
		case 'ndjson': {
			const { ndjsonPieces } = await import('../report/ndjson.js');
			return ndjsonPieces(analysis, tool);
		}
		case 'junit': {
			const { renderJunit } = await import('../report/junit.js');
			return [renderJunit(analysis, failOn)];
		}
	}
}
