/* A thousand accounts against a real Kamailio: nothing may be left behind, there or here. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Lab } from './lab.js';
import { labTests } from './lab-tests.js';
import { requireLab } from './require-lab.js';
import { ADDRESSES } from './topology.js';

const availability = await requireLab();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

const EXECUTABLE = join(import.meta.dirname, '../../bin/run.js');
const PROGRAM = join(import.meta.dirname, 'check-suite.mjs');
const PASSWORD = 's3cret-lab';
const ACCOUNTS = 1000;

interface Figures {
	readonly descriptors: number;
	/** Users that the registrar has a binding of. */
	readonly registered: number;
	/** Megabytes. */
	readonly heap: number;
}

interface Left {
	readonly before: Figures;
	readonly after: Figures;
	readonly verdicts: Readonly<Record<string, number>>;
	readonly bad: unknown;
	readonly ms: number;
}

describe.skipIf(!availability.available)(`a check of a thousand accounts${reason}`, () => {
	const { newLab, newFolder } = labTests();

	it.each(['udp', 'tcp'])(
		'over %s leaves no binding, no socket and no memory behind',
		async (transport) => {
			const lab = await newLab({ server: { passwordForAll: PASSWORD } });
			const folder = await newFolder();
			const suite = join(folder, 'suite.yaml');
			const lines = [
				'parallel: 64',
				'starts-per-second: 100',
				'defaults:',
				`  server: ${ADDRESSES.server}`,
				`  transport: ${transport}`,
				'accounts:',
				...Array.from(
					{ length: ACCOUNTS },
					(_, index) => `  - { aor: ${10_000 + index}@pbx.example.com, password: env:PW }`,
				),
			];
			await writeFile(suite, lines.join('\n'));
			// One binding that is another's, so that it is seen that bindings are counted.
			const phone = { user: 'another', domain: 'pbx.example.com', expires: 3600 };
			expect(await lab.phone({ ...phone, password: PASSWORD })).toMatchObject({ registered: true });
			const args = ['--expose-gc', PROGRAM, suite, ADDRESSES.server];
			const { stdout, stderr } = await lab.run('phone', process.execPath, args, {
				env: { ...process.env, PW: PASSWORD },
				timeoutMs: 560_000,
			});
			expect(stderr).toBe('');
			// The program's own line, whose shape is above.
			const left = JSON.parse(stdout) as Left;
			expect(left.bad).toBeNull();
			expect(left.verdicts).toEqual({ held: ACCOUNTS });
			expect(left.after.descriptors).toBe(left.before.descriptors);
			expect([left.before.registered, left.after.registered]).toEqual([1, 1]);
			// What is kept of an entry is its result alone.
			expect(left.after.heap - left.before.heap).toBeLessThan(20);
		},
		600_000,
	);

	it('leaves no binding either when it is interrupted', async () => {
		const lab = await newLab({ server: { passwordForAll: PASSWORD, delayMs: 5 } });
		const folder = await newFolder();
		const suite = join(folder, 'suite.yaml');
		const lines = [
			'parallel: 32',
			'starts-per-second: 100',
			`defaults: { server: ${ADDRESSES.server}, expires: 600 }`,
			'accounts:',
			...Array.from(
				{ length: ACCOUNTS },
				(_, index) => `  - { aor: ${10_000 + index}@pbx.example.com, password: env:PW }`,
			),
		];
		await writeFile(suite, lines.join('\n'));
		const capture = await lab.capture('phone');
		const command = [EXECUTABLE, 'check', suite, '--json'];
		const running = lab.begin('phone', process.execPath, command, { env: { PW: PASSWORD } });
		// Of 32 at a time; so most of those before it are done, and nearly all are still to come.
		await capture.shows(/sip:10100@pbx/);
		const { code, stdout } = await running.interrupt();
		const count = await lab.run('phone', process.execPath, [PROGRAM, '--count', ADDRESSES.server]);
		// The document of the schema, of which this is a part.
		const { summary, interrupted } = JSON.parse(stdout) as {
			readonly interrupted: boolean;
			readonly summary: { readonly held: number; readonly notRun: number };
		};
		expect(interrupted).toBe(true);
		expect(summary.held).toBeGreaterThan(0);
		expect(summary.held + summary.notRun).toBe(ACCOUNTS);
		expect(count.stdout).toBe('0\n');
		expect(code).toBe(130);
	});

	it('holds transports, certificates and refusals against what is expected of them', async () => {
		const tls = { name: 'pbx.example.com' };
		const lab = await newLab({
			server: { passwordForAll: PASSWORD, tls, webSocket: true },
		});
		const folder = await newFolder();
		const suite = join(folder, 'suite.yaml');
		const account = '{ aor: 1001@pbx.example.com, password: env:PW';
		const lines = [
			`defaults: { server: ${ADDRESSES.server}, ca: ${lab.certificates?.authority}, ws-path: /ws }`,
			'accounts:',
			...['udp', 'tcp', 'tls'].map(
				(one) => `  - ${account}, transport: ${one}, expect: { transport: ${one} } }`,
			),
			`  - ${account}, server: "${ADDRESSES.server}:8080", transport: ws, expect: { transport: ws } }`,
			`  - ${account}, transport: tls, expect: { tls-days-left-at-least: 3000 } }`,
			`  - ${account}, transport: tls, expect: { tls-days-left-at-least: 3650 } }`,
			`  - ${account}, transport: tcp, expect: { tls-days-left-at-least: 1 } }`,
			'  - { aor: 1002@pbx.example.com, password: env:WRONG, expect: { status: 401, cause: wrong-password } }',
			'endpoints: [{ domain: pbx.example.com }]',
		];
		await writeFile(suite, lines.join('\n'));
		const args = [EXECUTABLE, 'check', suite, '--json'];
		const { stdout, code } = await lab.run('phone', process.execPath, args, {
			env: { ...process.env, PW: PASSWORD, WRONG: 'not-it' },
		});
		// The document of the schema, of which this is a part.
		const document = JSON.parse(stdout) as {
			readonly entries: readonly {
				readonly verdict: string;
				readonly expectations: readonly { readonly state: string }[];
			}[];
		};
		const verdicts = document.entries.map(({ verdict, expectations }) =>
			verdict === 'failed' ? expectations.find(({ state }) => state !== 'held')?.state : verdict,
		);
		expect(verdicts).toEqual([
			...['held', 'held', 'held', 'held', 'held', 'failed', 'cannot-tell'],
			...['held', 'held'],
		]);
		expect(code).toBe(1);
	});

	/** Name and verdict of each entry, and the first expectation that does not hold. */
	async function checked(lab: Lab, lines: readonly string[]) {
		const folder = await newFolder();
		const suite = join(folder, 'suite.yaml');
		await writeFile(suite, lines.join('\n'));
		const { stdout } = await lab.run(
			'phone',
			process.execPath,
			[EXECUTABLE, 'check', suite, '--json'],
			{
				env: { ...process.env, PW: PASSWORD },
			},
		);
		// The document of the schema, of which this is a part.
		const { entries } = JSON.parse(stdout) as {
			readonly entries: readonly {
				readonly name: string;
				readonly verdict: string;
				readonly expectations: readonly { readonly key: string; readonly state: string }[];
			}[];
		};
		return entries.map(({ name, verdict, expectations }) => {
			const bad = expectations.find(({ state }) => state !== 'held');
			return bad === undefined ? `${name}: ${verdict}` : `${name}: ${bad.key} ${bad.state}`;
		});
	}

	it('shows a certificate of the client, and tries an entry over each of its transports', async () => {
		const tls = { name: 'pbx.example.com', clientCertificate: true };
		const lab = await newLab({ server: { passwordForAll: PASSWORD, tls } });
		const { authority, client, clientKey } = lab.certificates ?? {};
		const account = 'aor: 1001@pbx.example.com, password: env:PW';
		const told = await checked(lab, [
			`defaults: { server: ${ADDRESSES.server}, ca: ${authority}, headers: { X-Site: Vienna } }`,
			'accounts:',
			`  - { name: with, ${account}, transport: [udp, tls], cert: ${client}, key: "file:${clientKey}" }`,
			`  - { name: without, ${account}, transport: tls }`,
			`  - { name: required, ${account}, transport: tls, expect: { cause: tls-client-certificate-required } }`,
		]);
		expect(told).toEqual([
			...['with (udp): held', 'with (tls): held', 'without: outcome failed', 'required: held'],
		]);
	});

	it.each([
		{ alg: true, told: 'no-alg failed' },
		{ alg: false, told: 'held' },
	])('looks for an ALG where it is asked to: $told', async ({ alg, told }) => {
		const lab = await newLab({ router: { alg }, server: { passwordForAll: PASSWORD } });
		const account = 'aor: 1001@pbx.example.com, password: env:PW';
		const entries = await checked(lab, [
			`defaults: { server: ${ADDRESSES.server} }`,
			'accounts:',
			`  - { name: a, ${account}, alg: true, expect: { no-alg: true } }`,
		]);
		expect(entries).toEqual([`a: ${told}`]);
	});
});
