import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Capture, startCapture } from './capture.js';
import type { Certificates } from './certificates.js';
import { type CommandOptions, type CommandResult, type Running, startCommand } from './command.js';
import { type DnsOptions, startDnsmasq } from './dnsmasq.js';
import { type Kamailio, startKamailio } from './kamailio.js';
import type { KamailioOptions } from './kamailio-config.js';
import { type Lans, makeNamespaces, type Namespaces } from './namespaces.js';
import {
	PLAIN_ROUTER,
	type RouterOptions,
	routerRuleset,
	SILENT_SERVER_RULESET,
} from './packet-filter.js';
import type { PhoneOptions, PhoneResult } from './phone-options.js';
import { type Server, startServer } from './server.js';
import {
	ADDRESSES,
	ADDRESSES6,
	type Families,
	type Host,
	type Lan,
	PRIVATE_LAN,
	PRIVATE_LAN6,
	PUBLIC_LAN,
	PUBLIC_LAN6,
} from './topology.js';

/** A server of our own, `programs/<program>.mjs`, where no other can play the part. */
export interface ProgramOptions {
	readonly program: 'mobile-registrar' | 'sbc';
	readonly options: Readonly<Record<string, string | boolean>>;
}

/** A Kamailio, a name server, coturn, one of our own, nothing at all, or a firewall that swallows everything. */
export type Service =
	| KamailioOptions
	| DnsOptions
	| ProgramOptions
	| 'coturn'
	| 'nothing'
	| 'silent';

export interface LabOptions {
	/** Default: IPv4 alone. */
	readonly families?: Families;
	readonly router?: Partial<RouterOptions>;
	/** The host the phone talks to, 203.0.113.10. Default: nothing listens. */
	readonly server?: Service;
	/** A registrar behind it, or a name server, 203.0.113.140. Default: nothing listens. */
	readonly upstream?: Service;
	/** The upstream host stands beside the phone, in the site. */
	readonly upstreamInSite?: boolean;
	/** A registrar on the site's router itself, at its inner address. */
	readonly inRouter?: KamailioOptions;
	/** An nft ruleset for the router of the internet. */
	readonly internet?: string;
	/** A name server at the router of the internet, 198.51.100.1. */
	readonly names?: DnsOptions;
}

/** A running lab; `stop` ends all of it. */
export interface Lab {
	/** The phone's network: IPv4, and IPv6 where that is all there is. */
	readonly lan: Lan;
	/** Of the server, where it speaks TLS. */
	readonly certificates: Certificates | undefined;
	/** Runs a command in the namespace of a host. */
	run(
		host: Host,
		command: string,
		args: readonly string[],
		options?: CommandOptions,
	): Promise<CommandResult>;
	/** Starts a command in the namespace of a host, for who has to do with it while it runs. */
	begin(host: Host, command: string, args: readonly string[], options?: CommandOptions): Running;
	/** Starts a Kamailio on the server, where nothing runs yet; it ends by its `stop`, or with the lab. */
	startServer(options: KamailioOptions): Promise<Kamailio>;
	/** Replaces the packet filter of a host with an nft ruleset, at once. */
	filter(host: Host, ruleset: string): Promise<void>;
	/** Starts a program in the namespace of a host, which ends with the lab or by its `stop`; resolves once it has printed `ready`. */
	start(host: Host, command: string, args: readonly string[], ready: string): Promise<Server>;
	/** Runs the lab's phone to its end, which comes in `limitMs` at the latest; undefined: 110 s. */
	phone(options: PhoneOptions, limitMs?: number): Promise<PhoneResult>;
	/** Captures on a device of a host, `eth0` where none is named, until its `stop`, or the lab's. */
	capture(host: Host, device?: string): Promise<Capture>;
	stop(): Promise<void>;
}

const PHONE_PROGRAM = fileURLToPath(new URL('./phone/phone.mjs', import.meta.url));
/** Beyond every scenario: three transactions that run into Timer F. */
const PHONE_LIMIT_MS = 110_000;

type Cleanup = () => Promise<void>;

async function unwind(cleanups: Cleanup[]): Promise<void> {
	for (let cleanup = cleanups.pop(); cleanup !== undefined; cleanup = cleanups.pop()) {
		await cleanup();
	}
}

/** The addresses of a place, those of IPv4 first. */
function addressesOf(place: keyof typeof ADDRESSES, families: Families): readonly string[] {
	return families.map((family) => (family === 4 ? ADDRESSES : ADDRESSES6)[place]);
}

/** A host that offers something. */
interface Place {
	readonly host: 'server' | 'upstream';
	readonly folder: string;
	readonly addresses: readonly string[];
}

/** Program, arguments, and what it prints when it listens. */
function commandOf(
	service: ProgramOptions | 'coturn',
	address: string,
): readonly [string, readonly string[], string] {
	if (service === 'coturn') {
		const quiet = ['--no-tls', '--no-dtls', '--no-cli', '--log-file=stdout', '--pidfile='];
		return ['turnserver', ['-n', '-S', '-L', address, ...quiet], 'IO method (admin thread)'];
	}
	const file = fileURLToPath(new URL(`./programs/${service.program}.mjs`, import.meta.url));
	const options = JSON.stringify({ address, ...service.options });
	return [process.execPath, [file, options], 'listening'];
}

async function startService(
	namespaces: Namespaces,
	{ host, folder, addresses }: Place,
	service: Service | undefined,
	cleanups: Cleanup[],
): Promise<Certificates | undefined> {
	if (service === undefined || service === 'nothing') return undefined;
	if (service === 'silent') {
		await namespaces.filter(host, SILENT_SERVER_RULESET);
		return undefined;
	}
	const place = [namespaces.nameOf(host), addresses] as const;
	const own = join(folder, host);
	if (service === 'coturn' || 'program' in service) {
		const server = await startServer(
			place[0],
			...commandOf(service, addresses[0] ?? ADDRESSES.server),
		);
		cleanups.push(() => server.stop());
		return undefined;
	}
	if ('records' in service) {
		const dnsmasq = await startDnsmasq(...place, service, own);
		cleanups.push(() => dnsmasq.stop());
		return undefined;
	}
	const kamailio = await startKamailio(...place, service, own);
	cleanups.push(() => kamailio.stop());
	return kamailio.certificates;
}

/** Everything, but what hosts of IPv6 say to their link before any traffic (RFC 3810). */
export function captureFilter(families: Families): string {
	return families.includes(6) ? 'not (ip6 and ip6[6] == 0)' : 'not ip6';
}

/** Starts hosts, router rules and registrars; on failure everything made so far is removed. */
export async function startLab(options: LabOptions): Promise<Lab> {
	const router = { ...PLAIN_ROUTER, ...options.router };
	const families = options.families ?? [4];
	const isPublic = router.nat === 'none';
	const lan = isPublic ? PUBLIC_LAN : PRIVATE_LAN;
	const lans = { families, lan, lan6: isPublic ? PUBLIC_LAN6 : PRIVATE_LAN6 };
	const cleanups: Cleanup[] = [];
	try {
		const folder = await mkdtemp(join(tmpdir(), 'sipdoctor-lab-'));
		cleanups.push(() => rm(folder, { recursive: true, force: true }));
		const namespaces = await makeNamespaces(lans, options.upstreamInSite);
		cleanups.push(() => namespaces.remove());
		await namespaces.filter('router', routerRuleset(router, families));
		if (options.internet !== undefined) await namespaces.filter('internet', options.internet);
		const at = (host: Place['host']): Place => ({
			...{ host, folder },
			addresses:
				host === 'upstream' && options.upstreamInSite === true
					? [lan.neighbour]
					: addressesOf(host, families),
		});
		const certificates = await startService(namespaces, at('server'), options.server, cleanups);
		await startService(namespaces, at('upstream'), options.upstream, cleanups);
		if (options.inRouter !== undefined) {
			const place = [namespaces.nameOf('router'), [lan.router]] as const;
			const kamailio = await startKamailio(...place, options.inRouter, join(folder, 'router'));
			cleanups.push(() => kamailio.stop());
		}
		if (options.names !== undefined) {
			const place = [namespaces.nameOf('internet'), addressesOf('internetWan', families)] as const;
			const dnsmasq = await startDnsmasq(...place, options.names, join(folder, 'names'));
			cleanups.push(() => dnsmasq.stop());
		}
		return labOf(namespaces, lans, { folder, certificates }, cleanups);
	} catch (error) {
		await unwind(cleanups);
		throw error;
	}
}

interface LabFiles {
	readonly folder: string;
	readonly certificates: Certificates | undefined;
}

function labOf(
	namespaces: Namespaces,
	{ families, lan: lan4, lan6 }: Lans,
	{ folder, certificates }: LabFiles,
	cleanups: Cleanup[],
): Lab {
	const begin: Lab['begin'] = (host, command, args, options) =>
		startCommand('ip', ['netns', 'exec', namespaces.nameOf(host), command, ...args], options);
	const run: Lab['run'] = (...command) => begin(...command).ended;
	const lan = families.includes(4) ? lan4 : lan6;
	const [serverAddress] = addressesOf('server', families);
	return {
		lan,
		certificates,
		run,
		begin,
		startServer: async (options) => {
			const place = [namespaces.nameOf('server'), addressesOf('server', families)] as const;
			const kamailio = await startKamailio(...place, options, join(folder, 'server'));
			cleanups.push(() => kamailio.stop());
			return kamailio;
		},
		filter: (host, ruleset) => namespaces.filter(host, ruleset),
		start: async (host, command, args, ready) => {
			const server = await startServer(namespaces.nameOf(host), command, args, ready);
			cleanups.push(() => server.stop());
			return server;
		},
		phone: async (options, limitMs = PHONE_LIMIT_MS) => {
			const wanted = { address: lan.phone, server: serverAddress, certificates, ...options };
			const result = await run('phone', process.execPath, [PHONE_PROGRAM, JSON.stringify(wanted)], {
				timeoutMs: limitMs,
			});
			if (result.code !== 0) throw new Error(`the lab's phone failed: ${result.stderr}`);
			// The phone's own line of JSON, whose shape phone-options.ts declares.
			return JSON.parse(result.stdout) as PhoneResult;
		},
		capture: async (host, device = 'eth0') => {
			const file = join(folder, `${host}.pcap`);
			const capture = await startCapture(
				namespaces.nameOf(host),
				file,
				device,
				captureFilter(families),
			);
			cleanups.push(() => capture.stop());
			return capture;
		},
		stop: () => unwind(cleanups),
	};
}
