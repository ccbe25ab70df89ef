/*
 * The same over IPv6: every transport of a real Kamailio, a firewall and NAT66 in the kernel, and a domain of which one
 * family is dead. The probe, its saved file and a capture beside it are held against what is known of the network.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runCommand } from './command.js';
import type { KamailioOptions } from './kamailio-config.js';
import type { Lab, LabOptions } from './lab.js';
import { labTests } from './lab-tests.js';
import type { IcmpRefusal, RouterOptions } from './packet-filter.js';
import { requireLab } from './require-lab.js';
import { ADDRESSES, ADDRESSES6, PRIVATE_LAN6, PUBLIC_LAN6, ROUTER_LINK_LOCAL } from './topology.js';

const availability = await requireLab();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

const EXECUTABLE = join(import.meta.dirname, '../../bin/run.js');
const PASSWORD = 's3cret-lab';
const DOMAIN = 'pbx.example.com';
const REGISTRAR: KamailioOptions = { users: [{ username: '1001', password: PASSWORD }] };
const SECURE: KamailioOptions = { ...REGISTRAR, tls: { name: DOMAIN }, webSocket: true };
const TO_SERVER = ['--server', ADDRESSES6.server];
/** Far longer than the 7.5 s of five sends, which late timers draw out: less is no silence in a capture. */
const PATIENCE = ['--timeout', '12'];
/** Longer than a phone thinks about a challenge. */
const AFTERWARDS_MS = 4_500;

interface Registration {
	readonly outcome: string;
	readonly target: { readonly transport: string };
	readonly path: readonly { readonly client: string; readonly server: string }[];
	readonly cause: { readonly id: string; readonly summary: string } | null;
	readonly cannotTell: readonly { readonly id: string }[];
	readonly steps: readonly { readonly id: string; readonly state: string; readonly text: string }[];
}

type Report = readonly Registration[];

/** What is said of one probe, three times. */
interface Told {
	readonly live: Report;
	readonly saved: Report;
	/** Of tcpdump at the phone. */
	readonly capture: Report;
}

type Args = (lab: Lab) => readonly string[];

interface Wanted {
	readonly options?: LabOptions;
	readonly args?: Args;
	readonly password?: string;
	readonly afterwardsMs?: number;
}

const only6 = (options: Partial<LabOptions>): LabOptions => ({ families: [6], ...options });
const behind = (router: Partial<RouterOptions>): LabOptions =>
	only6({ server: REGISTRAR, router: { nat: 'none', ...router } });
const refused = (reject: IcmpRefusal): LabOptions => behind({ towardsServer: { reject } });

/** The document of the schema, of which this is a part. */
function registrationsIn(stdout: string): Report {
	const { registrations } = JSON.parse(stdout) as { readonly registrations: Report };
	return registrations;
}

/** Transport, outcome and cause of each registration. */
function essence(report: Report) {
	return report.map(({ target, outcome, cause }) => [
		target.transport,
		outcome,
		cause?.id ?? 'none',
	]);
}

function textOf(report: Report, id: string): string | undefined {
	return report[0]?.steps.find((step) => step.id === id)?.text;
}

/** A network that refuses, and what is said of it. */
interface Case {
	readonly title: string;
	readonly options: LabOptions;
	readonly transport?: string;
	readonly outcome: string;
	/** Of the capture; the probe names it, or a weaker one and what would decide. */
	readonly cause: string;
	readonly probeCause?: string;
}

const REFUSALS: readonly Case[] = [
	{
		title: 'where nothing listens',
		options: only6({ router: { nat: 'none' } }),
		outcome: 'unreachable',
		cause: 'port-unreachable',
	},
	{
		title: 'whose router forbids it',
		options: refused('admin-prohibited'),
		outcome: 'unreachable',
		cause: 'admin-prohibited',
	},
	{
		title: 'whose router has no route',
		options: refused('net-unreachable'),
		outcome: 'unreachable',
		cause: 'host-unreachable',
		probeCause: 'no-response',
	},
	{
		title: 'whose router does not find the address',
		options: refused('host-unreachable'),
		outcome: 'unreachable',
		cause: 'host-unreachable',
		probeCause: 'no-response',
	},
	{
		title: 'that drops what goes out',
		options: behind({ towardsServer: 'drop' }),
		outcome: 'unanswered',
		cause: 'no-response',
	},
	{
		title: 'that drops what comes back',
		options: behind({ fromServer: 'drop' }),
		outcome: 'unanswered',
		cause: 'no-response',
	},
	{
		title: 'where TCP is refused',
		options: only6({ router: { nat: 'none' } }),
		transport: 'tcp',
		outcome: 'unreachable',
		cause: 'tcp-refused',
	},
	{
		title: 'whose router forbids TCP',
		options: refused('admin-prohibited'),
		transport: 'tcp',
		outcome: 'unreachable',
		cause: 'admin-prohibited',
	},
	{
		title: 'whose router has no route for TCP',
		options: refused('net-unreachable'),
		transport: 'tcp',
		outcome: 'unreachable',
		cause: 'host-unreachable',
	},
	{
		title: 'whose router refuses TCP as others refuse UDP',
		options: refused('port-unreachable'),
		transport: 'tcp',
		outcome: 'unreachable',
		cause: 'tcp-refused',
	},
	{
		title: 'that drops TCP',
		options: behind({ towardsServer: 'drop' }),
		transport: 'tcp',
		outcome: 'unreachable',
		cause: 'tcp-connect-timeout',
	},
];

/** For a link that takes less than what was there before; 1280 is the least of IPv6 (RFC 8200 §5). */
const NARROW = ['ip', ['link', 'set', 'wan', 'mtu', '1280']] as const;
const PADDED = ['--header', `X-Padding: ${'x'.repeat(1100)}`];

describe.skipIf(!availability.available)(`IPv6 in the lab${reason}`, () => {
	const { newLab, newFolder } = labTests();

	async function told(
		lab: Lab,
		{ args, password = PASSWORD, afterwardsMs }: Wanted,
	): Promise<Told> {
		const folder = await newFolder();
		const file = join(folder, 'probe.pcapng');
		const capture = await lab.capture('phone');
		const command = [EXECUTABLE, 'probe', `1001@${DOMAIN}`, '--json', '--save', file];
		const flags = args?.(lab) ?? TO_SERVER;
		const { stdout } = await lab.run('phone', process.execPath, [...command, ...flags], {
			env: { SIPDOCTOR_PASSWORD: password },
		});
		if (afterwardsMs !== undefined) {
			await delay(afterwardsMs);
			// A capture lasts until its last packet.
			await lab.run('phone', process.execPath, ['--eval', ONE_PACKET, lab.lan.router]);
		}
		await capture.stop();
		const analyse = async (path: string): Promise<Report> =>
			registrationsIn(
				(await runCommand(process.execPath, [EXECUTABLE, 'analyze', path, '--json'])).stdout,
			);
		const [saved, captured] = [await analyse(file), await analyse(capture.file)];
		return { live: registrationsIn(stdout), saved, capture: captured };
	}

	/** To the discard port (RFC 863). */
	const ONE_PACKET = `
const socket = require('node:dgram').createSocket('udp6');
socket.send('.', 9, process.argv[1], () => socket.close());
`;

	describe.concurrent('a phone', () => {
		it('registers over all five transports, found by SRV and AAAA', async () => {
			const service = (prefix: string, port: number): string =>
				`srv-host=${prefix}.${DOMAIN},sip.example.com,${port},10`;
			const lab = await newLab(
				only6({
					server: SECURE,
					router: { nat: 'none' },
					names: {
						records: [
							'local=/example.com/',
							`host-record=sip.example.com,${ADDRESSES6.server}`,
							...[service('_sip._udp', 5060), service('_sip._tcp', 5060)],
							...[
								service('_sips._tcp', 5061),
								service('_sips._ws', 5061),
								service('_sip._ws', 8080),
							],
						],
					},
				}),
			);
			const names = ['udp', 'tcp', 'tls', 'ws', 'wss'];
			const { live, saved, capture } = await told(lab, {
				args: ({ certificates }) => [
					...['--transport', names.join(','), '--ws-path', '/ws', '--dns', ADDRESSES6.internetWan],
					...['--ca', certificates?.authority ?? ''],
				],
			});
			expect(essence(live)).toEqual(names.map((name) => [name, 'registered', 'none']));
			expect(essence(saved)).toEqual(essence(live));
			expect(live.map(({ path }) => path[0]?.server)).toEqual(
				[5060, 5060, 5061, 8080, 5061].map((port) => `[${ADDRESSES6.server}]:${port}`),
			);
			expect(textOf(live, 'nat')).toMatch(/^no NAT: the server saw \[2001:db8:31::30\]:\d+/);
			// One device to whoever looks on, who cannot read TLS.
			expect(essence(capture)).toEqual([['udp', 'registered', 'none']]);
		});

		it('registers through NAT66, and the probe sees that there is one', async () => {
			const lab = await newLab(only6({ server: REGISTRAR, router: { nat: 'symmetric' } }));
			const server = await lab.capture('server');
			const { live, saved, capture } = await told(lab, {});
			await server.stop();
			const { stdout } = await runCommand(process.execPath, [
				...[EXECUTABLE, 'analyze', server.file, '--json'],
			]);
			for (const report of [live, saved, capture, registrationsIn(stdout)]) {
				expect(essence(report)).toEqual([['udp', 'registered', 'none']]);
			}
			expect(live[0]?.path[0]?.client).toContain(PRIVATE_LAN6.phone);
			expect(textOf(live, 'nat')).toMatch(
				/^behind a NAT: this socket is \[fd00:31::30\]:\d+, the server saw \[2001:db8:198::32\]:\d+/,
			);
		});

		it('has a wrong password', async () => {
			const lab = await newLab(behind({}));
			const wanted = { password: 'not-the-password', afterwardsMs: AFTERWARDS_MS };
			const { live, saved, capture } = await told(lab, wanted);
			for (const report of [live, saved]) {
				expect(essence(report)).toEqual([['udp', 'rejected', 'wrong-password']]);
			}
			expect(essence(capture)).toEqual([['udp', 'rejected', 'wrong-password']]);
		});

		it.each(REFUSALS)(
			'is on a network $title',
			async ({ options, transport = 'udp', outcome, cause, probeCause = cause }) => {
				const lab = await newLab(options);
				const { live, saved, capture } = await told(lab, {
					args: () => [...TO_SERVER, '--transport', transport, ...PATIENCE],
				});
				expect(essence(capture)).toEqual([[transport, outcome, cause]]);
				expect(live[0]?.cause?.id).toBe(probeCause);
				expect(essence(saved)).toEqual(essence(live));
				const inDoubt = live[0]?.cannotTell.map(({ id }) => id) ?? [];
				expect([probeCause, ...inDoubt]).toContain(cause);
			},
		);

		it.each([
			{ family: 4, server: ADDRESSES.server },
			{ family: 6, server: ADDRESSES6.server },
		] as const)(
			'sends again in fragments what a router says is too big for IPv$family',
			async ({ family, server }) => {
				const lab = await newLab({ ...behind({}), families: [family] });
				await lab.run('router', ...NARROW);
				const { live, saved, capture } = await told(lab, {
					args: () => ['--server', server, '--transport', 'udp', ...PADDED],
				});
				for (const report of [live, saved, capture]) {
					expect(essence(report)).toEqual([['udp', 'registered', 'none']]);
				}
			},
		);

		it('is told nothing of what is too big, where a firewall swallows ICMPv6', async () => {
			const lab = await newLab(behind({}));
			await lab.run('router', ...NARROW);
			await lab.filter('router', NO_PACKET_TOO_BIG);
			const { live, capture } = await told(lab, {
				args: () => [...TO_SERVER, '--transport', 'udp', ...PATIENCE, ...PADDED],
			});
			expect(live[0]?.outcome).toBe('unanswered');
			expect(essence(capture)).toEqual(essence(live));
		});
	});

	describe.concurrent('where one family is dead', () => {
		const both = (dead: 4 | 6): LabOptions => ({
			families: [4, 6],
			server: REGISTRAR,
			router: { nat: 'none', rules: [] },
			internet: `table ${dead === 4 ? 'ip' : 'ip6'} lab { chain gone { type filter hook forward priority filter; meta l4proto { tcp, udp } drop\n}\n}\n`,
			names: {
				records: [
					'local=/example.com/',
					`host-record=${DOMAIN},${ADDRESSES.server},${ADDRESSES6.server}`,
				],
			},
		});

		it.each([
			{ dead: 6, transport: 'udp', used: `${ADDRESSES.server}:5060` },
			{ dead: 4, transport: 'udp', used: `[${ADDRESSES6.server}]:5060` },
			{ dead: 6, transport: 'tcp', used: `${ADDRESSES.server}:5060` },
			{ dead: 4, transport: 'tcp', used: `[${ADDRESSES6.server}]:5060` },
		] as const)(
			'IPv$dead: it registers over the other one, $transport',
			async ({ dead, transport, used }) => {
				const { live, saved } = await told(await newLab(both(dead)), {
					args: () => ['--dns', ADDRESSES.internetWan, '--transport', transport, '--timeout', '4'],
				});
				expect(essence(live)).toEqual([[transport, 'registered', 'none']]);
				expect(essence(saved)).toEqual(essence(live));
				expect(live[0]?.path.at(-1)?.server).toBe(used);
				expect(textOf(live, 'name')).toContain(`AAAA ${DOMAIN}: ${ADDRESSES6.server}`);
			},
		);
	});

	describe('a registrar with a link-local address', () => {
		it('is reached by its zone, which is never sent', async () => {
			const lab = await newLab(only6({ router: { nat: 'none' } }));
			const reflect = [EXECUTABLE, 'reflect', '--json', '--any-size', '--duration', '280'];
			await lab.start('router', process.execPath, reflect, 'listening');
			for (const transport of ['udp', 'tcp']) {
				const { live, saved, capture } = await told(lab, {
					args: () => [
						...['--server', `[${ROUTER_LINK_LOCAL}%eth0]:5060`, '--transport', transport],
					],
				});
				for (const report of [live, saved, capture]) {
					expect(essence(report)).toEqual([[transport, 'registered', 'none']]);
					expect(report[0]?.path[0]?.server).toBe(`[${ROUTER_LINK_LOCAL}]:5060`);
				}
				expect(textOf(live, 'path')).toContain(`[${ROUTER_LINK_LOCAL}%eth0]:5060`);
				expect(textOf(live, 'nat')).toMatch(/^no NAT/);
			}
		});

		it.each([
			[ROUTER_LINK_LOCAL, 2, 'fe80::1%INTERFACE'],
			[`${ROUTER_LINK_LOCAL}%eth9`, 3, 'eth9'],
		])('is asked for its interface: %s', async (server, exit, words) => {
			const lab = await newLab(only6({ router: { nat: 'none' } }));
			const { code, stderr } = await lab.run('phone', process.execPath, [
				...[EXECUTABLE, 'probe', `1001@${DOMAIN}`, '--server', server],
			]);
			expect(code).toBe(exit);
			expect(stderr).toContain(words);
		});
	});

	it('gives the phone of a lab an address that its router knows', async () => {
		const lab = await newLab(only6({ server: REGISTRAR, router: { nat: 'none' } }));
		expect(lab.lan).toEqual(PUBLIC_LAN6);
		const result = await lab.phone({ user: '1001', password: PASSWORD, domain: DOMAIN });
		expect(result.statuses).toEqual([401, 200]);
	});
});

/** The router's own word about a packet that does not fit never leaves it. */
const NO_PACKET_TOO_BIG = [
	'table ip6 lab {',
	'chain own {',
	'type filter hook output priority filter;',
	'icmpv6 type packet-too-big drop',
	'}',
	'}',
	'',
].join('\n');
