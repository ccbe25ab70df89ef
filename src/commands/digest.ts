import { Args } from '@oclif/core';
import { toDigestDocument } from '../report/digest-json.js';
import { renderDigest } from '../report/digest-text.js';
import { digestExitCode } from '../report/exit-code.js';
import { DIGEST_PARTS, examineRequest } from '../usecase/digest.js';
import { openCapture } from '../usecase/open-capture.js';
import { BaseCommand } from './base-command.js';
import { akaFlags, readAkaKey } from './flags/aka.js';
import { digestFlags } from './flags/digest.js';
import { readBytes, readSecret, readText, secretFlags } from './flags/secrets.js';

export default class Digest extends BaseCommand {
	static override summary =
		'Recompute a digest response step by step, and say which input makes it verify.';
	static override description =
		'Takes the parts as flags, pasted header lines (a file, or - for stdin), or a frame of a capture. Exit code 0: the response verifies; 1: it does not; 2: inputs are missing.';
	static override examples = [
		'<%= config.bin %> <%= command.id %> --capture phone.pcap --frame 5 --ask-password',
		'<%= config.bin %> <%= command.id %> headers.txt --password-file pw',
		'<%= config.bin %> <%= command.id %> --challenge \'Digest realm="a", nonce="n"\' --credentials \'Digest username="1001", …\' --ask-password',
		'<%= config.bin %> <%= command.id %> --capture ims.pcap --frame 9 --aka-k k.txt --aka-opc opc.txt',
	];
	static override args = {
		file: Args.string({
			description: 'File with header lines of challenge and credentials, or - for stdin.',
			ignoreStdin: true,
		}),
	};
	static override flags = { ...digestFlags, ...secretFlags, ...akaFlags };

	async run(): Promise<unknown> {
		const { args, flags } = await this.parse(Digest);
		const key = readAkaKey(flags);
		const secret = flags['aka-k'] === undefined ? await readSecret(flags) : undefined;
		const body = flags['body-file'];
		const { challenge, credentials, method, capture, frame } = flags;
		const examination = await examineRequest({
			parts: Object.fromEntries(DIGEST_PARTS.map((part) => [part, flags[part]])),
			...{ method, challenge, credentials },
			body: body === undefined ? undefined : readBytes(body, '--body-file'),
			pasted: args.file === undefined ? undefined : readText(args.file, 'FILE'),
			capture:
				capture === undefined
					? undefined
					: {
							name: capture,
							frame,
							chunks: openCapture(capture, {
								signal: new AbortController().signal,
								follow: false,
								onProgress: () => undefined,
							}),
						},
			secret: secret ?? (key === undefined ? undefined : { kind: 'aka', key }),
			showHa1: flags['show-ha1'],
			now: () => performance.now(),
		});
		process.exitCode = digestExitCode(examination.result);
		if (!this.jsonEnabled()) this.log(renderDigest(examination, this.paper(flags)));
		return toDigestDocument(examination);
	}
}
