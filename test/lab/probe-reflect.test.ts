/*
 * Every fault of the practice registrar against the probe, from host to host over UDP and as both come out of the
 * box: no answer is larger than its request, and the probe still names what the fault is.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FAULTS } from '../../src/reflector/faults/catalogue.js';
import type { Lab } from './lab.js';
import { labTests } from './lab-tests.js';
import { requireLab } from './require-lab.js';
import { ADDRESSES } from './topology.js';

const availability = await requireLab();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

const EXECUTABLE = join(import.meta.dirname, '../../bin/run.js');
const PASSWORD = 's3cret-lab';
const FIRST_PORT = 5100;
/** Probes at one time. */
const LANES = 3;

interface Seen {
	readonly name: string;
	readonly cause: string | undefined;
	readonly outcome: string | undefined;
}

describe.skipIf(!availability.available)(`probe and reflect in the lab${reason}`, () => {
	const { newLab, newFolder } = labTests();

	async function accountsFile(): Promise<string> {
		const folder = await newFolder();
		const file = join(folder, 'accounts.csv');
		await writeFile(file, `username,password\n1001,${PASSWORD}\n`);
		return file;
	}

	async function probed(lab: Lab, name: string, port: number): Promise<Seen> {
		const server = `${ADDRESSES.server}:${port}`;
		const { stdout } = await lab.run(
			'phone',
			process.execPath,
			[
				...[EXECUTABLE, 'probe', '1001@pbx.example.com', '--server', server],
				...['--transport', 'udp', '--timeout', '9', '--json'],
			],
			{ env: { SIPDOCTOR_PASSWORD: PASSWORD } },
		);
		const report = JSON.parse(stdout) as {
			registrations: { outcome: string; cause: { id: string } | null }[];
		};
		const [first] = report.registrations;
		return { name, cause: first?.cause?.id, outcome: first?.outcome };
	}

	it('each fault leads to the diagnosis that it promises', async () => {
		// A NAT that takes another port: with one that keeps it, an answer to the port of Via arrives.
		const lab = await newLab({ router: { nat: 'symmetric' } });
		const accounts = await accountsFile();
		const waiting = FAULTS.map((fault, index) => ({ fault, port: FIRST_PORT + index }));
		const seen: Seen[] = [];
		const lane = async (): Promise<void> => {
			for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
				const { fault, port } = next;
				const args = ['--address', ADDRESSES.server, '--port', `${port}`, '--accounts', accounts];
				const server = await lab.start(
					'server',
					process.execPath,
					[EXECUTABLE, 'reflect', ...args, '--fault', fault.name, '--duration', '280'],
					'listening on',
				);
				seen.push(await probed(lab, fault.name, port));
				await server.stop();
			}
		};
		await Promise.all(Array.from({ length: LANES }, lane));
		const promised = FAULTS.map(({ name, leadsTo, inProbe }) => [name, inProbe ?? leadsTo]);
		const byName = new Map(seen.map(({ name, cause }) => [name, cause]));
		expect([...byName].toSorted()).toEqual(promised.toSorted());
	}, 600_000);

	it('an honest registrar with two algorithms registers the probe', async () => {
		const lab = await newLab({});
		const args = ['--address', ADDRESSES.server, '--accounts', await accountsFile()];
		const algorithms = ['--algorithm', 'SHA-256', '--algorithm', 'MD5'];
		await lab.start(
			'server',
			process.execPath,
			[EXECUTABLE, 'reflect', ...args, ...algorithms],
			'listening on',
		);
		expect(await probed(lab, 'none', 5060)).toMatchObject({ outcome: 'registered' });
	});
});
