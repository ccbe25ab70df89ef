/** Flags that say in which form a report comes, and where to. */
import { Flags } from '@oclif/core';

export const FORMATS = ['terminal', 'json', 'ndjson', 'junit'] as const;
export type Format = (typeof FORMATS)[number];

export const formatFlags = {
	format: Flags.option({
		summary: 'Form of the report; --json is --format json.',
		options: FORMATS,
		default: 'terminal',
	})(),
	ladder: Flags.boolean({
		summary:
			'Show every message of every attempt, and not those of the attempt that decided alone.',
	}),
	output: Flags.string({
		char: 'o',
		summary: 'Write the report there, in place of a file that is there.',
		helpValue: 'FILE',
	}),
};

/** True where errors are to be JSON, too: asked before the flags are parsed, as parsing them may be what failed. */
export function wantsJson(argv: readonly string[]): boolean {
	return argv.some(
		(word, index) =>
			word === '--format=json' || (word === '--format' && argv[index + 1] === 'json'),
	);
}
