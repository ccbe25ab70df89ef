import { existsSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import { runCommand, runOrThrow } from './command.js';
import { addressing, BRIDGING, cablesOf, HOSTS, type Host, type Lan } from './topology.js';

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
	lan: Lan,
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
		...addressing(host, lan, upstreamInSite),
	]);
	if (upstreamInSite && host === 'router') {
		// A switch looks at no address; where the kernel cannot do otherwise the setting is not there.
		await runCommand('ip', [
			...['netns', 'exec', name, 'sysctl', '-qw', 'net.bridge.bridge-nf-call-iptables=0'],
		]);
	}
	if (host === 'router' || host === 'internet') {
		await runOrThrow('ip', ['netns', 'exec', name, 'sysctl', '-qw', 'net.ipv4.ip_forward=1']);
	}
}

/** Makes the hosts and joins them (`topology.ts`); on failure nothing is left behind. */
export async function makeNamespaces(lan: Lan, upstreamInSite = false): Promise<Namespaces> {
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
			await runOrThrow('ip', [
				...['netns', 'exec', nameOf(host), 'sysctl', '-qw'],
				...['net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1'],
			]);
		}
		await batch(
			undefined,
			cablesOf(upstreamInSite).map(
				({ from, a, to, b }) =>
					`link add ${a} netns ${nameOf(from)} type veth peer name ${b} netns ${nameOf(to)}`,
			),
		);
		for (const host of HOSTS) await configure(nameOf(host), host, lan, upstreamInSite);
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
