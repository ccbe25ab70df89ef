import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseIpv4 } from '../../src/net/ipv4-address.js';
import { parseIpv6 } from '../../src/net/ipv6-address.js';
import { type Certificates, makeCertificates } from './certificates.js';
import { endChild } from './end-child.js';
import { type KamailioOptions, kamailioConfig } from './kamailio-config.js';

/** A running Kamailio; `stop` ends exactly this one. */
export interface Kamailio {
	/** Where it speaks TLS: those of the server, and what a phone needs to trust it. */
	readonly certificates: Certificates | undefined;
	stop(): Promise<void>;
}

const READY_POLLS = 1200;
const READY_POLL_MS = 50;

/** An endpoint as /proc/net/udp and udp6 write it: words of the address in host order, port, all hexadecimal. */
function procEndpoint(address: string, port: number): string {
	const bytes = parseIpv4(address) ?? parseIpv6(address) ?? new Uint8Array(4);
	const words = Array.from({ length: bytes.length / 4 }, (_, word) =>
		Buffer.from(bytes.subarray(word * 4, word * 4 + 4))
			.reverse()
			.toString('hex'),
	);
	return `${words.join('')}:${port.toString(16).padStart(4, '0')}`.toUpperCase();
}

async function listens(pid: number, address: string, withTcp: boolean): Promise<boolean> {
	const wanted = procEndpoint(address, 5060);
	const table = address.includes(':') ? '6' : '';
	const [udp, tcp] = await Promise.all([
		readFile(`/proc/${pid}/net/udp${table}`, 'utf8').catch(() => ''),
		readFile(`/proc/${pid}/net/tcp${table}`, 'utf8').catch(() => ''),
	]);
	return udp.includes(wanted) && (!withTcp || tcp.includes(wanted));
}

/** Starts a Kamailio in a namespace and waits until it listens; `folder` keeps its files. */
export async function startKamailio(
	namespace: string,
	addresses: readonly string[],
	options: KamailioOptions,
	folder: string,
): Promise<Kamailio> {
	await mkdir(folder, { recursive: true });
	const config = join(folder, 'kamailio.cfg');
	const certificates =
		options.tls === undefined
			? undefined
			: await makeCertificates(join(folder, 'certificates'), options.tls);
	await writeFile(config, kamailioConfig(addresses, options, certificates));
	// -DD: stay in the foreground as our child. `ip netns exec` becomes Kamailio, so the pid is its.
	const child = spawn(
		'ip',
		[
			...['netns', 'exec', namespace, 'kamailio', '-DD', '-E', '-f', config],
			...['-Y', folder, '-P', join(folder, 'pid'), '-m', '32', '-M', '8'],
		],
		{ stdio: ['ignore', 'ignore', 'pipe'], detached: true },
	);
	let log = '';
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		if (log.length < 20_000) log += text;
	});
	const failed = new Promise<never>((_, reject) => {
		child.once('error', reject);
		child.once('exit', (code) => reject(new Error(`kamailio ended with ${code}: ${log}`)));
	});
	// Once it is ready nobody waits for this any more; its end is then no news.
	failed.catch(() => undefined);
	const ready = async (): Promise<void> => {
		for (let poll = 0; poll < READY_POLLS; poll += 1) {
			const { pid } = child;
			const each = addresses.map(
				async (one) => pid !== undefined && listens(pid, one, options.tcp !== false),
			);
			if (!(await Promise.all(each)).includes(false)) return;
			await delay(READY_POLL_MS);
		}
		throw new Error(`kamailio does not listen at ${addresses.join(', ')}, port 5060: ${log}`);
	};
	try {
		await Promise.race([ready(), failed]);
	} catch (error) {
		await endChild(child, 'SIGKILL');
		throw error;
	}
	return { certificates, stop: () => endChild(child, 'SIGTERM') };
}
