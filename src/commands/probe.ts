import { randomBytes } from 'node:crypto';
import { Args, Flags } from '@oclif/core';
import { EXIT_INTERRUPTED, exitCode, FAIL_ON } from '../report/exit-code.js';
import { nagiosResult } from '../report/nagios.js';
import { probeAor } from '../usecase/probe-aor.js';
import { BaseCommand } from './base-command.js';
import { asPhoneFlags } from './flags/as-phone.js';
import { experimentFlags, readExperiments } from './flags/experiments.js';
import { formatFlags } from './flags/format.js';
import { reachFlags, readReach } from './flags/reach.js';
import { readRegistering, registeringFlags } from './flags/registering.js';
import { readSecret, secretFlags } from './flags/secrets.js';
import { startChecklist } from './live-checklist.js';
import { hasNetwork, interfaceOf } from './network-interfaces.js';
import { stopSignal } from './stop-signals.js';

const MILLISECONDS = 1000;

export default class Probe extends BaseCommand {
	static override summary = 'Register for real, say "registered" or why not, and unregister again.';
	static override description =
		'Sends REGISTER as a phone would, over UDP, TCP, TLS or WebSocket, answers the challenge, lists the bindings, and removes exactly its own binding at the end, also on Ctrl-C. Never more than two failed authentications.';
	static override examples = [
		'<%= config.bin %> <%= command.id %> 1001@example.com --ask-password',
		'SIPDOCTOR_PASSWORD=… <%= config.bin %> <%= command.id %> sip:1001@example.com --transport tcp --json',
		'<%= config.bin %> <%= command.id %> 1001@example.com --password-file pw --transport udp,tcp,tls',
		'<%= config.bin %> <%= command.id %> 1001@example.com --server 198.51.100.5:5080 --password-file pw --save probe.pcapng',
	];
	static override args = {
		aor: Args.string({
			description: 'Address-of-record, 1001@example.com with or without sip:.',
			required: true,
			ignoreStdin: true,
		}),
	};
	static override flags = {
		...asPhoneFlags,
		...secretFlags,
		...reachFlags,
		expires: Flags.integer({ summary: 'Seconds to ask for.', default: 60, min: 1, max: 86_400 }),
		timeout: Flags.integer({
			summary: 'Seconds to wait for each answer; a proxy says 408 after 32 s.',
			default: 32,
			min: 1,
			max: 300,
		}),
		save: Flags.string({
			summary: 'Write what was seen as pcapng, for analyze and Wireshark.',
			helpValue: 'FILE',
		}),
		...experimentFlags,
		'fail-on': Flags.option({
			summary: 'Exit 1 where a cause of this severity or worse was found.',
			options: FAIL_ON,
			default: 'fatal',
		})(),
		...formatFlags,
		nagios: Flags.boolean({
			summary: 'One line with performance data; exit 0 healthy, 1 degraded, 2 fatal, 3 unknown.',
			exclusive: ['json', 'format', 'output', 'fail-on'],
		}),
		...registeringFlags,
	};

	async run(): Promise<void> {
		const { args, flags } = await this.parse(Probe);
		const secret = await readSecret(flags);
		const registering = readRegistering(flags);
		const abort = stopSignal();
		const checklist = await startChecklist(args.aor, this.paper(flags));
		const { analysis, interrupted } = await probeAor({
			...{ aor: args.aor, authUser: flags['auth-user'], secret, ...readReach(flags) },
			...{ algorithm: flags.algorithm, expires: flags.expires },
			timeoutMs: flags.timeout * MILLISECONDS,
			experiments: readExperiments(flags),
			...{ localPort: flags['local-port'], beside: flags.beside, saveTo: flags.save },
			...{ registering, userAgent: flags['user-agent'] ?? `sipdoctor/${this.config.version}` },
			randomBytes,
			...{ hasNetwork, interfaceOf },
			signal: abort.signal,
			onStep: checklist.onStep,
			onWaiting: () => checklist.wait(flags.timeout),
			onTrying: (what) => checklist.trying(what),
		}).finally(() => checklist.stop());
		if (flags.nagios) {
			const { exit, line } = nagiosResult(analysis, interrupted);
			process.exitCode = exit;
			this.log(line);
			return;
		}
		process.exitCode = interrupted ? EXIT_INTERRUPTED : exitCode(analysis, flags['fail-on']);
		const isOne = analysis.registrations.length === 1;
		const stepsShown = checklist.isShown && isOne && flags.format === 'terminal';
		// Each of its registrations has a checklist of its own.
		await this.report(analysis, flags, { stepsShown, detail: 'all' });
	}

	/** Monitoring reads one line of stdout and the exit code, whatever went wrong. */
	protected override async catch(error: unknown): Promise<void> {
		if (!this.argv.includes('--nagios')) return super.catch(error);
		const { reportNagiosFailure } = await import('./report-failure.js');
		reportNagiosFailure(error);
	}
}
