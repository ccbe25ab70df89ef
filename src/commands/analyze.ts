import { Args, Flags } from '@oclif/core';
import { EXIT_INTERRUPTED, exitCode, FAIL_ON } from '../report/exit-code.js';
import { toJsonDocument } from '../report/json.js';
import { accountsFrom } from '../usecase/accounts.js';
import { analyseCapture } from '../usecase/analyse-capture.js';
import { followCapture } from '../usecase/follow-capture.js';
import { openCapture } from '../usecase/open-capture.js';
import { UsageError } from '../usecase/usage-error.js';
import { VANTAGE_NAMES } from '../usecase/vantage-flag.js';
import { BaseCommand } from './base-command.js';
import { readSecret, readText, secretFlags } from './flags/secrets.js';
import { startProgress } from './progress.js';
import { progressText } from './progress-text.js';

export default class Analyze extends BaseCommand {
	static override summary =
		'Say why the phones in a capture do not register: one cause each, with the bytes that prove it.';
	static override description =
		'Reads pcap and pcapng, recognised by their content. Without an account the digest cannot be recomputed; with one, a wrong password is proved.';
	static override examples = [
		'<%= config.bin %> <%= command.id %> phone.pcap',
		'<%= config.bin %> <%= command.id %> trunk.pcapng --aor "*1001*" --accounts accounts.csv',
		'tcpdump -i eth0 -s 0 -w - port 5060 | <%= config.bin %> <%= command.id %> -',
		'<%= config.bin %> <%= command.id %> server.pcap --vantage server --json',
	];
	static override args = {
		capture: Args.string({
			description: 'A pcap or pcapng file, or - for stdin.',
			required: true,
			ignoreStdin: true,
		}),
		another: Args.string({ hidden: true, ignoreStdin: true }),
	};
	static override flags = {
		accounts: Flags.string({
			summary:
				'Accounts to verify digests with: JSON or CSV with username, password (or ha1), realm, aor.',
			helpValue: 'FILE',
		}),
		'auth-user': Flags.string({
			summary: 'Digest username of the one account whose password is given.',
			helpValue: 'NAME',
			helpGroup: 'SECRETS',
		}),
		...secretFlags,
		aor: Flags.string({
			summary: 'Only registrations of this address-of-record or digest username; * is a wildcard.',
			helpValue: 'PATTERN',
		}),
		vantage: Flags.option({
			summary: 'Where the capture was taken, where the guess is wrong.',
			options: VANTAGE_NAMES,
		})(),
		follow: Flags.boolean({
			summary:
				'Read on as the file or pipe grows, and print each registration as it ends; Ctrl-C ends it.',
		}),
		'detail-limit': Flags.integer({
			summary: 'Registrations told in full; others are counted by outcome and cause.',
			helpValue: 'N',
			min: 1,
			default: 10_000,
		}),
		'fail-on': Flags.option({
			summary: 'Exit 1 where a cause of this severity or worse was found.',
			options: FAIL_ON,
			default: 'fatal',
		})(),
	};

	async run(): Promise<unknown> {
		const { args, flags } = await this.parse(Analyze);
		if (args.another !== undefined) {
			throw new UsageError(
				'analyze takes one capture, two were given',
				'Analyse each capture on its own.',
			);
		}
		const file = flags.accounts;
		const accounts = accountsFrom({
			file: file === undefined ? undefined : { text: readText(file, '--accounts'), name: file },
			username: flags['auth-user'],
			secret: await readSecret(flags),
		});
		const interrupted = new AbortController();
		process.once('SIGINT', () => interrupted.abort());
		const progress = await startProgress(`reading ${args.capture}`);
		const { renderTerminal } = await import('../report/terminal.js');
		const print = (ended: Parameters<typeof renderTerminal>[0]): void => {
			progress.pause();
			this.log(`${renderTerminal(ended, { ...this.paper(flags), unfinished: true })}\n`);
			progress.resume();
		};
		const { signal } = interrupted;
		const { follow, vantage, aor: aorPattern, 'detail-limit': detailLimit } = flags;
		let soFar = { name: args.capture, bytes: 0, packets: 0, registrations: 0 };
		let total: number | undefined;
		const tell = (more: Partial<typeof soFar>): void => {
			soFar = { ...soFar, ...more };
			progress.sayNowAndThen(() => progressText({ ...soFar, total }));
		};
		const chunks = openCapture(args.capture, {
			...{ signal, follow },
			onProgress: (bytes, of) => {
				total = of;
				tell({ bytes });
			},
		});
		const capture = {
			...{ name: args.capture, chunks, accounts, vantage, aorPattern, detailLimit },
			onProgress: tell,
		};
		const reading = follow
			? followCapture({ ...capture, onEnded: print })
			: analyseCapture(capture);
		const analysis = await reading.finally(() => progress.stop());
		process.exitCode = interrupted.signal.aborted
			? EXIT_INTERRUPTED
			: exitCode(analysis, flags['fail-on']);
		if (!this.jsonEnabled()) {
			this.log(renderTerminal(analysis, this.paper(flags)));
			return undefined;
		}
		return toJsonDocument(analysis, { name: this.config.name, version: this.config.version });
	}
}
