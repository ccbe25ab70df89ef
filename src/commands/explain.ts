import { Args } from '@oclif/core';
import { renderExplanation } from '../report/explain-text.js';
import { explain } from '../usecase/explain.js';
import { BaseCommand } from './base-command.js';

export default class Explain extends BaseCommand {
	static override summary =
		'What a diagnosis or a SIP status code means, how to confirm it, how to mend it.';
	static override description = 'Without an argument: the list of all diagnoses.';
	static override examples = [
		'<%= config.bin %> <%= command.id %>',
		'<%= config.bin %> <%= command.id %> realm-mismatch',
		'<%= config.bin %> <%= command.id %> 403',
	];
	static override args = {
		subject: Args.string({
			description: 'Id of a diagnosis, or a status code.',
			ignoreStdin: true,
		}),
	};

	async run(): Promise<unknown> {
		const { args, flags } = await this.parse(Explain);
		const explanation = explain(args.subject);
		if (!this.jsonEnabled()) this.log(renderExplanation(explanation, this.paper(flags)));
		return { schemaVersion: 1, ...explanation };
	}
}
