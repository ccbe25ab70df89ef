/**
 * Every failure, said in one place: usage and unreadable input → 2, the world → 3, a fault of ours → 70 (design §1).
 * Messages of oclif may quote what was typed, and that may be a password: those are said in our own words.
 */
import { Errors } from '@oclif/core';
import { toErrorDocument } from '../report/error-document.js';
import { EXIT_BUG, EXIT_INTERRUPTED, EXIT_UNUSABLE, EXIT_WORLD } from '../report/exit-code.js';
import { toJsonText } from '../report/json-text.js';
import { maskSecrets } from '../report/masking.js';
import { nagiosUnknown } from '../report/nagios.js';
import { safeText } from '../report/safe-text.js';
import { failureOf, type KnownFailure } from '../usecase/failure.js';

interface Failure {
	readonly exit: number;
	readonly code: string;
	readonly message: string;
	readonly suggestions: readonly string[];
}

/** Prints the failure (a JSON document on stdout under `--json`, else stderr) and sets the exit code. */
export function reportFailure(error: unknown, json: boolean, indent = 2): void {
	if (error instanceof Errors.ExitError) {
		// `--help` and `--version` end so, with 0.
		process.exitCode = error.oclif.exit ?? 0;
		return;
	}
	const failure = describe(error);
	process.exitCode = failure.exit;
	if (json) {
		const document = toErrorDocument(failure.code, failure.message, failure.suggestions);
		process.stdout.write(`${toJsonText(document, indent)}\n`);
		return;
	}
	const lines = [`Error: ${failure.message}`, ...failure.suggestions.map((text) => `  ${text}`)];
	process.stderr.write(`${lines.map((line) => safeText(maskSecrets(line), 4096)).join('\n')}\n`);
}

/** The same for monitoring: one line on stdout, and 3 for everything that kept the check from running. */
export function reportNagiosFailure(error: unknown): void {
	if (error instanceof Errors.ExitError) {
		reportFailure(error, false);
		return;
	}
	const { exit, line } = nagiosUnknown(describe(error).message);
	process.exitCode = exit;
	process.stdout.write(`${line}\n`);
}

const EXITS: Readonly<Record<KnownFailure['kind'], number>> = {
	usage: EXIT_UNUSABLE,
	world: EXIT_WORLD,
	interrupted: EXIT_INTERRUPTED,
};

function describe(error: unknown): Failure {
	const known = failureOf(error);
	if (known !== undefined) {
		return { exit: EXITS[known.kind], ...known };
	}
	if (error instanceof Errors.CLIError) return usage(wordsOf(error));
	const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
	return {
		exit: EXIT_BUG,
		code: 'BUG',
		message: `a fault of sipdoctor itself: ${firstLines(stack)}`,
		suggestions: ['Please report it with the command and, if you can, the capture (masked).'],
	};
}

function usage(message: string): Failure {
	const suggestions = ['See sipdoctor --help, or sipdoctor COMMAND --help.'];
	return { exit: EXIT_UNUSABLE, code: 'USAGE', message, suggestions };
}

/** What was typed as a stray argument or behind `=` of a mistyped flag may be the password. */
function wordsOf(error: Errors.CLIError): string {
	const text = (error.message.split('\nSee more help')[0] ?? '').replace(/\s+/g, ' ').trim();
	// oclif does not export its parser's errors; their messages start so.
	if (text.startsWith('Unexpected argument'))
		return 'there are more arguments than the command takes';
	const flags = /^Nonexistent flags?: (.*)$/.exec(text)?.[1];
	if (flags === undefined) return inOwnWords(text);
	const names = flags.split(', ').map((flag) => flag.split('=')[0] ?? flag);
	return `unknown flag ${names.join(', ')}`;
}

/** oclif's, without what it says of other flags and of itself. */
function inOwnWords(text: string): string {
	const [, argument, description] =
		/^Missing \d+ required args?: (\S+) (.*?)(?: Note: .*)?$/.exec(text) ?? [];
	if (argument !== undefined) return `${argument.toUpperCase()} is missing: ${description ?? ''}`;
	const [, flag, needed] =
		/All of the following must be provided when using (\S+): (.*)$/.exec(text) ?? [];
	if (flag !== undefined) return `${flag} needs ${needed ?? 'another flag'}`;
	return text
		.replace(/^The following errors? occurred: /, '')
		.replace(/^Parsing (--\S+) (?=\S)/, (_all, name: string) => `${name}: `);
}

function firstLines(stack: string): string {
	return stack
		.split('\n')
		.slice(0, 4)
		.map((line) => line.trim())
		.join(' ');
}
