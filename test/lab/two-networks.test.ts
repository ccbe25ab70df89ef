/* Probes saved in two networks, and what analyze says differs between them. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ReportDocument } from '../../src/report/report-document.js';
import { runCommand } from './command.js';
import type { LabOptions } from './lab.js';
import { labTests } from './lab-tests.js';
import { requireLab } from './require-lab.js';
import { ADDRESSES } from './topology.js';

const availability = await requireLab();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

const EXECUTABLE = join(import.meta.dirname, '../../bin/run.js');
const PASSWORD = 's3cret-lab';
const SERVER = { users: [{ username: '1001', password: PASSWORD }] };

describe.skipIf(!availability.available)(`saved probes of two networks in the lab${reason}`, () => {
	const { newLab, newFolder } = labTests();

	async function compared(office: LabOptions, hotspot: LabOptions) {
		const folder = await newFolder();
		const networks = { office, hotspot };
		for (const [name, options] of Object.entries(networks)) {
			const lab = await newLab(options);
			const command = [EXECUTABLE, 'probe', '1001@pbx.example.com', '--server', ADDRESSES.server];
			await lab.run(
				'phone',
				process.execPath,
				[...command, '--timeout', '5', '--save', join(folder, `${name}.pcapng`)],
				{ env: { SIPDOCTOR_PASSWORD: PASSWORD } },
			);
		}
		const files = Object.keys(networks).map((name) => `${name}.pcapng`);
		const analyze = [EXECUTABLE, 'analyze', ...files, '--fail-on', 'never'];
		const json = await runCommand(process.execPath, [...analyze, '--json'], { cwd: folder });
		const terminal = await runCommand(process.execPath, analyze, { cwd: folder });
		const report = JSON.parse(json.stdout) as ReportDocument;
		const [comparison] = report.comparisons;
		return {
			comparison,
			text: terminal.stdout.replace(/\s+/g, ' '),
			row: (id: string) => comparison?.rows.find((row) => row.id === id),
		};
	}

	it.concurrent('differ in the ALG', async () => {
		const { comparison, text, row } = await compared(
			{ server: SERVER, router: { alg: true } },
			{ server: SERVER },
		);
		expect(comparison?.columns).toEqual([['office.pcapng'], ['hotspot.pcapng']]);
		expect(row('outcome')).toMatchObject({ values: ['registered', 'registered'], differs: false });
		expect(row('alg')?.values[0]).toMatch(/^sip-alg/);
		expect(row('alg')).toMatchObject({ differs: true, values: [expect.anything(), 'no sign'] });
		expect(text).toContain('≠ ALG');
	});

	it.concurrent('differ in the outcome, which is said to be a matter of the network', async () => {
		const { comparison, text, row } = await compared(
			{ server: SERVER, router: { fromServer: 'drop' } },
			{ server: SERVER, router: { nat: 'none' } },
		);
		expect(row('outcome')).toMatchObject({ values: ['unanswered', 'registered'], differs: true });
		expect(row('cause')?.values).toEqual(['no-response', null]);
		expect(row('server')?.differs).toBe(false);
		expect(comparison?.says).toBe(
			'It registers in hotspot.pcapng and not in office.pcapng: server and transport are the same, so look at the network that it fails in first.',
		);
		expect(text).toContain('≠ outcome A unanswered B registered');
	});
});
