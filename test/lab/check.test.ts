/* A thousand accounts against a real Kamailio: nothing may be left behind, there or here. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startLab } from './lab.js';
import { requireLab } from './require-lab.js';
import { ADDRESSES } from './topology.js';

const availability = await requireLab();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

const PROGRAM = join(import.meta.dirname, 'check-suite.mjs');
const PASSWORD = 's3cret-lab';
const ACCOUNTS = 1000;

interface Left {
	readonly before: { readonly descriptors: number; readonly heap: number };
	readonly after: {
		readonly descriptors: number;
		readonly registered: number;
		readonly heap: number;
	};
	/** Bindings seen at one time while it ran. */
	readonly most: number;
	readonly openMost: number;
	readonly verdicts: Readonly<Record<string, number>>;
	readonly bad: unknown;
	readonly ms: number;
}

describe.skipIf(!availability.available)(`a check of a thousand accounts${reason}`, () => {
	const cleanups: (() => Promise<unknown>)[] = [];
	afterAll(() => Promise.all(cleanups.map((cleanup) => cleanup())));

	it.each(['udp', 'tcp'])(
		'over %s leaves no binding, no socket and no memory behind',
		async (transport) => {
			const lab = await startLab({ server: { passwordForAll: PASSWORD } });
			cleanups.push(() => lab.stop());
			const folder = await mkdtemp(join(tmpdir(), 'sipdoctor-check-'));
			cleanups.push(() => rm(folder, { recursive: true, force: true }));
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
			const args = ['--expose-gc', PROGRAM, suite, ADDRESSES.server];
			const { stdout, stderr } = await lab.run('phone', process.execPath, args, {
				env: { ...process.env, PW: PASSWORD },
				timeoutMs: 150_000,
			});
			expect(stderr).toBe('');
			// The program's own line, whose shape is above.
			const left = JSON.parse(stdout) as Left;
			expect(left.bad).toBeNull();
			expect(left.verdicts).toEqual({ held: ACCOUNTS });
			expect(left.after.descriptors).toBe(left.before.descriptors);
			expect(left.most).toBeGreaterThan(0);
			expect(left.after.registered).toBe(0);
			// What is kept of an entry is its result alone.
			expect(left.after.heap - left.before.heap).toBeLessThan(20);
		},
		200_000,
	);
});
