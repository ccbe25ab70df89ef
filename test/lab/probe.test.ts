/* The probe as its user runs it, from the phone's place in the lab, against a real Kamailio. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from './command.js';
import type { KamailioOptions } from './kamailio-config.js';
import type { Lab, LabOptions } from './lab.js';
import { labTests } from './lab-tests.js';
import { requireLab } from './require-lab.js';

const availability = await requireLab();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

const EXECUTABLE = join(import.meta.dirname, '../../bin/run.js');
const PASSWORD = 's3cret-lab';
const REGISTRAR: KamailioOptions = { users: [{ username: '1001', password: PASSWORD }] };
const AOR = '1001@pbx.example.com';
/** Long enough for five sends, so that silence is silence; Timer F itself is a unit test. */
const PATIENCE = ['--timeout', '8'];

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
}

interface Probed {
	readonly code: number;
	readonly output: string;
	readonly registration: Report['registrations'][number] | undefined;
	/** The cause that `analyze` names for the saved file. */
	readonly analysed: Report['registrations'][number] | undefined;
}

describe.skipIf(!availability.available)(`probe in the lab${reason}`, () => {
	const { newLab, newFolder } = labTests();

	async function probed(
		options: LabOptions,
		args: readonly string[] = [],
		password = PASSWORD,
	): Promise<Probed & { lab: Lab }> {
		const lab = await newLab(options);
		const folder = await newFolder();
		const saved = join(folder, 'probe.pcapng');
		const command = [
			EXECUTABLE,
			'probe',
			AOR,
			'--server',
			'203.0.113.10',
			'--json',
			'--save',
			saved,
		];
		const env = { ...process.env, SIPDOCTOR_PASSWORD: password };
		const live = await lab.run('phone', process.execPath, [...command, ...args], {
			env,
		});
		const again = await runCommand(process.execPath, [EXECUTABLE, 'analyze', saved, '--json']);
		const output =
			live.stdout + live.stderr + again.stdout + (await readFile(saved)).toString('latin1');
		return {
			lab,
			code: live.code ?? -1,
			output,
			registration: (JSON.parse(live.stdout) as Report).registrations[0],
			analysed: (JSON.parse(again.stdout) as Report).registrations[0],
		};
	}

	function expectSame({ registration, analysed }: Probed): void {
		expect(analysed?.outcome).toBe(registration?.outcome);
		expect(analysed?.cause?.id).toBe(registration?.cause?.id);
	}

	function step({ registration }: Probed, id: string) {
		return registration?.steps.find((one) => one.id === id);
	}

	it.concurrent('registers through NAT over UDP, says so, and leaves no binding', async () => {
		const result = await probed({ server: REGISTRAR });
		expect(result.registration?.outcome).toBe('registered');
		expect(result.registration?.cause).toBeNull();
		expect(result.code).toBe(0);
		expect(step(result, 'unregistered')?.state).toBe('ok');
		expect(step(result, 'nat')?.text).toMatch(/NAT/);
		expect(result.output).not.toContain(PASSWORD);
		expectSame(result);
		const second = await result.lab.phone({
			user: '1001',
			password: PASSWORD,
			domain: 'pbx.example.com',
		});
		expect(second.registered).toBe(true);
	});

	it.concurrent('registers over TCP, with SHA-256 and qop', async () => {
		const registrar = { ...REGISTRAR, algorithm: 'SHA-256' as const, qop: true };
		const result = await probed({ server: registrar }, ['--transport', 'tcp']);
		expect(result.registration?.outcome).toBe('registered');
		expectSame(result);
	});

	it.concurrent('says without a NAT that there is none', async () => {
		const result = await probed({ server: REGISTRAR, router: { nat: 'none' } });
		expect(result.registration?.outcome).toBe('registered');
		expect(step(result, 'nat')?.text).toMatch(/no NAT/i);
	});

	it.concurrent('names a wrong password, and prints none', async () => {
		const result = await probed({ server: REGISTRAR }, [], 'not-the-password');
		expect(result.registration?.outcome).toBe('rejected');
		expect(result.registration?.cause?.id).toBe('wrong-password');
		expect(result.code).toBe(1);
		expect(result.output).not.toContain('not-the-password');
		expectSame(result);
	});

	it.concurrent('names an unknown user', async () => {
		const result = await probed({ server: { ...REGISTRAR, users: [], notFoundForUnknown: true } });
		expect(result.registration?.cause?.id).toBe('unknown-user');
		expectSame(result);
	});

	it.concurrent('names silence where the response is blocked', async () => {
		const result = await probed({ server: REGISTRAR, router: { fromServer: 'drop' } }, PATIENCE);
		expect(result.registration?.outcome).toBe('unanswered');
		expect(result.registration?.cause?.id).toBe('no-response');
		expect(result.code).toBe(1);
		expectSame(result);
	});

	it.concurrent('names a closed port, which is not silence', async () => {
		const result = await probed({ server: 'nothing' }, PATIENCE);
		expect(result.registration?.outcome).toBe('unreachable');
		expect(result.registration?.cause?.id).toBe('port-unreachable');
		expectSame(result);
	});

	it.concurrent('names a filter that refuses', async () => {
		const result = await probed(
			{ router: { towardsServer: { reject: 'admin-prohibited' } } },
			PATIENCE,
		);
		expect(result.registration?.cause?.id).toBe('admin-prohibited');
		expectSame(result);
	});

	it.concurrent('names a TCP port that refuses', async () => {
		const result = await probed({ server: 'nothing' }, ['--transport', 'tcp']);
		expect(result.registration?.cause?.id).toBe('tcp-refused');
		expectSame(result);
	});

	it.concurrent('finds the kernel’s SIP ALG although it registers', async () => {
		const result = await probed({ server: REGISTRAR, router: { alg: true } });
		expect(result.registration?.outcome).toBe('registered');
		// A network without any NAT shows the same `received`, so it is found and not blamed.
		expect(result.registration?.findings.map(({ id }) => id)).toContain('sip-alg');
		expect(result.code).toBe(0);
		expectSame(result);
	});

	it.concurrent('waits for the 408 of a proxy and names it', async () => {
		const result = await probed({ server: { relayTo: '203.0.113.140' } });
		expect(result.registration?.cause?.id).toBe('upstream-timeout');
		expectSame(result);
	});

	it.concurrent('exits 3 on a machine without a network', async () => {
		const { code, stderr } = await runCommand('unshare', [
			'--net',
			process.execPath,
			EXECUTABLE,
			'probe',
			AOR,
		]);
		expect(stderr).toMatch(/no network/);
		expect(code).toBe(3);
	});

	it.concurrent('reports what it has and exits 130 on Ctrl-C', async () => {
		const lab = await newLab({ server: { relayTo: '203.0.113.140' } });
		const command = [EXECUTABLE, 'probe', AOR, '--server', '203.0.113.10', '--json'];
		const capture = await lab.capture('phone');
		const running = lab.begin('phone', process.execPath, command);
		await capture.shows(/REGISTER sip:/);
		const { code, stdout } = await running.interrupt();
		expect((JSON.parse(stdout) as Report).registrations).toHaveLength(1);
		expect(code).toBe(130);
	});
});
