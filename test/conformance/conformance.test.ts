import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../lab/command.js';
import { pcapFile } from '../support/capture-bytes.js';
import { ethernet, ipv4, REGISTER, registerFrame, udp } from '../support/packet-bytes.js';

const SCRIPT = join(import.meta.dirname, 'conformance.mjs');
/** Tshark takes a third of a second to start, once for each capture. */
const TIMEOUT_MS = 600_000;

async function hasTshark(): Promise<boolean> {
	const version = await runCommand('tshark', ['--version']).catch(() => undefined);
	if (version?.code === 0) return true;
	if (process.env['SIPDOCTOR_LAB'] !== 'required') return false;
	throw new Error('SIPDOCTOR_LAB=required, but tshark is not installed here');
}

function conformance(...args: readonly string[]) {
	return runCommand(process.execPath, [SCRIPT, ...args], { timeoutMs: TIMEOUT_MS });
}

const name = (await hasTshark()) ? 'sipdoctor and tshark' : 'skipped: tshark is not installed here';

describe.skipIf(name.startsWith('skipped'))(name, { timeout: TIMEOUT_MS }, () => {
	let folder = '';
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'sipdoctor-conformance-'));
	});
	afterAll(() => rm(folder, { recursive: true, force: true }));

	it('find the same REGISTERs and answers in every capture of the fixtures', async () => {
		const { code, stdout } = await conformance();
		expect(stdout).toMatch(/^\d+ files, \d{3,} messages of .*: 0 differences/m);
		expect(code).toBe(0);
	});

	describe('where only one of them finds a message', () => {
		// Tshark goes by the port that PacketCable has, and does not look at the start-line.
		const overlooked = ethernet(ipv4(udp(REGISTER, { sourcePort: 1293 })));
		beforeAll(async () => {
			const records = [{ bytes: registerFrame() }, { bytes: overlooked }];
			await writeFile(join(folder, 'a.pcap'), pcapFile({ records }));
		});

		it('differ, by file, frame and message', async () => {
			const { code, stdout } = await conformance(folder);
			expect(stdout).toContain(
				'  a.pcap: only sipdoctor has frame 2: REGISTER, CSeq 1, Call-ID "1@192.0.2.10" (unexplained)',
			);
			expect(code).toBe(1);
		});

		it('agree once it is listed as a fault of tshark', async () => {
			const clause = 'RFC 3261 §7.1';
			const fault = { file: 'a.pcap', frames: [2], foundBy: 'sipdoctor', clause };
			const faults = join(folder, 'faults.json');
			await writeFile(faults, JSON.stringify([fault]));
			const { code, stdout } = await conformance(folder, '--faults', faults);
			expect(stdout).toContain('1 faults of tshark');
			expect(code).toBe(0);
		});
	});

	it('are not said to agree where there is nothing to compare', async () => {
		const empty = await mkdtemp(join(folder, 'empty-'));
		expect((await conformance(empty)).code).toBe(2);
	});
});
