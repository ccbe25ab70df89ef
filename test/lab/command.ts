import { spawn } from 'node:child_process';
import { killGroup } from './end-child.js';

/** What a finished command left behind; `code` is undefined where a signal ended it. */
export interface CommandResult {
	readonly code: number | undefined;
	readonly stdout: string;
	readonly stderr: string;
	/** True where `timeoutMs` ran out and the command was killed. */
	readonly timedOut: boolean;
}

export interface CommandOptions {
	/** Added to the environment of this process. */
	readonly env?: Readonly<Record<string, string>>;
	readonly stdin?: string | Uint8Array;
	readonly timeoutMs?: number;
	readonly cwd?: string;
}

/** Beyond all that a command of a test takes on a busy machine. */
const DEFAULT_TIMEOUT_MS = 150_000;
/** Output beyond this is dropped: a command that runs wild must not take the test's memory. */
const MAX_OUTPUT_CHARACTERS = 4_000_000;

/** Runs a command to its end, or to its time limit; rejects only where it cannot be started. */
export function runCommand(
	command: string,
	args: readonly string[],
	options: CommandOptions = {},
): Promise<CommandResult> {
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, {
			env: { ...process.env, ...options.env },
			cwd: options.cwd,
			stdio: ['pipe', 'pipe', 'pipe'],
			// A group of its own: what the command starts must end with it.
			detached: true,
		});
		let stdout = '';
		let stderr = '';
		let timedOut = false;
		const limit = setTimeout(() => {
			timedOut = true;
			killGroup(child);
		}, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
		child.stdout.setEncoding('utf8').on('data', (text: string) => {
			if (stdout.length < MAX_OUTPUT_CHARACTERS) stdout += text;
		});
		child.stderr.setEncoding('utf8').on('data', (text: string) => {
			if (stderr.length < MAX_OUTPUT_CHARACTERS) stderr += text;
		});
		child.on('error', (error) => {
			clearTimeout(limit);
			reject(error);
		});
		child.on('close', (code) => {
			clearTimeout(limit);
			resolve({ code: code ?? undefined, stdout, stderr, timedOut });
		});
		// A command that never reads its stdin must not crash the test with EPIPE.
		child.stdin.on('error', () => undefined);
		child.stdin.end(options.stdin ?? '');
	});
}

/** Runs a command that has to succeed: throws its stderr where it did not. */
export async function runOrThrow(
	command: string,
	args: readonly string[],
	options: CommandOptions = {},
): Promise<string> {
	const result = await runCommand(command, args, options);
	if (result.code !== 0) {
		throw new Error(`${command} ${args.join(' ')}: ${result.stderr.trim() || 'failed'}`);
	}
	return result.stdout;
}
