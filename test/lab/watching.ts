/* A watch in a lab: started, listened to, and ended as its user does. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../support/until.js';
import type { CommandResult } from './command.js';
import type { Kamailio } from './kamailio.js';
import type { KamailioOptions } from './kamailio-config.js';
import type { Lab, LabOptions } from './lab.js';
import type { LabTests } from './lab-tests.js';

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
	/** Stops its process while something is done to its surroundings: however long that takes, it finds all of it done. */
	meanwhile<T>(does: () => Promise<T>): Promise<T>;
	/** What was told so far. */
	events(): Promise<readonly Event[]>;
	/** Waits until this was told so often; throws with what was told instead. */
	told(event: string, times?: number): Promise<void>;
}

/** Nothing in here takes longer, on any machine. */
const LIMIT_MS = 150_000;

/** Seconds are few, so that what takes hours elsewhere happens at once. */
const QUICK = ['--timeout', '3', '--retry', '5', '--keepalive-interval', '5'];
const BRIEF = ['--expires', '10'];

/** Ends with the tests that it is for. `registrar`: besides its one user, 1001. */
export async function startWatching(
	{ newLab, newFolder }: LabTests,
	{ registrar, ...options }: LabOptions & { readonly registrar?: KamailioOptions },
	...more: readonly string[]
): Promise<Watching> {
	const lab = await newLab(options);
	const server = await lab.startServer({ ...REGISTRAR, ...registrar });
	const folder = await newFolder();
	const log = join(folder, 'watch.ndjson');
	const port = more.includes('ws') ? ':8080' : '';
	const at = `203.0.113.10${port}`;
	const wanted = ['watch', '1001@pbx.example.com', '--server', at, '--log', log];
	const brief = more.includes('--expires') ? [] : BRIEF;
	const trust = server.certificates === undefined ? [] : ['--ca', server.certificates.authority];
	const command = [EXECUTABLE, ...wanted, ...QUICK, ...brief, '--json', ...trust, ...more];
	const running = lab.begin('phone', process.execPath, command, {
		env: { SIPDOCTOR_PASSWORD: PASSWORD },
		timeoutMs: 280_000,
	});
	const { ended } = running;
	const meanwhile = async <T>(does: () => Promise<T>): Promise<T> => {
		running.signal('SIGSTOP');
		try {
			return await does();
		} finally {
			running.signal('SIGCONT');
		}
	};
	const events = async (): Promise<readonly Event[]> => {
		const text = await readFile(log, 'utf8').catch(() => '');
		return text
			.split('\n')
			.filter((line) => line !== '')
			.map((line) => JSON.parse(line) as Event);
	};
	const told = async (event: string, times = 1): Promise<void> => {
		let isOver = false;
		void ended.finally(() => {
			isOver = true;
		});
		const isTold = async () => {
			const wasOver = isOver;
			const all = await events();
			if (all.filter((one) => one.event === event).length >= times) return true;
			if (wasOver) throw new Error(`it ended: ${JSON.stringify(await ended)}`);
			return false;
		};
		await until(`${event} told ${times} times`, isTold, LIMIT_MS).catch(async (error) => {
			throw new Error(JSON.stringify(await events()), { cause: error });
		});
	};
	return { lab, server, ended, interrupt: running.interrupt, meanwhile, events, told };
}
