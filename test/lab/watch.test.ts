/* A registration that is kept against a real Kamailio, behind a real NAT, through their troubles. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import type { CommandResult } from './command.js';
import type { Kamailio } from './kamailio.js';
import type { KamailioOptions } from './kamailio-config.js';
import { type Lab, type LabOptions, startLab } from './lab.js';
import { requireLab } from './require-lab.js';

const availability = await requireLab();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

const EXECUTABLE = join(import.meta.dirname, '../../bin/run.js');
const PASSWORD = 's3cret-lab';
const REGISTRAR: KamailioOptions = { users: [{ username: '1001', password: PASSWORD }] };

interface Event {
	readonly event: string;
	readonly cause?: { readonly id: string } | null;
	readonly natLifetime?: { readonly atMost: number | null };
	readonly [key: string]: unknown;
}

interface Watching {
	readonly lab: Lab;
	readonly server: Kamailio;
	/** Ctrl-C, as its user ends it. */
	interrupt(): Promise<CommandResult>;
	/** What was told so far. */
	events(): Promise<readonly Event[]>;
	/** Waits until this was told so often; throws with what was told instead. */
	told(event: string, times?: number): Promise<void>;
}

/** Nothing in here takes longer. */
const LIMIT_MS = 40_000;

describe.skipIf(!availability.available)(`a watch in the lab${reason}`, () => {
	const cleanups: (() => Promise<unknown>)[] = [];
	afterAll(() => Promise.all(cleanups.map((cleanup) => cleanup())));

	async function watching(
		{ registrar, ...options }: LabOptions & { readonly registrar?: KamailioOptions },
		...more: readonly string[]
	): Promise<Watching> {
		const lab = await startLab(options);
		cleanups.push(() => lab.stop());
		const server = await lab.startServer({ ...REGISTRAR, ...registrar });
		const folder = await mkdtemp(join(tmpdir(), 'sipdoctor-watch-'));
		cleanups.push(() => rm(folder, { recursive: true, force: true }));
		const log = join(folder, 'watch.ndjson');
		const wanted = ['watch', '1001@pbx.example.com', '--server', '203.0.113.10', '--log', log];
		const quick = [
			'--expires',
			'10',
			'--timeout',
			'3',
			'--retry',
			'5',
			'--keepalive-interval',
			'5',
		];
		const command = [process.execPath, EXECUTABLE, ...wanted, ...quick, '--json', ...more];
		const pid = join(folder, 'pid');
		const ended = lab.run('phone', 'sh', ['-c', 'echo $$ > "$0"; exec "$@"', pid, ...command], {
			env: { ...process.env, SIPDOCTOR_PASSWORD: PASSWORD },
			timeoutMs: 100_000,
		});
		const interrupt = async (): Promise<CommandResult> => {
			process.kill(Number(await readFile(pid, 'utf8')), 'SIGINT');
			return ended;
		};
		const events = async (): Promise<readonly Event[]> => {
			const text = await readFile(log, 'utf8').catch(() => '');
			return text
				.split('\n')
				.filter((line) => line !== '')
				.map((line) => JSON.parse(line) as Event);
		};
		const told = async (event: string, times = 1): Promise<void> => {
			for (let waited = 0; waited < LIMIT_MS; waited += 200) {
				const all = await events();
				if (all.filter((one) => one.event === event).length >= times) return;
				await delay(200);
			}
			throw new Error(`${event} was not told ${times} times: ${JSON.stringify(await events())}`);
		};
		return { lab, server, interrupt, events, told };
	}

	it('tells a server that stops and starts again, and ends clean', async () => {
		const watch = await watching({});
		await watch.told('registered');
		await watch.server.stop();
		await watch.told('lost');
		await watch.lab.startServer(REGISTRAR);
		await watch.told('registered', 2);
		const { code, stdout } = await watch.interrupt();
		const events = await watch.events();
		// A closed port says so; where ICMP was lost it is silence.
		const causes = events.filter(({ event }) => event === 'failed').map(({ cause }) => cause?.id);
		for (const cause of causes) expect(['port-unreachable', 'no-response']).toContain(cause);
		expect(events.slice(-2).map(({ event }) => event)).toEqual(['unregistered', 'summary']);
		expect(events.at(-2)).toMatchObject({ isSure: true });
		expect(events.at(-1)).toMatchObject({ losses: 1 });
		expect(stdout).not.toContain(PASSWORD);
		expect(code).toBe(130);
		const second = await watch.lab.phone({
			user: '1001',
			password: PASSWORD,
			domain: 'pbx.example.com',
		});
		expect(second.registered).toBe(true);
	}, 120_000);

	it('shows that a NAT gave another mapping', async () => {
		const watch = await watching(
			// Without a keep-alive nothing goes over the flow but refreshes, every five seconds or more.
			{ router: { nat: 'symmetric' }, registrar: { minExpires: 5, maxExpires: 10 } },
			...['--keepalive', 'none'],
		);
		await watch.lab.run('router', 'sysctl', [
			...['-qw', 'net.netfilter.nf_conntrack_udp_timeout=2'],
			'net.netfilter.nf_conntrack_udp_timeout_stream=2',
		]);
		await watch.told('mapping-changed', 2);
		await watch.interrupt();
		const changed = (await watch.events()).find(({ event }) => event === 'mapping-changed');
		expect(changed?.['from']).toMatch(/^198\.51\.100\.32:/);
		expect(changed?.['to']).not.toBe(changed?.['from']);
		const summary = (await watch.events()).at(-1);
		expect(summary?.natLifetime?.atMost).toBeGreaterThan(2);
		expect(summary?.natLifetime?.atMost).toBeLessThan(10);
	}, 120_000);

	it('answers the OPTIONS of the server, and measures its own', async () => {
		const registrar = { pingSeconds: 3 };
		const watch = await watching({ registrar }, '--keepalive', 'options');
		await watch.told('request-answered', 2);
		await watch.told('keep-alive-answered');
		const { code } = await watch.interrupt();
		expect((await watch.events()).at(-1)).toMatchObject({ losses: 0, isRegistered: true });
		expect(code).toBe(130);
	}, 120_000);

	it('keeps a registration over TLS, verified for the domain', async () => {
		const registrar = { tls: { name: 'pbx.example.com' }, maxExpires: 10, minExpires: 5 };
		const lab = await startLab({ server: { ...REGISTRAR, ...registrar } });
		cleanups.push(() => lab.stop());
		const { stdout, code } = await lab.run(
			'phone',
			process.execPath,
			[
				...[EXECUTABLE, 'watch', '1001@pbx.example.com', '--server', '203.0.113.10', '--json'],
				...['--transport', 'tls', '--ca', lab.certificates?.authority ?? ''],
				...['--expires', '10', '--duration', '12s'],
			],
			{ env: { ...process.env, SIPDOCTOR_PASSWORD: PASSWORD }, timeoutMs: 60_000 },
		);
		const events = stdout
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line) as Event);
		expect(events.map(({ event }) => event).slice(0, 2)).toEqual(['registered', 'refreshed']);
		expect(events[0]).toMatchObject({ transport: 'tls' });
		expect(events.at(-1)).toMatchObject({ losses: 0, failures: 0 });
		expect(code).toBe(0);
	}, 90_000);

	it('goes on over a new connection where the server closed the old one', async () => {
		const watch = await watching({}, '--transport', 'tcp');
		await watch.told('registered');
		await watch.server.stop();
		await watch.told('lost');
		await watch.lab.startServer(REGISTRAR);
		await watch.told('registered', 2);
		await watch.interrupt();
		const events = await watch.events();
		const causes = events.filter(({ event }) => event === 'failed').map(({ cause }) => cause?.id);
		for (const cause of causes) expect(['tcp-refused', 'tcp-reset']).toContain(cause);
		expect(events.at(-2)).toMatchObject({ event: 'unregistered', isSure: true });
	}, 120_000);
});
