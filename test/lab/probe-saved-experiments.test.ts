/* The experiments of a probe in its saved file: `analyze` tells what the probe told, and compares two of them. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from './command.js';
import type { KamailioOptions } from './kamailio-config.js';
import type { Lab, LabOptions } from './lab.js';
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
		readonly findings: readonly { readonly id: string; readonly confidence: string }[];
	}[];
	readonly findings: readonly {
		readonly id: string;
		readonly confidence: string;
		readonly summary: string;
		readonly evidence: readonly { readonly frame: number; readonly text: string }[];
	}[];
	readonly experiments: readonly {
		readonly source: string;
		readonly id: string;
		readonly verdict: string;
		readonly text: string;
		readonly rows: readonly (readonly string[])[];
	}[];
	readonly comparisons: readonly {
		readonly rows: readonly { readonly id: string; readonly values: readonly unknown[] }[];
	}[];
}

describe.skipIf(!availability.available)(`saved experiments in the lab${reason}`, () => {
	const { newLab, newFolder } = labTests();

	async function lab(options: LabOptions): Promise<Lab> {
		const started = await newLab(options);
		await started.run('upstream', 'ip', ['addr', 'add', '203.0.113.141/25', 'dev', 'eth0']);
		const own = ['-n', '-S', '-L', ADDRESSES.upstream, '-L', '203.0.113.141'];
		const quiet = ['--no-tls', '--no-dtls', '--no-cli', '--log-file=stdout', '--pidfile='];
		await started.start('upstream', 'turnserver', [...own, ...quiet], 'IO method (admin thread)');
		const args = [EXECUTABLE, 'reflect', '--address', ADDRESSES.upstream];
		await started.start('upstream', process.execPath, args, 'listening on');
		return started;
	}

	async function saved(started: Lab): Promise<{ live: Report; file: string }> {
		const folder = await newFolder();
		const file = join(folder, 'probe.pcapng');
		const command = [EXECUTABLE, 'probe', '1001@pbx.example.com', '--server', ADDRESSES.server];
		const tries = ['--alg', '--traceroute', '--stun', ADDRESSES.upstream];
		const { stdout } = await started.run(
			'phone',
			process.execPath,
			[...command, '--json', '--save', file, ...tries, '--reflector', ADDRESSES.upstream],
			{ env: { SIPDOCTOR_PASSWORD: PASSWORD } },
		);
		return { live: JSON.parse(stdout) as Report, file };
	}

	async function analysed(...files: readonly string[]): Promise<Report> {
		const { stdout } = await runCommand(process.execPath, [
			...[EXECUTABLE, 'analyze', ...files, '--json'],
		]);
		return JSON.parse(stdout) as Report;
	}

	function essence({ registrations, findings, experiments }: Report) {
		return {
			registrations: registrations.map(({ outcome, cause, findings: more }) => {
				return { outcome, cause: cause?.id, more: more.map(({ id }) => id) };
			}),
			findings: findings.map(({ id, confidence, summary, evidence }) => {
				return { id, confidence, summary, frames: evidence.map(({ frame }) => frame) };
			}),
			experiments: experiments.map(({ source: _source, ...rest }) => rest),
		};
	}

	it('are told by analyze as the probe told them, and compared between two networks', async () => {
		const behindAlg = await saved(await lab({ server: REGISTRAR, router: { alg: true } }));
		const plain = await saved(await lab({ server: REGISTRAR, router: { nat: 'symmetric' } }));
		for (const { live, file } of [behindAlg, plain]) {
			expect(live.experiments.map(({ id }) => id)).toEqual([
				...['stun', 'alg', 'reflector', 'traceroute'],
			]);
			expect(essence(await analysed(file))).toEqual(essence(live));
		}
		expect(behindAlg.live.findings[0]).toMatchObject({ id: 'sip-alg', confidence: 'proven' });
		const both = await analysed(behindAlg.file, plain.file);
		expect(both.experiments).toHaveLength(8);
		const values = (id: string) => both.comparisons[0]?.rows.find((row) => row.id === id)?.values;
		expect(values('alg')).toEqual(['sip-alg (proven)', 'none, tried']);
		expect(values('mapping')?.[1]).toBe('endpoint dependent');
	});
});
