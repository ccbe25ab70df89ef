/* How the probe registers, against a real Kamailio in four configurations, and odd answers from sipp. */
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../support/until.js';
import { runCommand } from './command.js';
import type { KamailioOptions } from './kamailio-config.js';
import type { Lab, LabOptions } from './lab.js';
import { labTests } from './lab-tests.js';
import { requireLab } from './require-lab.js';

const availability = await requireLab();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

const EXECUTABLE = join(import.meta.dirname, '../../bin/run.js');
const PASSWORD = 's3cret-lab';
const AOR = '1001@pbx.example.com';
const SERVER = '203.0.113.10';
const PLAIN: KamailioOptions = { users: [{ username: '1001', password: PASSWORD }] };

const CONFIGURATIONS: readonly (readonly [string, KamailioOptions])[] = [
	['as it comes', PLAIN],
	['with qop and stale flag', { ...PLAIN, qop: true, stale: true }],
	['with one-time nonces', { ...PLAIN, oneTimeNonces: true }],
	['with SHA-256', { ...PLAIN, algorithm: 'SHA-256', qop: true }],
];

interface Registration {
	readonly outcome: string;
	readonly cause: { readonly id: string } | null;
	readonly findings: readonly { readonly id: string }[];
	readonly grantedExpires: number | null;
	readonly steps: readonly { readonly id: string; readonly state: string; readonly text: string }[];
}

interface Probed {
	readonly code: number;
	readonly output: string;
	readonly registration: Registration | undefined;
	readonly analysed: Registration | undefined;
}

describe.skipIf(!availability.available)(`Q: registering in the lab${reason}`, () => {
	const { atEnd, newLab, newFolder } = labTests();

	async function probe(
		lab: Lab,
		args: readonly string[] = [],
		password = PASSWORD,
	): Promise<Probed> {
		const folder = await newFolder();
		const saved = join(folder, 'probe.pcapng');
		const command = [EXECUTABLE, 'probe', AOR, '--server', SERVER, '--json', '--save', saved];
		const live = await lab.run('phone', process.execPath, [...command, ...args], {
			env: { SIPDOCTOR_PASSWORD: password },
		});
		const again = await runCommand(process.execPath, [EXECUTABLE, 'analyze', saved, '--json']);
		return {
			code: live.code ?? -1,
			output: live.stdout + live.stderr + again.stdout + (await readFile(saved)).toString('latin1'),
			registration: registrationIn(live.stdout),
			analysed: registrationIn(again.stdout),
		};
	}

	function registrationIn(stdout: string): Registration | undefined {
		const report = JSON.parse(stdout) as { readonly registrations: readonly Registration[] };
		return report.registrations[0];
	}

	function step({ registration }: Probed, id: string) {
		return registration?.steps.find((one) => one.id === id);
	}

	function expectSame({ registration, analysed }: Probed): void {
		expect(analysed?.outcome).toBe(registration?.outcome);
		expect(analysed?.cause?.id).toBe(registration?.cause?.id);
	}

	describe.each(CONFIGURATIONS)('Kamailio %s', (_name, server) => {
		it.concurrent('registers the probe and is left without a binding', async () => {
			// The answer to OPTIONS is waited for four times as long as the first REGISTER took.
			const lab = await newLab({ server: { ...server, delayMs: 250 } });
			const result = await probe(lab);
			expect(result.registration?.cause).toBeNull();
			expect(result.registration?.outcome).toBe('registered');
			expect(result.code).toBe(0);
			expect(step(result, 'options')).toMatchObject({ state: 'ok' });
			expect(step(result, 'options')?.text).toMatch(/kamailio/i);
			expect(step(result, 'unregistered')).toMatchObject({ state: 'ok' });
			expect(result.output).not.toContain(PASSWORD);
			expectSame(result);
			const listed = await probe(lab, ['--query']);
			expect(step(listed, 'binding')?.text).toBe('only asked for the bindings: no binding');
			expectSame(listed);
		});

		it.concurrent('is told from one that knows another password, after two tries at most', async () => {
			const result = await probe(await newLab({ server }), [], 'not-the-password');
			expect(result.registration?.cause?.id).toBe('wrong-password');
			expect(result.code).toBe(1);
			expect(result.output).not.toContain('not-the-password');
			// What a busy server is sent again is the same.
			const tries = new Set(result.output.match(/^Authorization: .*$/gm));
			expect([1, 2]).toContain(tries.size);
			expectSame(result);
		});
	});

	it.concurrent('keeps a binding where asked to, lists it, and removes it by its instance-id', async () => {
		const lab = await newLab({ server: PLAIN });
		const instance = 'urn:uuid:00000000-0000-1000-8000-aabbccddeeff';
		const kept = await probe(lab, ['--keep', '--instance', instance]);
		expect(step(kept, 'unregistered')?.state).toBe('warning');
		const blocked = await probe(lab);
		expect(step(blocked, 'binding')?.text).toMatch(/another device is bound/);
		const removed = await probe(lab, ['--unregister', '--instance', instance]);
		expect(step(removed, 'unregistered')?.text).toMatch(/^removed: .*no binding is left/);
		expect(removed.registration?.outcome).toBe('unregistered');
		expect(removed.code).toBe(0);
		expectSame(removed);
	});

	it.concurrent('says that a server trusts by address', async () => {
		const result = await probe(await newLab({ server: { ...PLAIN, challenge: 'none' } }));
		expect(step(result, 'challenge')?.text).toMatch(/trusts this address/);
		expect(step(result, 'credentials')?.text).toMatch(/not tested/);
		expectSame(result);
	});

	it.concurrent('answers the OPTIONS of a server that keeps the way open', async () => {
		const lab = await newLab({ server: { ...PLAIN, pingSeconds: 1 } });
		await probe(lab, ['--keep']);
		const result = await probe(lab, ['--beside']);
		expect(result.registration?.cause).toBeNull();
		expectSame(result);
	});

	it.concurrent('tells monitoring in one line with an exit code', async () => {
		const lab = await newLab({ server: PLAIN });
		const command = [EXECUTABLE, 'probe', AOR, '--server', SERVER, '--nagios'];
		const nagios = (password: string) =>
			lab.run('phone', process.execPath, command, { env: { SIPDOCTOR_PASSWORD: password } });
		const [good, bad] = [await nagios(PASSWORD), await nagios('wrong')];
		expect(good.stdout).toMatch(
			/^SIP OK - 1001@pbx\.example\.com registered in [\d.]+ m?s \| time=[\d.]+s;;; expires=60s\n$/,
		);
		expect(good.code).toBe(0);
		expect(bad.stdout).toMatch(/^SIP CRITICAL - .*wrong-password/);
		expect(bad.code).toBe(2);
	});

	describe('odd answers', () => {
		/** A lab in which sipp plays the registrar. */
		async function sippLab(scenario: string, options: LabOptions = {}): Promise<Lab> {
			const lab = await newLab({ ...options, server: 'nothing' });
			const file = join(import.meta.dirname, 'sipp', `${scenario}.xml`);
			const place = ['-i', SERVER, '-p', '5060', '-t', 'u1'];
			const bounds = ['-m', '2', '-nostdin', '-timeout', '280', '-default_behaviors', 'none'];
			const playing = lab.begin('server', 'sipp', ['-sf', file, ...place, ...bounds], {
				cwd: tmpdir(),
			});
			atEnd(() => {
				playing.signal('SIGKILL');
				return playing.ended;
			});
			await until('sipp listens', async () => {
				const { stdout } = await lab.run('server', 'ss', ['-Huln', 'sport', '=', ':5060']);
				return stdout !== '';
			});
			return lab;
		}

		it.concurrent.each([
			['trying-then-silence', 'unanswered', 'no-final-response', 'register'],
			['moved', 'redirected', 'redirect-not-followed', 'register'],
			['security-agreement', 'rejected', 'security-agreement-required', 'register'],
			['challenge-missing', 'challenged', 'challenge-missing', 'challenge'],
			['forbidden-after-challenge', 'rejected', undefined, 'credentials'],
			['too-brief-for-ever', 'rejected', 'interval-too-brief', 'binding'],
			['server-error', 'rejected', 'server-error', 'register'],
			['declined', 'rejected', 'declined-globally', 'binding'],
			['not-listed', 'unregistered', 'binding-not-listed', 'binding'],
		] as const)('%s: %s', async (scenario, outcome, cause, failedStep) => {
			const result = await probe(await sippLab(scenario), ['--timeout', '8']);
			expect(result.registration?.outcome).toBe(outcome);
			expect(result.registration?.cause).not.toBeNull();
			if (cause !== undefined) expect(result.registration?.cause?.id).toBe(cause);
			expect(step(result, failedStep)?.state).toBe('failed');
			expect(result.code).toBe(1);
			expectSame(result);
		});

		it.concurrent.each([
			['ok-without-contact', /lists no bindings at all/],
			['too-brief', /registered for 600 s|lists no bindings/],
			['proxy-then-registrar', /lists no bindings at all/],
		])('%s: registered', async (scenario, words) => {
			const result = await probe(await sippLab(scenario));
			expect(result.registration?.outcome).toBe('registered');
			expect(result.registration?.cause).toBeNull();
			expect(step(result, 'binding')?.text).toMatch(words);
			expectSame(result);
		});

		it.concurrent('an answer from another address', async () => {
			const options: LabOptions = { router: { nat: 'none' } };
			const lab = await sippLab('ok-without-contact', options);
			await lab.run('server', 'ip', ['addr', 'add', '203.0.113.11/25', 'dev', 'eth0']);
			await lab.filter('server', ANSWERS_FROM_ELSEWHERE);
			const result = await probe(lab, ['--timeout', '8']);
			expect(step(result, 'register')).toMatchObject({ state: 'warning' });
			expect(step(result, 'register')?.text).toMatch(/from 203\.0\.113\.11:5060, not from 203/);
			expect(result.registration?.outcome).toBe('registered');
			expectSame(result);
		});
	});

	it.concurrent('leaves no binding when 200 probes are interrupted at random moments', async () => {
		const users = Array.from({ length: 20 }, (_, index) => String(2001 + index));
		const lab = await newLab({
			server: { users: users.map((username) => ({ username, password: PASSWORD })), qop: true },
		});
		const program = join(import.meta.dirname, 'interrupted-probes.mjs');
		const work = { server: SERVER, domain: 'pbx.example.com', password: PASSWORD, users, each: 10 };
		const ran = await lab.run('phone', process.execPath, [program, JSON.stringify(work)], {});
		expect(ran.stderr).toBe('');
		const { probes, interrupted, bound, left } = JSON.parse(ran.stdout) as Interrupted;
		expect(probes).toBe(200);
		expect(interrupted).toBeGreaterThan(50);
		expect(bound).toBeGreaterThan(20);
		expect(left).toEqual([]);
	});

	it.concurrent('leaves no binding when its user presses Ctrl-C twice', async () => {
		const lab = await newLab({ server: { ...PLAIN, delayMs: 100 } });
		const capture = await lab.capture('phone');
		const command = [EXECUTABLE, 'probe', AOR, '--server', SERVER, '--json'];
		const env = { SIPDOCTOR_PASSWORD: PASSWORD };
		const running = lab.begin('phone', process.execPath, command, { env });
		await capture.shows(BINDS);
		running.signal('SIGINT');
		await capture.shows(REMOVES);
		running.signal('SIGINT');
		const { code } = await running.ended;
		expect([0, 130]).toContain(code);
		const listed = await probe(lab, ['--query']);
		expect(step(listed, 'binding')?.text).toBe('only asked for the bindings: no binding');
	});
});

/** A REGISTER with a Contact, and one that removes it. */
const BINDS = /\r\nContact: <[^>]+>(?!.*;expires=0\r)/;
const REMOVES = /\r\nContact: <[^>]+>.*;expires=0\r/;

interface Interrupted {
	readonly probes: number;
	readonly interrupted: number;
	/** Probes that had sent the REGISTER that binds. */
	readonly bound: number;
	/** Bindings that were found afterwards. */
	readonly left: readonly string[];
}

/** Every answer of the server leaves with another source address; no conntrack mends it. */
const ANSWERS_FROM_ELSEWHERE = [
	'table ip raw {',
	'chain untracked {',
	'type filter hook output priority -300;',
	'udp sport 5060 notrack',
	'}',
	'chain elsewhere {',
	'type filter hook postrouting priority 100;',
	'udp sport 5060 ip saddr set 203.0.113.11',
	'}',
	'}',
	'',
].join('\n');
