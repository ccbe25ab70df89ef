/* The command on a terminal: what is only there (a spinner, Ctrl-C as a key) must not lose what was found. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const EXECUTABLE = join(import.meta.dirname, '../../bin/run.js');
const HEALTHY = join(import.meta.dirname, '../../fixtures/captures/healthy-nat/phone.pcap');
const CTRL_C = '\u0003';

/** util-linux runs a command on a terminal of its own, and ends as it does. */
const version = spawnSync('script', ['--version'], { encoding: 'utf8' });
const hasScript = version.error === undefined && version.stdout.includes('util-linux');
const isRequired = process.env['SIPDOCTOR_LAB'] === 'required';

/** What ends a command that hangs: it would not be ended by the end of its terminal. */
const LIMIT = 'timeout --foreground -s KILL 250';

/** Types each key once the terminal shows what comes before it. */
async function onTerminal(
	columns: number,
	args: readonly string[],
	keys: readonly (readonly [after: RegExp, key: string])[] = [],
): Promise<{ readonly code: number | null; readonly shown: string }> {
	const words = [process.execPath, EXECUTABLE, ...args].map((word) => `'${word}'`).join(' ');
	const command = `stty cols ${columns} rows 24; exec ${LIMIT} ${words}`;
	const child = spawn('script', ['-qec', command, '/dev/null'], {
		stdio: ['pipe', 'pipe', 'inherit'],
	});
	let shown = '';
	let typed = 0;
	child.stdout.on('data', (chunk: Buffer) => {
		shown += chunk.toString('utf8');
		const [after, key] = keys[typed] ?? [];
		if (after === undefined || key === undefined || !after.test(shown)) return;
		typed += 1;
		child.stdin.write(key);
	});
	const code = await new Promise<number | null>((resolve, reject) => {
		child.on('error', reject);
		child.on('close', resolve);
	});
	return { code, shown };
}

describe.skipIf(!hasScript && !isRequired)(
	'sipdoctor on a terminal (needs script of util-linux)',
	() => {
		it('tells what was found until Ctrl-C, and exits 130', async () => {
			const { code, shown } = await onTerminal(
				80,
				['analyze', HEALTHY, '--follow'],
				[[/registered for/, CTRL_C]],
			);
			// Once as it ended, and once in the report of the whole, of which this is the last line.
			expect(shown.match(/registered for/g)).toHaveLength(2);
			expect(shown).toMatch(/1 registration: 1 registered/);
			expect(code).toBe(130);
		});

		it('draws nothing on a terminal that has no width', async () => {
			const { code, shown } = await onTerminal(
				0,
				['analyze', HEALTHY, '--follow'],
				[[/registered for/, CTRL_C]],
			);
			expect(shown).not.toContain('reading');
			expect(shown).toMatch(/1 registration: 1 registered/);
			expect(code).toBe(130);
		});
	},
);
