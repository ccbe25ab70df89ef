/** Flags of a probe about the way to the registrar: name, transports, TLS. */
import { Flags } from '@oclif/core';
import type { ReachOptions } from '../../usecase/probe-reach.js';
import { UsageError } from '../../usecase/usage-error.js';
import { readText } from './secrets.js';

const GROUP = 'REACHING THE REGISTRAR';
export const TRANSPORTS = ['udp', 'tcp', 'tls', 'ws', 'wss'] as const;

export const reachFlags = {
	server: Flags.string({
		summary: 'Outbound proxy: send to this host instead of the domain.',
		helpValue: 'HOST[:PORT]',
		helpGroup: GROUP,
	}),
	transport: Flags.string({
		summary:
			'udp, tcp, tls, ws or wss; several, with commas between, are probed in turn and compared.',
		description: 'Without it the DNS decides (NAPTR, then SRV), and UDP where that says nothing.',
		helpValue: 'LIST',
		helpGroup: GROUP,
	}),
	dns: Flags.string({
		summary: 'Ask this name server instead of those of this machine.',
		helpValue: 'SERVER[:PORT]',
		helpGroup: GROUP,
	}),
	'all-targets': Flags.boolean({
		summary:
			'Register at each target that the DNS names, in turn, and say whether they share nonces.',
		helpGroup: GROUP,
	}),
	ca: Flags.string({
		summary: 'Certificates of the authorities to trust instead of the usual ones, PEM.',
		helpValue: 'FILE',
		helpGroup: GROUP,
	}),
	cert: Flags.string({
		summary: 'Certificate of the client, PEM.',
		helpValue: 'FILE',
		dependsOn: ['key'],
		helpGroup: GROUP,
	}),
	key: Flags.string({
		summary: 'Its private key, PEM.',
		helpValue: 'FILE',
		dependsOn: ['cert'],
		helpGroup: GROUP,
	}),
	'tls-insecure': Flags.boolean({
		summary: 'Go on where the certificate of the server does not verify.',
		helpGroup: GROUP,
	}),
	'keylog-out': Flags.string({
		summary: 'Write the TLS keys for Wireshark: whoever has this file can read the connection.',
		helpValue: 'FILE',
		helpGroup: GROUP,
	}),
	'ws-path': Flags.string({
		summary: 'Path of the WebSocket request.',
		helpValue: 'PATH',
		default: '/',
		helpGroup: GROUP,
	}),
};

export interface ReachFlags {
	readonly server?: string | undefined;
	readonly transport?: string | undefined;
	readonly dns?: string | undefined;
	readonly 'all-targets'?: boolean | undefined;
	readonly ca?: string | undefined;
	readonly cert?: string | undefined;
	readonly key?: string | undefined;
	readonly 'tls-insecure'?: boolean | undefined;
	readonly 'keylog-out'?: string | undefined;
	readonly 'ws-path': string;
}

/** Flags → what the use case wants; files are read here. Throws UsageError. */
export function readReach(flags: ReachFlags): ReachOptions {
	const read = (name: 'ca' | 'cert' | 'key'): string | undefined => {
		const file = flags[name];
		return file === undefined ? undefined : readText(file, `--${name}`);
	};
	return {
		server: flags.server,
		transports: readTransports(flags.transport),
		dns: flags.dns,
		allTargets: flags['all-targets'] === true,
		tls: { ca: read('ca'), cert: read('cert'), key: read('key') },
		tlsInsecure: flags['tls-insecure'] === true,
		keylogTo: flags['keylog-out'],
		wsPath: readPath(flags['ws-path']),
	};
}

function readTransports(list: string | undefined): ReachOptions['transports'] {
	if (list === undefined) return [];
	const named = list.split(',').map((word) => {
		const transport = TRANSPORTS.find((one) => one === word.trim().toLowerCase());
		if (transport !== undefined) return transport;
		const known = `Known are ${TRANSPORTS.join(', ')}.`;
		throw new UsageError(`--transport: "${word.trim()}" is no transport`, known);
	});
	return [...new Set(named)];
}

function readPath(path: string): string {
	if (/^\/[!-~]*$/.test(path)) return path;
	throw new UsageError('--ws-path is not a path', 'It begins with a slash and has no blank: /ws.');
}
