import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand } from './command.js';

const PROGRAMS = [
	...[
		'ip',
		'nft',
		'ethtool',
		'sysctl',
		'tcpdump',
		'kamailio',
		'dnsmasq',
		'openssl',
		'sipp',
		'turnserver',
	],
] as const;

/** Whether the lab can run here; `reason` says in plain words what is missing. */
export type LabAvailability =
	| { readonly available: true }
	| { readonly available: false; readonly reason: string };

/** Whether a program can be started by its name. */
export function isInstalled(program: string): boolean {
	const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
	return folders.some((folder) => {
		try {
			accessSync(join(folder, program), constants.X_OK);
			return true;
		} catch {
			return false;
		}
	});
}

async function findMissing(): Promise<string | undefined> {
	if (process.platform !== 'linux') return 'the lab needs Linux network namespaces';
	if (process.getuid?.() !== 0) return 'the lab needs root';
	const absent = PROGRAMS.filter((program) => !isInstalled(program));
	if (absent.length > 0) return `the lab needs ${absent.join(', ')}, not installed here`;
	const probe = await runCommand('unshare', ['--net', 'true']);
	if (probe.code !== 0) return 'network namespaces are not allowed here';
	return undefined;
}

/**
 * Says whether root, the programs and network namespaces are at hand. Throws instead of saying no
 * where `SIPDOCTOR_LAB=required`: a CI that promises the lab must not pass without it.
 */
export async function requireLab(): Promise<LabAvailability> {
	const reason = await findMissing();
	if (reason === undefined) return { available: true };
	if (process.env['SIPDOCTOR_LAB'] === 'required') {
		throw new Error(`SIPDOCTOR_LAB=required, but ${reason}`);
	}
	return { available: false, reason };
}
