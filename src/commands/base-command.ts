import { Command, Flags } from '@oclif/core';
import type { FailOn } from '../report/exit-code.js';
import { toJsonText } from '../report/json-text.js';
import { type Format, wantsJson } from './flags/format.js';
import { isScreen } from './screen.js';

/** Every command: `--json`, `--no-color`, and errors as design §1 wants them instead of oclif's own. */
export abstract class BaseCommand extends Command {
	static override enableJsonFlag = true;
	static override baseFlags = {
		'no-color': Flags.boolean({
			summary: 'No colours; NO_COLOR and a pipe have the same effect.',
			helpGroup: 'GLOBAL',
		}),
	};

	/** Of an error document; 0 where the output is one document a line. */
	protected readonly jsonIndent: number = 2;

	/** oclif's own prints argv to a debug log. */
	protected override async init(): Promise<void> {}

	protected override async catch(error: unknown): Promise<void> {
		const { reportFailure } = await import('./report-failure.js');
		reportFailure(error, this.jsonEnabled() || wantsJson(this.argv), this.jsonIndent);
	}

	/** oclif's own colours JSON on a terminal and leaves control characters of C1 as they are. */
	protected override logJson(json: unknown): void {
		// The command has printed its report itself.
		if (json === undefined) return;
		process.stdout.write(`${toJsonText(json as object)}\n`);
	}

	/** Width and colour of the terminal that stdout is; a pipe has 100 columns and no colour. */
	protected paper(flags: { readonly 'no-color'?: boolean }): { columns: number; colour: boolean } {
		const { isTTY, columns } = process.stdout;
		const forbidden = flags['no-color'] === true || (process.env['NO_COLOR'] ?? '') !== '';
		return { columns: isScreen(process.stdout) ? columns : 100, colour: isTTY && !forbidden };
	}

	/** Prints an analysis, or writes it where `-o` says. */
	protected async report(
		analysis: Parameters<typeof import('./render-report.js')['renderReport']>[0],
		flags: {
			readonly format: Format;
			readonly output?: string | undefined;
			readonly 'fail-on': FailOn;
			readonly ladder: boolean;
			readonly 'no-color'?: boolean;
		},
		how: { readonly stepsShown?: boolean; readonly detail?: 'failed' | 'all' } = {},
	): Promise<void> {
		const { name, version } = this.config;
		const tool = { name, version };
		const { output } = flags;
		const { renderReport } = await import('./render-report.js');
		const paper = output === undefined ? this.paper(flags) : { columns: 100, colour: false };
		const format = this.jsonEnabled() ? 'json' : flags.format;
		const wanted = { failOn: flags['fail-on'], fullLadder: flags.ladder };
		const wishes = { format, tool, paper, ...wanted, ...how };
		const pieces = await renderReport(analysis, wishes);
		if (output === undefined) {
			const { printReport } = await import('./print-report.js');
			await printReport(pieces);
		} else {
			const { writeReport } = await import('./write-report.js');
			writeReport(output, pieces);
		}
	}
}
