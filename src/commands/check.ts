import { randomBytes } from 'node:crypto';
import { Args, Flags } from '@oclif/core';
import type { CheckedSuite } from '../report/check-document.js';
import { toCheckDocument } from '../report/check-json.js';
import { checkExitCode } from '../report/exit-code.js';
import { toJsonText } from '../report/json-text.js';
import { checkSuite } from '../usecase/check.js';
import { BaseCommand } from './base-command.js';
import { readText } from './flags/secrets.js';
import { hasNetwork, interfaceOf } from './network-interfaces.js';
import { startProgress } from './progress.js';
import { stopSignal } from './stop-signals.js';
import { suiteWorld } from './suite-world.js';
import { writeReport } from './write-report.js';

const FORMATS = ['terminal', 'json', 'junit', 'github'] as const;
type Format = (typeof FORMATS)[number];

export default class Check extends BaseCommand {
	static override summary =
		'Register many accounts, ask many endpoints, and hold what comes of it against what you expect.';
	static override description =
		'The suite is a YAML file of accounts and endpoints with expectations; it holds no password, only env:NAME or file:PATH. Every account is registered as by probe, and its binding removed. Exit code 0: all expectations hold; 1: some do not; 2: the suite is wrong; 3: something could not be run.';
	static override examples = [
		'<%= config.bin %> <%= command.id %> suite.yaml',
		'<%= config.bin %> <%= command.id %> suite.yaml --format junit -o report.xml',
		'<%= config.bin %> <%= command.id %> suite.yaml --format github',
		'<%= config.bin %> <%= command.id %> suite.yaml --parallel 32 --json',
	];
	static override args = {
		suite: Args.string({
			description: 'YAML file with accounts and endpoints, or - for stdin.',
			required: true,
			ignoreStdin: true,
		}),
	};
	static override flags = {
		parallel: Flags.integer({
			summary: 'Probes at one time; the suite says it otherwise, 8 where it does not.',
			helpValue: 'N',
			min: 1,
			max: 64,
		}),
		format: Flags.option({
			summary: 'Form of the report.',
			options: FORMATS,
			default: 'terminal',
		})(),
		output: Flags.string({
			char: 'o',
			summary: 'Write the report to this file, and the table to the terminal.',
			helpValue: 'FILE',
		}),
	};

	async run(): Promise<unknown> {
		const { args, flags } = await this.parse(Check);
		const abort = stopSignal();
		const suite = { text: readText(args.suite, 'SUITE'), name: args.suite };
		const progress = await startProgress(`checking ${args.suite}`);
		const told = { done: 0, bad: 0 };
		const checked = await checkSuite({
			...{ suite, world: suiteWorld(args.suite), parallel: flags.parallel },
			...{ userAgent: `sipdoctor/${this.config.version}`, randomBytes, signal: abort.signal },
			...{ hasNetwork, interfaceOf },
			onDone: ({ verdict }, total) => {
				told.done += 1;
				if (verdict !== 'held') told.bad += 1;
				progress.sayNowAndThen(() => `${told.done} of ${total} checked, ${told.bad} do not hold`);
			},
		}).finally(() => progress.stop());
		process.exitCode = checkExitCode(checked);
		const format = this.jsonEnabled() ? 'json' : flags.format;
		const onScreen = flags.output === undefined ? format : 'terminal';
		if (!this.jsonEnabled()) this.log(await this.rendered(checked, onScreen, flags));
		if (flags.output !== undefined) {
			writeReport(flags.output, [await this.rendered(checked, format, { 'no-color': true })]);
		}
		return this.document(checked);
	}

	private async rendered(
		checked: CheckedSuite,
		format: Format,
		flags: { readonly 'no-color'?: boolean },
	): Promise<string> {
		switch (format) {
			case 'json':
				return toJsonText(this.document(checked));
			case 'junit': {
				const { renderCheckJunit } = await import('../report/check-junit.js');
				return renderCheckJunit(checked);
			}
			case 'github': {
				const { renderGithubAnnotations } = await import('../report/github-annotations.js');
				return renderGithubAnnotations(checked);
			}
			case 'terminal': {
				const { renderCheckText } = await import('../report/check-text.js');
				return renderCheckText(checked, this.paper(flags));
			}
		}
	}

	private document(checked: CheckedSuite): object {
		return toCheckDocument(checked, { name: this.config.name, version: this.config.version });
	}
}
