import { randomBytes } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { Args } from '@oclif/core';
import { EXIT_INTERRUPTED, watchExitCode } from '../report/exit-code.js';
import type { WatchEvent, WatchSummary } from '../report/watch-event.js';
import { watchLine } from '../report/watch-json.js';
import { UsageError } from '../usecase/usage-error.js';
import { durationMs } from '../usecase/watch/duration.js';
import { watchAor } from '../usecase/watch.js';
import { BaseCommand } from './base-command.js';
import { readReach } from './flags/reach.js';
import { readSecret, secretFlags } from './flags/secrets.js';
import { watchFlags } from './flags/watch.js';
import { stopSignal } from './stop-signals.js';
import { watchScreen } from './watch-screen.js';

const MILLISECONDS = 1000;

export default class Watch extends BaseCommand {
	static override summary = 'Stay registered, and say each loss with its cause.';
	static override description =
		'Registers as a phone, refreshes in time, keeps the flow alive and answers the server. Tells each loss with its cause, each change of the address that the server sees, and in the end uptime, gaps and response times. After a failure it waits longer each time; after two refused authentications it stops. The binding is removed at the end, also on Ctrl-C. Exit code 0: registered and never lost; 1: lost, or never registered; 130: Ctrl-C. --json prints one document a line.';
	static override examples = [
		'<%= config.bin %> <%= command.id %> 1001@example.com --ask-password',
		'SIPDOCTOR_PASSWORD=… <%= config.bin %> <%= command.id %> 1001@example.com --duration 8h --log watch.ndjson',
		'<%= config.bin %> <%= command.id %> 1001@example.com --password-file pw --keepalive options --json',
	];
	static override args = {
		aor: Args.string({
			description: 'Address-of-record, 1001@example.com with or without sip:.',
			required: true,
			ignoreStdin: true,
		}),
	};
	static override flags = { ...watchFlags, ...secretFlags };

	async run(): Promise<void> {
		const { args, flags } = await this.parse(Watch);
		const secret = await readSecret(flags);
		const duration = flags.duration === undefined ? undefined : durationMs(flags.duration);
		const abort = stopSignal();
		const log = flags.log === undefined ? undefined : eventLog(flags.log, () => abort.abort());
		const screen = this.jsonEnabled()
			? { show: (event: WatchEvent) => this.print(watchLine(event)), end: () => undefined }
			: await watchScreen(this.paper(flags), (line) => this.log(line));
		const summary = await watchAor({
			...{ aor: args.aor, authUser: flags['auth-user'], secret, server: flags.server },
			reach: readReach({ ...flags, transport: undefined }),
			...{ transport: flags.transport, algorithm: flags.algorithm, expires: flags.expires },
			timeoutMs: flags.timeout * MILLISECONDS,
			...{ localPort: flags['local-port'], beside: flags.beside },
			...{ keepAlive: flags.keepalive, keepAliveMs: flags['keepalive-interval'] * MILLISECONDS },
			...{ retrySeconds: flags.retry, durationMs: duration, signal: abort.signal },
			...{ userAgent: `sipdoctor/${this.config.version}`, randomBytes, random: Math.random },
			onEvent: (event: WatchEvent, standing: WatchSummary) => {
				log?.add(event);
				screen.show(event, standing);
			},
		}).finally(() => screen.end());
		log?.throwIfFailed();
		process.exitCode = abort.signal.aborted ? EXIT_INTERRUPTED : watchExitCode(summary);
	}

	private print(line: string): void {
		process.stdout.write(`${line}\n`);
	}

	/** The events are the document. */
	protected override logJson(): void {}
}

/** Appends to the file. Where that fails the watch ends in good order first: it may be in the middle of an answer. */
function eventLog(path: string, onFailure: () => void) {
	let failed: UsageError | undefined;
	return {
		add(event: WatchEvent): void {
			if (failed !== undefined) return;
			try {
				appendFileSync(path, `${watchLine(event)}\n`, { mode: 0o600 });
			} catch (error) {
				const code = error instanceof Error && 'code' in error ? String(error.code) : 'unwritable';
				failed = new UsageError(`--log: ${path} cannot be written (${code})`);
				onFailure();
			}
		},
		throwIfFailed(): void {
			if (failed !== undefined) throw failed;
		},
	};
}
