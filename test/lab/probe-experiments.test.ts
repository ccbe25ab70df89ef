/* The experiments of a probe, in the lab: the kernel's own NAT and ALG, real SIP and STUN servers. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from './command.js';
import type { KamailioOptions } from './kamailio-config.js';
import type { Lab } from './lab.js';
import { labTests } from './lab-tests.js';
import { requireLab } from './require-lab.js';
import { ADDRESSES } from './topology.js';

const availability = await requireLab();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

const EXECUTABLE = join(import.meta.dirname, '../../bin/run.js');
const PASSWORD = 's3cret-lab';
const REGISTRAR: KamailioOptions = { users: [{ username: '1001', password: PASSWORD }] };

interface Report {
	readonly registrations: readonly {
		readonly outcome: string;
		readonly cause: { readonly id: string } | null;
		readonly findings: readonly { readonly id: string }[];
		readonly steps: readonly {
			readonly id: string;
			readonly state: string;
			readonly text: string;
		}[];
	}[];
	readonly findings: readonly {
		readonly id: string;
		readonly confidence: string;
		readonly evidence: readonly { readonly text: string }[];
	}[];
	readonly experiments: readonly {
		readonly id: string;
		readonly verdict: string;
		readonly text: string;
		readonly rows: readonly (readonly string[])[];
	}[];
}

interface Tried {
	readonly lab: Lab;
	readonly report: Report;
	readonly code: number | undefined;
	readonly output: string;
	step(id: string): Report['registrations'][number]['steps'][number] | undefined;
	experiment(id: string): Report['experiments'][number] | undefined;
}

describe.skipIf(!availability.available)(`experiments of a probe in the lab${reason}`, () => {
	const { newLab, newFolder } = labTests();

	async function tried(started: Lab, args: readonly string[]): Promise<Tried> {
		const command = [EXECUTABLE, 'probe', '1001@pbx.example.com', '--server', ADDRESSES.server];
		const { code, stdout, stderr } = await started.run(
			'phone',
			process.execPath,
			[...command, '--json', '--timeout', '6', ...args],
			{ env: { ...process.env, SIPDOCTOR_PASSWORD: PASSWORD } },
		);
		const report = JSON.parse(stdout) as Report;
		return {
			...{ lab: started, report, code, output: stdout + stderr },
			step: (id) => report.registrations[0]?.steps.find((one) => one.id === id),
			experiment: (id) => report.experiments.find((one) => one.id === id),
		};
	}

	/** A STUN server with two addresses on the host behind the registrar (RFC 5780 needs two). */
	async function startStun(started: Lab): Promise<void> {
		await started.run('upstream', 'ip', ['addr', 'add', '203.0.113.141/25', 'dev', 'eth0']);
		const own = ['-n', '-S', '-L', ADDRESSES.upstream, '-L', '203.0.113.141'];
		const quiet = ['--no-tls', '--no-dtls', '--no-cli', '--log-file=stdout', '--pidfile='];
		await started.start('upstream', 'turnserver', [...own, ...quiet], 'IO method (admin thread)');
	}

	async function startReflector(started: Lab): Promise<void> {
		const args = [EXECUTABLE, 'reflect', '--address', ADDRESSES.upstream];
		await started.start('upstream', process.execPath, args, 'listening on');
	}

	const REFLECTOR = ['--reflector', ADDRESSES.upstream];
	const STUN = ['--stun', ADDRESSES.upstream];

	it.concurrent('prove the kernel’s ALG, and name what it edits', async () => {
		const result = await tried(await newLab({ server: REGISTRAR, router: { alg: true } }), [
			'--alg',
		]);
		expect(result.experiment('alg')?.verdict).toBe('alg-proven');
		expect(result.step('alg')).toMatchObject({ state: 'warning' });
		const [finding] = result.report.findings;
		expect(finding).toMatchObject({ id: 'sip-alg', confidence: 'proven' });
		expect(finding?.evidence.map(({ text }) => text).join()).toContain('192.168.31.30:5060');
		expect(result.report.registrations[0]?.outcome).toBe('registered');
		expect(result.output).not.toContain(PASSWORD);
	});

	it.concurrent('prove it as well where the NAT changes the port', async () => {
		const router = { alg: true, nat: 'symmetric' } as const;
		const result = await tried(await newLab({ server: REGISTRAR, router }), ['--alg']);
		expect(result.experiment('alg')?.verdict).toBe('alg-proven');
	});

	it.concurrent('prove it beside a registration over TLS, which it cannot edit', async () => {
		const server = { ...REGISTRAR, tls: { name: 'pbx.example.com' } };
		const result = await tried(await newLab({ server, router: { alg: true } }), [
			...['--alg', '--transport', 'tls', '--tls-insecure'],
		]);
		expect(result.report.registrations[0]?.outcome).toBe('registered');
		const alg = result.experiment('alg');
		expect(alg?.text).toMatch(/^ALG proven over UDP and TCP/);
		const overTls = alg?.rows.filter((row) => row[1] === 'TLS') ?? [];
		expect(overTls.map((row) => row[4])).toEqual(['', '']);
	});

	it.concurrent('find no ALG behind a NAT that has none', async () => {
		const result = await tried(await newLab({ server: REGISTRAR }), ['--alg']);
		expect(result.experiment('alg')?.verdict).toBe('no-alg');
		expect(result.step('alg')?.state).toBe('ok');
		expect(result.report.findings).toEqual([]);
		expect(result.code).toBe(0);
	});

	it.concurrent('find no ALG behind a symmetric NAT', async () => {
		const router = { nat: 'symmetric' } as const;
		const result = await tried(await newLab({ server: REGISTRAR, router }), ['--alg']);
		expect(result.experiment('alg')?.verdict).toBe('no-alg');
	});

	it.concurrent('find no ALG where there is no NAT', async () => {
		const router = { nat: 'none' } as const;
		const result = await tried(await newLab({ server: REGISTRAR, router }), ['--alg']);
		expect(result.experiment('alg')?.verdict).toBe('no-alg');
	});

	it.concurrent('do not take a proxy for an ALG, and name it as a hop', async () => {
		const started = await newLab({
			server: { relayTo: ADDRESSES.upstream, countsHops: true, serverName: 'EdgeProxy' },
			upstream: { ...REGISTRAR, countsHops: false, serverName: 'LabRegistrar' },
		});
		const result = await tried(started, ['--experiments']);
		expect(result.experiment('alg')?.verdict).toBe('no-alg');
		expect(result.report.findings).toEqual([]);
		const hops = result.experiment('traceroute');
		expect(hops?.verdict).toBe('measured');
		expect(hops?.text).toContain('one SIP hop before the registrar');
		expect(hops?.rows.map((row) => row.slice(0, 3))).toEqual([
			['0', '483 Too Many Hops', 'EdgeProxy'],
			['1', '401 Unauthorized', 'LabRegistrar'],
		]);
	});

	it.concurrent('cannot tell where a firewall drops UDP 5060 one way, and say that TCP passes', async () => {
		const rules = ['iifname "wan" udp sport 5060 drop'];
		const result = await tried(await newLab({ server: REGISTRAR, router: { rules } }), ['--alg']);
		expect(result.experiment('alg')?.verdict).toBe('cannot-tell');
		expect(result.experiment('alg')?.text).toMatch(/no answer came over UDP; over TCP/);
		expect(result.step('alg')?.state).toBe('cannot-tell');
		expect(result.report.findings).toEqual([]);
	});

	it.concurrent.each([
		['that works', {}],
		['that is cut off', { fromServer: 'drop' }],
	] as const)(
		'change nothing in the cause, live and saved, of a registration %s',
		async (_what, router) => {
			const started = await newLab({ server: REGISTRAR, router });
			const folder = await newFolder();
			const saved = join(folder, 'probe.pcapng');
			const { report } = await tried(started, ['--experiments', '--save', saved]);
			const again = await runCommand(process.execPath, [EXECUTABLE, 'analyze', saved, '--json']);
			const analysed = JSON.parse(again.stdout) as Report;
			const told = ({ registrations }: Report) =>
				registrations.map(({ outcome, cause }) => [outcome, cause?.id]);
			expect(told(analysed)).toEqual(told(report));
			expect(told(report)).toEqual([
				'fromServer' in router ? ['unanswered', 'no-response'] : ['registered', undefined],
			]);
		},
	);

	it.concurrent('see by STUN that a NAT maps the same for every destination', async () => {
		const started = await newLab({ server: REGISTRAR });
		await startStun(started);
		const result = await tried(started, STUN);
		expect(result.experiment('stun')?.verdict).toBe('endpoint-independent');
		expect(result.experiment('stun')?.rows.length).toBeGreaterThan(2);
		expect(result.step('nat')?.text).toMatch(/endpoint-independent mapping.*keeps the port/);
	});

	it.concurrent('see by STUN that a NAT maps anew for each destination', async () => {
		const started = await newLab({ server: REGISTRAR, router: { nat: 'symmetric' } });
		await startStun(started);
		const result = await tried(started, STUN);
		expect(result.experiment('stun')?.verdict).toBe('endpoint-dependent');
		expect(result.step('nat')?.state).toBe('warning');
	});

	it.concurrent('see by STUN that there is no NAT', async () => {
		const started = await newLab({ server: REGISTRAR, router: { nat: 'none' } });
		await startStun(started);
		const result = await tried(started, STUN);
		expect(result.experiment('stun')?.verdict).toBe('no-nat');
	});

	it.concurrent('measure the lifetime of a mapping of 20 s by the registrar alone', async () => {
		const started = await newLab({ server: REGISTRAR, router: { nat: 'symmetric' } });
		await started.run('router', 'sysctl', ['-qw', 'net.netfilter.nf_conntrack_udp_timeout=20']);
		const result = await tried(started, ['--nat-timeout', '--nat-timeout-max', '40']);
		expect(result.experiment('nat-timeout')?.verdict).toBe('measured');
		expect(result.experiment('nat-timeout')?.text).toContain('between 15 and 25 s');
		expect(result.step('keepalive')).toMatchObject({ state: 'warning' });
		expect(result.step('keepalive')?.text).toContain('12 s');
	});

	it.concurrent('prove by a reflector what the kernel’s ALG edits on the way there', async () => {
		const started = await newLab({ server: REGISTRAR, router: { alg: true } });
		await startReflector(started);
		const result = await tried(started, REFLECTOR);
		const reflector = result.experiment('reflector');
		expect(reflector?.verdict).toBe('alg-proven');
		const changed = reflector?.rows.filter((row) => row[2] === 'request').map((row) => row[3]);
		expect(changed).toEqual(expect.arrayContaining(['via', 'from', 'contact']));
		expect(JSON.stringify(reflector?.rows)).toContain('198.51.100.32:5060');
		expect(result.report.findings.map(({ id }) => id)).toEqual(['sip-alg']);
	});

	it.concurrent('see at a reflector that a NAT alone changes no octet', async () => {
		const started = await newLab({ server: REGISTRAR, router: { nat: 'symmetric' } });
		await startReflector(started);
		const result = await tried(started, REFLECTOR);
		expect(result.experiment('reflector')?.verdict).toBe('no-alg');
		expect(result.experiment('reflector')?.text).toContain('over UDP and TCP');
		expect(result.step('alg')?.state).toBe('ok');
	});

	it.concurrent('measure the lifetime by a reflector where the NAT keeps the port', async () => {
		const started = await newLab({ server: REGISTRAR });
		await startReflector(started);
		await started.run('router', 'sysctl', ['-qw', 'net.netfilter.nf_conntrack_udp_timeout=20']);
		const max = ['--nat-timeout', '--nat-timeout-max', '30'];
		const result = await tried(started, [...REFLECTOR, ...max]);
		expect(result.experiment('nat-timeout')?.text).toContain('between 15 and 25 s');
	});

	it.concurrent('measure it by a STUN server as well', async () => {
		const started = await newLab({ server: REGISTRAR });
		await startStun(started);
		await started.run('router', 'sysctl', ['-qw', 'net.netfilter.nf_conntrack_udp_timeout=20']);
		const max = ['--nat-timeout', '--nat-timeout-max', '30'];
		const result = await tried(started, [...STUN, ...max]);
		expect(result.experiment('nat-timeout')?.text).toMatch(/towards STUN .*between 15 and 25 s/);
		expect(result.step('keepalive')?.text).toContain('12 s');
	});

	it.concurrent('cannot tell the lifetime where the NAT keeps the port', async () => {
		const result = await tried(await newLab({ server: REGISTRAR }), [
			...['--nat-timeout', '--nat-timeout-max', '10'],
		]);
		expect(result.experiment('nat-timeout')?.verdict).toBe('cannot-tell');
		expect(result.experiment('nat-timeout')?.text).toContain('--reflector');
		expect(result.step('keepalive')?.state).toBe('cannot-tell');
	});
});
