import { randomBytes } from 'node:crypto';
import { toJsonText } from '../report/json-text.js';
import {
	faultLines,
	listeningText,
	reflectedJson,
	reflectedLine,
	tallyText,
} from '../report/reflect-text.js';
import { faults, reflect } from '../usecase/reflect.js';
import { BaseCommand } from './base-command.js';
import { reflectFlags } from './flags/reflect.js';
import { readText } from './flags/secrets.js';
import { stopSignal } from './stop-signals.js';

export default class ReflectCommand extends BaseCommand {
	static override summary =
		'Answer SIP requests with what arrived, and play a registrar, with faults where wanted.';
	static override description =
		'The other end of probe --reflector: it shows the very bytes that arrived, so that an ALG is proved, and answers late, so that the lifetime of a NAT mapping is measured. As a registrar it is for practice and tests. Over UDP no answer is larger than its request, and each source has a rate limit. Runs until Ctrl-C; --json writes one JSON value a line.';
	static override examples = [
		'<%= config.bin %> <%= command.id %>',
		'<%= config.bin %> <%= command.id %> --port 5060 --port 5080 --address 203.0.113.10',
		'<%= config.bin %> <%= command.id %> --accounts accounts.csv --fault stale-loop',
		'<%= config.bin %> <%= command.id %> --list-faults',
	];
	static override flags = reflectFlags;

	async run(): Promise<unknown> {
		const { flags } = await this.parse(ReflectCommand);
		const json = this.jsonEnabled();
		if (flags['list-faults']) {
			if (!json) this.log(faultLines(faults()).join('\n'));
			return { schemaVersion: 1, faults: faults() };
		}
		const abort = stopSignal();
		const { accounts } = flags;
		const tally = await reflect({
			...{ address: flags.address, ports: flags.port, duration: flags.duration },
			accounts:
				accounts === undefined
					? undefined
					: { text: readText(accounts, '--accounts'), name: accounts },
			...{ realm: flags.realm, algorithms: flags.algorithm, fault: flags.fault },
			...{ nonceLifetime: flags['nonce-lifetime'], ratePerSecond: flags.rate },
			...{ minExpires: flags['min-expires'], maxExpires: flags['max-expires'] },
			...{ anySize: flags['any-size'], signal: abort.signal, randomBytes },
			onListening: (listeners) => {
				if (json) this.logJson({ event: 'listening', schemaVersion: 1, listeners });
				else this.log(listeningText(listeners));
			},
			onRequest: (told) => {
				if (json) this.logJson(reflectedJson(told));
				else this.log(reflectedLine(told));
			},
		});
		if (!json) this.log(tallyText(tally).join('\n'));
		return { event: 'end', ...tally };
	}

	protected override readonly jsonIndent = 0;

	/** One value a line, also the last one. */
	protected override logJson(value: unknown): void {
		process.stdout.write(`${toJsonText(value as object, 0)}\n`);
	}
}
