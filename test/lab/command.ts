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

/** A command that was started. */
export interface Running {
	/** Its end, by itself or by its time limit; rejects only where it cannot be started. */
	readonly ended: Promise<CommandResult>;
	/** Waits until this stands in its output; rejects where it ends without. */
	printed(text: RegExp): Promise<void>;
	signal(name: NodeJS.Signals): void;
	/** Ctrl-C, and what came of it. */
	interrupt(): Promise<CommandResult>;
}

/** Starts a command, for a test that has to do with it while it runs. */
export function startCommand(
	command: string,
	args: readonly string[],
	options: CommandOptions = {},
): Running {
	const child = spawn(command, args, {
		env: { ...process.env, ...options.env },
		cwd: options.cwd,
		stdio: ['pipe', 'pipe', 'pipe'],
		// A group of its own: what the command starts must end with it.
		detached: true,
	});
	const output = { stdout: '', stderr: '' };
	let timedOut = false;
	const limit = setTimeout(() => {
		timedOut = true;
		killGroup(child);
	}, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
	for (const name of ['stdout', 'stderr'] as const)
		child[name].setEncoding('utf8').on('data', (text: string) => {
			if (output[name].length < MAX_OUTPUT_CHARACTERS) output[name] += text;
		});
	const ended = new Promise<CommandResult>((resolve, reject) => {
		child.on('error', (error) => {
			clearTimeout(limit);
			reject(error);
		});
		child.on('close', (code) => {
			clearTimeout(limit);
			resolve({ code: code ?? undefined, ...output, timedOut });
		});
	});
	// A command that never reads its stdin must not crash the test with EPIPE.
	child.stdin.on('error', () => undefined);
	child.stdin.end(options.stdin ?? '');
	const signal = (name: NodeJS.Signals): void => void child.kill(name);
	return {
		ended,
		printed: (text) =>
			new Promise((resolve, reject) => {
				const look = () => text.test(output.stdout) && resolve();
				child.stdout.on('data', look);
				ended.then(
					({ stdout, stderr }) => reject(new Error(`${text} not in: ${stdout}${stderr}`)),
					reject,
				);
				look();
			}),
		signal,
		interrupt: () => {
			signal('SIGINT');
			return ended;
		},
	};
}

/** Runs a command to its end, or to its time limit; rejects only where it cannot be started. */
export function runCommand(
	command: string,
	args: readonly string[],
	options: CommandOptions = {},
): Promise<CommandResult> {
	return startCommand(command, args, options).ended;
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
