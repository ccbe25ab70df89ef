import { existsSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import { runCommand, runOrThrow } from './command.js';
import {
	addressing,
	addressing6,
	BRIDGING,
	cablesOf,
	type Families,
	HOSTS,
	type Host,
	type Lan,
} from './topology.js';

/** The phone's network in each family, and which of the two there are. */
export interface Lans {
	readonly families: Families;
	readonly lan: Lan;
	readonly lan6: Lan;
}

/** The hosts of one lab, each in its own network namespace. */
export interface Namespaces {
	/** The namespace's name, for `ip netns exec`. */
	nameOf(host: Host): string;
	/** Replaces the packet filter of a host. */
	filter(host: Host, ruleset: string): Promise<void>;
	/** Removes every namespace, and with them links and rules; safe to call twice. */
	remove(): Promise<void>;
}

const PREFIX = 'sipdoctor';
let made = 0;

/** Ends what still runs in a namespace: it was started there by a run of ours. */
async function endProcesses(namespace: string): Promise<void> {
	const { stdout } = await runCommand('ip', ['netns', 'pids', namespace]);
	for (const pid of stdout.split('\n').map(Number)) {
		if (pid <= 1) continue;
		try {
			process.kill(pid, 'SIGKILL');
		} catch {
			// It ended by itself.
		}
	}
}

/** Removes what a killed run left behind: namespaces of ours whose process is gone. */
async function sweep(): Promise<void> {
	const listed = await runCommand('ip', ['netns', 'list']);
	for (const line of listed.stdout.split('\n')) {
		const name = line.split(' ')[0] ?? '';
		const [prefix, pid] = name.split('-');
		if (prefix === PREFIX && pid !== undefined && !existsSync(`/proc/${pid}`)) {
			await endProcesses(name);
			await runCommand('ip', ['netns', 'delete', name]);
		}
	}
}

function batch(namespace: string | undefined, lines: readonly string[]): Promise<string> {
	const where = namespace === undefined ? [] : ['-n', namespace];
	return runOrThrow('ip', [...where, '-batch', '-'], { stdin: `${lines.join('\n')}\n` });
}

async function configure(
	name: string,
	host: Host,
	{ families, lan, lan6 }: Lans,
	upstreamInSite: boolean,
): Promise<void> {
	const interfaces = cablesOf(upstreamInSite).flatMap((cable) => [
		...(cable.from === host ? [cable.a] : []),
		...(cable.to === host ? [cable.b] : []),
	]);
	for (const device of interfaces) {
		// Offloaded checksums are filled in by no card here: captures would show them wrong.
		await runOrThrow('ip', [
			...['netns', 'exec', name, 'ethtool', '-K', device],
			...['tx', 'off', 'rx', 'off', 'tso', 'off', 'gso', 'off', 'gro', 'off'],
		]);
	}
	await batch(name, [
		'link set lo up',
		...interfaces.map((device) => `link set ${device} up`),
		...(upstreamInSite && host === 'router' ? BRIDGING : []),
		...(families.includes(4) ? addressing(host, lan, upstreamInSite) : []),
		...(families.includes(6) ? addressing6(host, lan6) : []),
	]);
	if (upstreamInSite && host === 'router') {
		// A switch looks at no address; where the kernel cannot do otherwise the setting is not there.
		await runCommand('ip', [
			...['netns', 'exec', name, 'sysctl', '-qw', 'net.bridge.bridge-nf-call-iptables=0'],
		]);
	}
	if (host === 'router' || host === 'internet') await set(name, FORWARDING);
}

const FORWARDING = ['net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1'];
const WITHOUT_IPV6 = ['net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1'];
/** Nobody advertises a router, and no search for one gets into the captures. */
const QUIET_IPV6 = [
	'net.ipv6.conf.default.accept_ra=0',
	'net.ipv6.conf.default.router_solicitations=0',
	'net.ipv6.conf.default.accept_dad=0',
];

async function set(name: string, values: readonly string[]): Promise<void> {
	await runOrThrow('ip', ['netns', 'exec', name, 'sysctl', '-qw', ...values]);
}

/** Makes the hosts and joins them (`topology.ts`); on failure nothing is left behind. */
export async function makeNamespaces(lans: Lans, upstreamInSite = false): Promise<Namespaces> {
	await sweep();
	made += 1;
	const id = `${PREFIX}-${process.pid}-${threadId}-${made}`;
	const nameOf = (host: Host): string => `${id}-${host}`;
	let removed = false;
	const remove = async (): Promise<void> => {
		if (removed) return;
		removed = true;
		for (const host of HOSTS) {
			await endProcesses(nameOf(host));
			await runCommand('ip', ['netns', 'delete', nameOf(host)]);
		}
	};
	try {
		await batch(
			undefined,
			HOSTS.map((host) => `netns add ${nameOf(host)}`),
		);
		for (const host of HOSTS) {
			// Before the first link is up: else router solicitations get into the captures.
			await set(nameOf(host), lans.families.includes(6) ? QUIET_IPV6 : WITHOUT_IPV6);
		}
		await batch(
			undefined,
			cablesOf(upstreamInSite).map(
				({ from, a, to, b }) =>
					`link add ${a} netns ${nameOf(from)} type veth peer name ${b} netns ${nameOf(to)}`,
			),
		);
		for (const host of HOSTS) await configure(nameOf(host), host, lans, upstreamInSite);
	} catch (error) {
		await remove();
		throw error;
	}
	return {
		nameOf,
		filter: async (host, ruleset) => {
			await runOrThrow('ip', ['netns', 'exec', nameOf(host), 'nft', '-f', '-'], {
				stdin: `flush ruleset\n${ruleset}`,
			});
		},
		remove,
	};
}
