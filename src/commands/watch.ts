import { randomBytes } from 'node:crypto';
import { Args } from '@oclif/core';
import { EXIT_INTERRUPTED, watchExitCode } from '../report/exit-code.js';
import type { WatchEvent, WatchSummary } from '../report/watch-event.js';
import { watchLine } from '../report/watch-json.js';
import { durationMs } from '../usecase/watch/duration.js';
import { watchAor } from '../usecase/watch.js';
import { BaseCommand } from './base-command.js';
import { eventLog } from './event-log.js';
import { readReach } from './flags/reach.js';
import { readRegistering } from './flags/registering.js';
import { readSecret, secretFlags } from './flags/secrets.js';
import { watchFlags } from './flags/watch.js';
import { hasNetwork } from './network-interfaces.js';
import { stopSignal } from './stop-signals.js';
import { watchScreen } from './watch-screen.js';

const MILLISECONDS = 1000;

export default class Watch extends BaseCommand {
	static override summary = 'Stay registered, and say each loss with its cause.';
	static override description =
		'Registers as a phone, refreshes in time, keeps the flow alive and answers the server. Tells each loss with its cause, each change of the address that the server sees, and in the end uptime, gaps and response times. After a failure it asks the next server, and waits longer each time; after two refused authentications it stops. The binding is removed at the end, also on Ctrl-C. Exit code 0: registered and never lost; 1: lost, or never registered; 3: no network or no way to the server in the beginning; 130: Ctrl-C. --json prints one document a line.';
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
		const registering = { ...readRegistering(flags), optionsFirst: false };
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
			...{ registering, userAgent: flags['user-agent'] ?? `sipdoctor/${this.config.version}` },
			...{ randomBytes, random: Math.random, hasNetwork },
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

	/** One document a line, errors too. */
	protected override readonly jsonIndent = 0;

	/** The events are the document. */
	protected override logJson(): void {}
}
