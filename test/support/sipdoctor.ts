/** Runs the built executable as its user does. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { ReportDocument } from '../../src/report/report-document.js';

const EXECUTABLE = join(import.meta.dirname, '../../bin/run.js');

export interface Ran {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

export interface RunOptions {
	readonly env?: Readonly<Record<string, string>>;
	readonly stdin?: Uint8Array;
	/** What the process may reserve of addresses, kB; absent: as much as it wants. */
	readonly addressSpace?: number;
}

/** The report that --json printed; the schema test holds its shape. */
export function reportIn(stdout: string): ReportDocument {
	return JSON.parse(stdout) as ReportDocument;
}

/** Standard input is closed at once unless something is given, so that nothing waits for it. */
export function sipdoctor(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
	const running = startSipdoctor(args, options);
	running.write(options.stdin ?? new Uint8Array());
	running.endInput();
	return running.ended;
}

export interface Running {
	/** More of standard input, which stays open. */
	write(bytes: Uint8Array): void;
	endInput(): void;
	/** Waits until it has printed this, and gives it; rejects where it ends without. */
	printed(pattern: RegExp): Promise<RegExpExecArray>;
	/** Closes its standard output, as `head` does. */
	stopReading(): void;
	/** As Ctrl-C does. */
	interrupt(): void;
	readonly ended: Promise<Ran>;
}

/** Starts it for a test that waits for what it prints: no test may guess how long it takes to start. */
export function startSipdoctor(args: readonly string[], options: RunOptions = {}): Running {
	const { DEBUG: _debug, SIPDOCTOR_PASSWORD: _password, ...environment } = process.env;
	const whole = [process.execPath, EXECUTABLE, ...args];
	const limit = `ulimit -v ${options.addressSpace} && exec "$0" "$@"`;
	const [command = '', ...rest] =
		options.addressSpace === undefined ? whole : ['sh', '-c', limit, ...whole];
	const child = spawn(command, rest, {
		env: { ...environment, ...options.env },
		stdio: ['pipe', 'pipe', 'pipe'],
	});
	const output = { stdout: '', stderr: '' };
	child.stdout.on('data', (chunk: Buffer) => {
		output.stdout += chunk.toString('utf8');
	});
	child.stderr.on('data', (chunk: Buffer) => {
		output.stderr += chunk.toString('utf8');
	});
	// A child that has read enough closes its end first.
	child.stdin.on('error', () => undefined);
	const ended = new Promise<Ran>((resolve, reject) => {
		child.on('error', reject);
		child.on('close', (code) => resolve({ code, ...output }));
	});
	return {
		write: (bytes) => void child.stdin.write(bytes),
		endInput: () => void child.stdin.end(),
		printed: (pattern) =>
			new Promise((resolve, reject) => {
				const look = () => {
					const found = pattern.exec(output.stdout);
					if (found !== null) resolve(found);
				};
				child.stdout.on('data', look);
				void ended.then(
					({ stdout, stderr }) => reject(new Error(`${pattern} not in: ${stdout}${stderr}`)),
					reject,
				);
				look();
			}),
		stopReading: () => void child.stdout.destroy(),
		interrupt: () => void child.kill('SIGINT'),
		ended,
	};
}
