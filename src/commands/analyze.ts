import { Flags } from '@oclif/core';
import { EXIT_INTERRUPTED, exitCode, FAIL_ON } from '../report/exit-code.js';
import { safeText } from '../report/safe-text.js';
import { accountsFrom } from '../usecase/accounts.js';
import { analyseCaptures } from '../usecase/analyse-captures.js';
import { followCapture } from '../usecase/follow-capture.js';
import { openCapture } from '../usecase/open-capture.js';
import { vantagesFrom } from '../usecase/vantage-flag.js';
import { BaseCommand } from './base-command.js';
import { captureProgress } from './capture-progress.js';
import { captureArgs, capturePaths } from './flags/captures.js';
import { formatFlags } from './flags/format.js';
import { readSecret, readText, secretFlags } from './flags/secrets.js';
import { printerOf } from './print-ended.js';
import { startProgress } from './progress.js';
import { readUntilSignal } from './stop-signals.js';

export default class Analyze extends BaseCommand {
	static override summary =
		'Say why the phones in a capture do not register: one cause each, with the bytes that prove it.';
	static override description =
		'Reads pcap and pcapng, recognised by their content. Without an account the digest cannot be recomputed; with one, a wrong password is proved. Up to 8 captures of one incident are compared: what was lost or changed between them is proved.';
	static override examples = [
		'<%= config.bin %> <%= command.id %> phone.pcap',
		'<%= config.bin %> <%= command.id %> trunk.pcapng --aor "*1001*" --accounts accounts.csv',
		'tcpdump -i eth0 -s 0 -w - port 5060 | <%= config.bin %> <%= command.id %> -',
		'<%= config.bin %> <%= command.id %> server.pcap --vantage server --json',
		'<%= config.bin %> <%= command.id %> phone.pcap server.pcap',
	];
	static override args = captureArgs;
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
		vantage: Flags.string({
			summary:
				'Where the capture was taken, where the guess is wrong: client, server or middle; FILE=PLACE of several.',
			helpValue: 'PLACE',
			multiple: true,
			multipleNonGreedy: true,
		}),
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
		...formatFlags,
	};

	async run(): Promise<void> {
		const { args, flags } = await this.parse(Analyze);
		const paths = capturePaths(args, flags.follow);
		const vantages = vantagesFrom(flags.vantage ?? [], paths);
		const file = flags.accounts;
		const accounts = accountsFrom({
			file: file === undefined ? undefined : { text: readText(file, '--accounts'), name: file },
			username: flags['auth-user'],
			secret: await readSecret(flags),
		});
		const interrupted = readUntilSignal();
		const progress = await startProgress(`reading ${paths[0]}`);
		const print = await printerOf(flags.format, {
			...{ paper: this.paper(flags), tool: this.config, progress },
			print: (text) => this.log(text),
			fullLadder: flags.ladder,
		});
		const { signal } = interrupted;
		const { follow, aor: aorPattern, 'detail-limit': detailLimit } = flags;
		const captures = paths.map((name) => {
			const { onBytes, onFound } = captureProgress(progress, name);
			const chunks = openCapture(name, { signal, follow, onProgress: onBytes });
			return { name, chunks, onProgress: onFound };
		});
		const [first] = captures;
		const options = { accounts, aorPattern, detailLimit };
		const reading =
			follow && first !== undefined
				? followCapture({ ...options, ...first, vantage: vantages.get(first.name), onEnded: print })
				: analyseCaptures({ ...options, captures, vantages });
		const analysis = await reading.finally(() => progress.stop());
		process.exitCode = interrupted.signal.aborted
			? EXIT_INTERRUPTED
			: exitCode(analysis, flags['fail-on']);
		await this.report(analysis, flags);
		this.#tellUnread(paths, analysis.sources);
	}

	/** Ctrl-C came before they were begun. */
	#tellUnread(paths: readonly string[], sources: readonly { readonly name: string }[]): void {
		const unread = paths.filter((path) => sources.every(({ name }) => name !== path));
		if (unread.length === 0) return;
		const text = `interrupted before anything of ${unread.join(', ')} was read`;
		process.stderr.write(`${safeText(text, 4096)}\n`);
	}
}
