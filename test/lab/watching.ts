/* A watch in a lab: started, listened to, and ended as its user does. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CommandResult } from './command.js';
import type { Kamailio } from './kamailio.js';
import type { KamailioOptions } from './kamailio-config.js';
import { type Lab, type LabOptions, startLab } from './lab.js';

const EXECUTABLE = join(import.meta.dirname, '../../bin/run.js');
export const PASSWORD = 's3cret-lab';
export const REGISTRAR: KamailioOptions = { users: [{ username: '1001', password: PASSWORD }] };

export interface Event {
	readonly event: string;
	readonly isFlow?: boolean;
	readonly cause?: { readonly id: string; readonly summary: string } | null;
	readonly cannotTell?: readonly { readonly id: string; readonly decidedBy: string }[];
	readonly natLifetime?: { readonly atMost: number | null };
	readonly [key: string]: unknown;
}

export interface Watching {
	readonly lab: Lab;
	readonly server: Kamailio;
	/** Of a watch that ends by itself, or was interrupted. */
	readonly ended: Promise<CommandResult>;
	/** Ctrl-C, as its user ends it. */
	interrupt(): Promise<CommandResult>;
	/** What was told so far. */
	events(): Promise<readonly Event[]>;
	/** Waits until this was told so often; throws with what was told instead. */
	told(event: string, times?: number): Promise<void>;
}

/** Nothing in here takes longer. */
const LIMIT_MS = 40_000;

/** Seconds are few, so that what takes hours elsewhere happens at once. */
const QUICK = ['--expires', '10', '--timeout', '3', '--retry', '5', '--keepalive-interval', '5'];

/** `cleanups` are for the end of the tests. `registrar`: besides its one user, 1001. */
export async function startWatching(
	cleanups: (() => Promise<unknown>)[],
	{ registrar, ...options }: LabOptions & { readonly registrar?: KamailioOptions },
	...more: readonly string[]
): Promise<Watching> {
	const lab = await startLab(options);
	cleanups.push(() => lab.stop());
	const server = await lab.startServer({ ...REGISTRAR, ...registrar });
	const folder = await mkdtemp(join(tmpdir(), 'sipdoctor-watch-'));
	cleanups.push(() => rm(folder, { recursive: true, force: true }));
	const log = join(folder, 'watch.ndjson');
	const port = more.includes('ws') ? ':8080' : '';
	const at = `203.0.113.10${port}`;
	const wanted = ['watch', '1001@pbx.example.com', '--server', at, '--log', log];
	const trust = server.certificates === undefined ? [] : ['--ca', server.certificates.authority];
	const command = [process.execPath, EXECUTABLE, ...wanted, ...QUICK, '--json', ...trust, ...more];
	const pid = join(folder, 'pid');
	const ended = lab.run('phone', 'sh', ['-c', 'echo $$ > "$0"; exec "$@"', pid, ...command], {
		env: { ...process.env, SIPDOCTOR_PASSWORD: PASSWORD },
		timeoutMs: 100_000,
	});
	const interrupt = async (): Promise<CommandResult> => {
		process.kill(Number(await readFile(pid, 'utf8')), 'SIGINT');
		return ended;
	};
	const events = async (): Promise<readonly Event[]> => {
		const text = await readFile(log, 'utf8').catch(() => '');
		return text
			.split('\n')
			.filter((line) => line !== '')
			.map((line) => JSON.parse(line) as Event);
	};
	const told = async (event: string, times = 1): Promise<void> => {
		for (let waited = 0; waited < LIMIT_MS; waited += 200) {
			const all = await events();
			if (all.filter((one) => one.event === event).length >= times) return;
			await delay(200);
		}
		throw new Error(`${event} was not told ${times} times: ${JSON.stringify(await events())}`);
	};
	return { lab, server, ended, interrupt, events, told };
}
