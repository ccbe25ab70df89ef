import { Command, Flags } from '@oclif/core';
import { toJsonText } from '../report/json-text.js';

/** Every command: `--json`, `--no-color`, and errors as design §1 wants them instead of oclif's own. */
export abstract class BaseCommand extends Command {
	static override enableJsonFlag = true;
	static override baseFlags = {
		'no-color': Flags.boolean({
			summary: 'No colours; NO_COLOR and a pipe have the same effect.',
			helpGroup: 'GLOBAL',
		}),
	};

	/** oclif's own prints argv to a debug log. */
	protected override async init(): Promise<void> {}

	protected override async catch(error: unknown): Promise<void> {
		const { reportFailure } = await import('./report-failure.js');
		reportFailure(error, this.jsonEnabled());
	}

	/** oclif's own colours JSON on a terminal and leaves control characters of C1 as they are. */
	protected override logJson(json: unknown): void {
		process.stdout.write(`${toJsonText(json as object)}\n`);
	}

	/** Width and colour of the terminal that stdout is; a pipe has 100 columns and no colour. */
	protected paper(flags: { readonly 'no-color'?: boolean }): { columns: number; colour: boolean } {
		const { isTTY, columns } = process.stdout;
		const forbidden = flags['no-color'] === true || (process.env['NO_COLOR'] ?? '') !== '';
		return { columns: isTTY ? columns : 100, colour: isTTY && !forbidden };
	}
}
