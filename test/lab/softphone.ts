import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Lab } from './lab.js';
import { isInstalled } from './require-lab.js';
import { ADDRESSES } from './topology.js';

/** A softphone of others in place of the lab's phone: what it sends is up to it. */
export interface SoftphoneOptions {
	readonly softphone: keyof typeof SOFTPHONES;
	/** Digest and AOR user. */
	readonly user: string;
	readonly password: string;
	/** AOR domain and Request-URI host. */
	readonly domain: string;
	readonly transport: 'udp' | 'tcp';
	/** Asked for its domain. Default: the server is its outbound proxy, and no name is looked up. */
	readonly nameServer?: string;
	/** Seconds that it asks for. */
	readonly expires: number;
	/** When it is told to quit, in seconds after its start. It removes its binding then. */
	readonly quitAfter: number;
}

interface Softphone {
	/** Name and version that Debian 12 has of it. */
	readonly name: string;
	readonly program: string;
	readonly debianPackage: string;
	/** Text of its files, by path in its home. */
	files(options: SoftphoneOptions): Readonly<Record<string, string>>;
	/** A line of shell that runs in its home until the phone has quit. */
	command(options: SoftphoneOptions): string;
}

/** What it takes at most to quit: a removal and the answer to its challenge, each tried for 32 s at a dead server first. */
const QUIT_LIMIT_SECONDS = 90;

/** What the phone's machine is called. */
const HOST_NAME = 'phone';

/** How long stdin stays open once the phone is to quit: its end would cut a removal short. */
const LEAVE_SECONDS = 5;

function lines(...text: readonly string[]): string {
	return `${text.join('\n')}\n`;
}

const baresip: Softphone = {
	name: 'baresip 1.0',
	program: 'baresip',
	debianPackage: 'baresip-core',
	files: ({ user, password, domain, transport, nameServer, expires }) => ({
		accounts: lines(
			[
				`<sip:${user}@${domain};transport=${transport}>;auth_user=${user};auth_pass=${password}`,
				...(nameServer === undefined
					? [`outbound="sip:${ADDRESSES.server};transport=${transport}"`]
					: []),
				`regint=${expires}`,
			].join(';'),
		),
		config: lines(
			'sip_listen 0.0.0.0:5060',
			'module_path /usr/lib/baresip/modules',
			'module g711.so',
			'module uuid.so',
			'module_app account.so',
			'module_app menu.so',
			...(nameServer === undefined ? [] : [`dns_server ${nameServer}:53`]),
		),
	}),
	command: ({ quitAfter }) => `baresip -f . -t ${quitAfter}`,
};

const linphone: Softphone = {
	name: 'Linphone 5.1',
	program: 'linphonec',
	debianPackage: 'linphone-cli',
	files: ({ user, password, domain, transport, nameServer, expires }) => ({
		// It keeps its databases here, and makes no folder for them.
		'.local/share/linphone/made': '',
		linphonerc: lines(
			'[sip]',
			'sip_port=5060',
			'sip_tcp_port=5060',
			'use_ipv6=0',
			'default_proxy=0',
			// It waits for a network manager else.
			'register_only_when_network_is_up=0',
			'[net]',
			'firewall_policy=0',
			'[proxy_0]',
			`reg_proxy=<sip:${nameServer === undefined ? ADDRESSES.server : domain};transport=${transport}>`,
			`reg_identity=sip:${user}@${domain}`,
			`reg_expires=${expires}`,
			'reg_sendregister=1',
			'publish=0',
			'[auth_info_0]',
			`username=${user}`,
			`passwd=${password}`,
			`domain=${domain}`,
		),
	}),
	// By a signal: after a refusal it takes what it reads for another password, `quit` too.
	command: ({ quitAfter }) =>
		`sleep ${quitAfter + LEAVE_SECONDS} | timeout ${quitAfter} linphonec -c linphonerc; [ $? -eq 124 ]`,
};

/** Its Call-IDs, tags and branches are those of the second in which it starts: two at once have the same. */
const twinkle: Softphone = {
	name: 'Twinkle 1.10',
	program: 'twinkle-console',
	debianPackage: 'twinkle-console',
	files: ({ user, password, domain, transport, nameServer, expires }) => ({
		'.twinkle/lab.cfg': lines(
			`user_name=${user}`,
			`user_domain=${domain}`,
			`auth_name=${user}`,
			`auth_pass=${password}`,
			`registration_time=${expires}`,
			'register_at_startup=yes',
			`sip_transport=${transport}`,
			...(nameServer === undefined
				? [
						'use_outbound_proxy=yes',
						`outbound_proxy=${ADDRESSES.server}`,
						`registrar=${ADDRESSES.server}`,
					]
				: []),
		),
		'.twinkle/twinkle.sys': lines('validate_audio_dev=no', 'sip_user_port=5060'),
	}),
	command: ({ quitAfter }) =>
		`(sleep ${quitAfter}; echo quit; sleep ${LEAVE_SECONDS}) | twinkle-console lab.cfg`,
};

const SOFTPHONES = { baresip, linphone, twinkle } as const;

/** The softphone as `truth.json` tells of it. */
export function describeSoftphone(options: SoftphoneOptions): string {
	return `${SOFTPHONES[options.softphone].name} of Debian ${JSON.stringify(options)}`;
}

/** Runs a softphone on the lab's phone host until it has quit. */
export async function runSoftphone(
	lab: Pick<Lab, 'run'>,
	options: SoftphoneOptions,
): Promise<void> {
	const phone: Softphone = SOFTPHONES[options.softphone];
	if (!isInstalled(phone.program))
		throw new Error(`${phone.name} is not installed here: apt-get install ${phone.debianPackage}`);
	const home = await mkdtemp(join(tmpdir(), 'sipdoctor-softphone-'));
	try {
		const files = {
			'resolv.conf': lines(`nameserver ${options.nameServer ?? '127.0.0.1'}`),
			hosts: lines('127.0.0.1 localhost', `127.0.1.1 ${HOST_NAME}`),
			...phone.files(options),
		};
		for (const [path, text] of Object.entries(files)) {
			await mkdir(dirname(join(home, path)), { recursive: true });
			await writeFile(join(home, path), text);
		}
		// The name of this machine would get into Call-IDs, and its name servers would be asked.
		const setUp = [
			`hostname ${HOST_NAME}`,
			...['resolv.conf', 'hosts'].map((file) => `mount --bind ${file} /etc/${file}`),
		].join(' && ');
		const own = ['env', '-i', `PATH=${process.env['PATH'] ?? ''}`, `HOME=${home}`];
		const shell = ['bash', '-c', `${setUp} && ${phone.command(options)}`];
		const result = await lab.run('phone', 'unshare', ['--uts', '--mount', ...own, ...shell], {
			cwd: home,
			timeoutMs: (options.quitAfter + QUIT_LIMIT_SECONDS) * 1000,
		});
		if (result.code !== 0)
			throw new Error(`${phone.name} ended with ${result.code}: ${result.stdout}${result.stderr}`);
	} finally {
		await rm(home, { recursive: true, force: true });
	}
}
