/* What makes a phone lose its registration, each in the lab: the loss has its cause, and nobody is flooded meanwhile. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { KamailioOptions } from './kamailio-config.js';
import { labTests } from './lab-tests.js';
import { PLAIN_ROUTER, type RouterOptions, routerRuleset } from './packet-filter.js';
import { requireLab } from './require-lab.js';
import { type Event, REGISTRAR, startWatching, type Watching } from './watching.js';

const availability = await requireLab();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

/** A refresh every five seconds or more. */
const SHORT: KamailioOptions = { minExpires: 5, maxExpires: 10 };
/** So that the refresh is what shows it. */
const NO_KEEPALIVE = ['--keepalive', 'none'];
const CERTIFICATE = { name: 'pbx.example.com' };

interface Lost {
	readonly lost: Event | undefined;
	/** Causes of the attempts that failed after it, and of the loss. */
	readonly causes: readonly (string | undefined)[];
	readonly events: readonly Event[];
	/** REGISTERs that left the phone from the trouble on; a busy server may be sent one again. */
	readonly registers: number;
	/** The same with what was sent again. */
	readonly sends: number;
}

describe.skipIf(!availability.available)(`a registration that is lost in the lab${reason}`, () => {
	const tests = labTests();

	/** Registers, makes trouble, waits for `until` to be told, and ends. */
	async function losing(
		options: { readonly registrar?: KamailioOptions; readonly flags?: readonly string[] },
		trouble: (watch: Watching) => Promise<unknown>,
		until: readonly [event: string, times?: number],
	): Promise<Lost> {
		const { flags = [] } = options;
		const watch = await startWatching(
			tests,
			{ registrar: { ...SHORT, ...options.registrar } },
			...flags,
		);
		await watch.told('registered');
		// A refresh meanwhile would meet a server that is not there, or be counted.
		const capture = await watch.meanwhile(async () => {
			const started = await watch.lab.capture('phone');
			await trouble(watch);
			return started;
		});
		await watch.told(...until);
		await watch.interrupt();
		await capture.stop();
		// An ICMP error quotes what it refuses.
		const read = ['-n', '-r', capture.file, 'not icmp'];
		const sent = await watch.lab.run('phone', 'tcpdump', read);
		const bytes = (await readFile(capture.file)).toString('latin1');
		const branches = [
			...bytes.matchAll(/REGISTER sip:\S+ SIP\/2\.0\r\n(?:.+\r\n)*?Via:.*;branch=([^;\s]+)/g),
		];
		const events = await watch.events();
		const failed = events.filter(({ event }) => event === 'lost' || event === 'failed');
		return {
			lost: events.find(({ event }) => event === 'lost'),
			causes: failed.map(({ cause }) => cause?.id),
			events,
			registers: new Set(branches.map(([, branch]) => branch)).size,
			sends: sent.stdout.split('REGISTER sip:').length - 1,
		};
	}

	/** Another registrar in its place, at once. */
	const restartedAs =
		(registrar: KamailioOptions) =>
		async ({ server, lab }: Watching) => {
			await server.stop();
			await lab.startServer({ ...REGISTRAR, ...SHORT, ...registrar });
		};

	const filtered =
		(router: Partial<RouterOptions>) =>
		({ lab }: Watching) =>
			lab.filter('router', routerRuleset({ ...PLAIN_ROUTER, ...router }, [4]));

	it('is not lost where the server was restarted and forgot it', async () => {
		const { causes, events } = await losing({ flags: NO_KEEPALIVE }, restartedAs({}), [
			'refreshed',
			2,
		]);
		expect(causes).toEqual([]);
		expect(events.at(-1)).toMatchObject({ losses: 0, failures: 0 });
	});

	it('is lost by a password that was changed, and no third try is made', async () => {
		const users = [{ username: '1001', password: 'another' }];
		const { lost, events, registers } = await losing(
			{ flags: NO_KEEPALIVE },
			restartedAs({ users }),
			['summary'],
		);
		expect(lost).toMatchObject({ status: 401, cause: { id: 'wrong-password' } });
		expect(events.at(-1)).toMatchObject({ gaveUp: 'credentials-refused' });
		expect(registers).toBe(2);
	});

	it('is lost by a 403 on a refresh, twice and never again', async () => {
		const { lost, events, registers } = await losing(
			{ flags: NO_KEEPALIVE },
			restartedAs({ answer: { code: 403, reason: 'Forbidden' } }),
			['summary'],
		);
		expect(lost).toMatchObject({ status: 403, cause: { id: 'forbidden-after-authentication' } });
		expect(events.at(-1)).toMatchObject({ gaveUp: 'credentials-refused' });
		expect(registers).toBe(2);
	});

	it('is lost by a 503, and comes back no sooner than its Retry-After says', async () => {
		const headers = ['Retry-After: 7'];
		const { lost, events, registers } = await losing(
			{ flags: NO_KEEPALIVE },
			restartedAs({ answer: { code: 503, reason: 'Service Unavailable', headers } }),
			['failed'],
		);
		expect(lost).toMatchObject({ status: 503, cause: { id: 'server-overloaded' } });
		const [first, second] = events.filter(({ status }) => status === 503);
		const between = Date.parse(String(second?.['at'])) - Date.parse(String(first?.['at']));
		expect(between).toBeGreaterThanOrEqual(7000);
		// The two attempts, and the removal at the end.
		expect(registers).toBe(3);
	});

	it('is lost by a certificate that has expired when the server comes back', async () => {
		const { lost, causes, registers } = await losing(
			{ registrar: { tls: CERTIFICATE }, flags: ['--transport', 'tls'] },
			restartedAs({ tls: { ...CERTIFICATE, expired: true } }),
			['failed', 2],
		);
		expect(lost).toMatchObject({ isFlow: true, cause: { id: 'flow-closed' } });
		expect(causes.at(-1)).toBe('tls-expired-certificate');
		expect(registers).toBe(0);
	});

	it.each([
		['towards the server', { towardsServer: 'drop' }],
		['from the server', { fromServer: 'drop' }],
		['that says host unreachable', { towardsServer: { reject: 'host-unreachable' } }],
	] as const)(
		'is lost by a firewall %s, which a UDP socket takes for silence',
		async (_name, router) => {
			const { lost, sends } = await losing({ flags: NO_KEEPALIVE }, filtered(router), ['failed']);
			expect(lost).toMatchObject({ outcome: 'unanswered', cause: { id: 'server-went-silent' } });
			const host = lost?.cannotTell?.find(({ id }) => id === 'host-unreachable');
			expect(host?.decidedBy).toMatch(/tcpdump/);
			// Two attempts with the spacing of Timer E, cut off after 3 s, and the removal of 4 s.
			expect(sends).toBeLessThanOrEqual(3 + 3 + 4);
		},
	);

	it.each([
		['admin-prohibited', 'admin-prohibited'],
		['port-unreachable', 'port-unreachable'],
	] as const)('is lost by a filter that answers a keep-alive with %s', async (reject, id) => {
		const { lost, causes, registers } = await losing(
			// No refresh comes before the keep-alive.
			{ registrar: { maxExpires: 600 }, flags: ['--expires', '600'] },
			filtered({ towardsServer: { reject } }),
			['failed', 2],
		);
		expect(lost).toMatchObject({ isFlow: true, cause: { id } });
		expect(new Set(causes)).toEqual(new Set([id]));
		expect(registers).toBeLessThanOrEqual(4);
	});

	it('is lost over TCP by a filter that refuses the next connection', async () => {
		const { causes, registers } = await losing(
			{ flags: ['--transport', 'tcp'] },
			filtered({ towardsServer: { reject: 'admin-prohibited' } }),
			['failed', 1],
		);
		expect(causes[0]).toBe('server-went-silent');
		// What the kernel makes of the SYN: some tell of the ICMP error, some of silence.
		expect(['tcp-connect-timeout', 'host-unreachable']).toContain(causes[1]);
		expect(registers).toBeLessThanOrEqual(6);
	});

	it('survives a NAT that forgot its mapping, and shows the new one', async () => {
		const { events, causes } = await losing(
			{ flags: NO_KEEPALIVE },
			async ({ lab }) => {
				await lab.filter('router', routerRuleset({ ...PLAIN_ROUTER, nat: 'symmetric' }, [4]));
				await lab.run('router', 'sysctl', [
					...['-qw', 'net.netfilter.nf_conntrack_udp_timeout=2'],
					'net.netfilter.nf_conntrack_udp_timeout_stream=2',
				]);
			},
			['mapping-changed'],
		);
		expect(causes).toEqual([]);
		expect(events.at(-1)).toMatchObject({ losses: 0 });
	});

	it('is lost by another address of this machine, and made anew from there', async () => {
		const { lost, events } = await losing(
			{},
			({ lab }) =>
				lab.run('phone', 'sh', [
					'-c',
					[
						`ip addr del ${lab.lan.phone}/24 dev eth0; ip addr add 192.168.31.77/24 dev eth0`,
						`ip route replace default via ${lab.lan.router}`,
					].join('; '),
				]),
			['registered', 2],
		);
		expect(lost).toMatchObject({
			cause: { id: 'flow-closed', summary: expect.stringMatching(/from 192\.168\.31\.77 now/) },
		});
		const again = events.filter(({ event }) => event === 'registered').at(-1);
		expect(again?.['local']).toMatch(/^192\.168\.31\.77:/);
	});

	it('is lost by an unplugged cable, for which no filter is blamed', async () => {
		const { causes, registers } = await losing(
			{},
			({ lab }) => lab.run('phone', 'ip', ['link', 'set', 'eth0', 'down']),
			['failed', 2],
		);
		expect(new Set(causes)).toEqual(new Set(['host-unreachable']));
		expect(registers).toBe(0);
	});
});
