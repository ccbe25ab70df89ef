import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { endChild } from './end-child.js';

/** A name server that knows these records and asks nobody else. */
export interface DnsOptions {
	/** Lines of a dnsmasq configuration: `srv-host=…`, `address=…`, `local=…`. */
	readonly records: readonly string[];
}

/** A running dnsmasq; `stop` ends exactly this one. */
export interface Dnsmasq {
	stop(): Promise<void>;
}

const START_LIMIT_MS = 60_000;

/** Starts dnsmasq in a namespace and waits until it listens; `folder` keeps its files. */
export async function startDnsmasq(
	namespace: string,
	addresses: readonly string[],
	{ records }: DnsOptions,
	folder: string,
): Promise<Dnsmasq> {
	await mkdir(folder, { recursive: true });
	const config = join(folder, 'dnsmasq.conf');
	const own = ['no-resolv', 'no-hosts', 'bind-interfaces', `listen-address=${addresses.join(',')}`];
	await writeFile(config, `${[...own, ...records].join('\n')}\n`);
	const child = spawn(
		'ip',
		[
			...['netns', 'exec', namespace, 'dnsmasq', '--keep-in-foreground', `--conf-file=${config}`],
			...['--user=root', '--pid-file=', '--log-facility=-'],
		],
		{ stdio: ['ignore', 'ignore', 'pipe'], detached: true },
	);
	let said = '';
	try {
		await new Promise<void>((resolve, reject) => {
			const limit = setTimeout(() => reject(new Error(`dnsmasq: ${said}`)), START_LIMIT_MS);
			child.stderr.setEncoding('utf8').on('data', (text: string) => {
				if (said.length < 20_000) said += text;
				if (!said.includes('started')) return;
				clearTimeout(limit);
				resolve();
			});
			child.once('error', reject);
			child.once('exit', (code) => reject(new Error(`dnsmasq ended with ${code}: ${said}`)));
		});
	} catch (error) {
		await endChild(child, 'SIGKILL');
		throw error;
	}
	return { stop: () => endChild(child, 'SIGTERM') };
}
