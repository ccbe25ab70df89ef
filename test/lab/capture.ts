import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../support/until.js';
import { endChild } from './end-child.js';

/** A running tcpdump; `stop` returns when the last packet is in the file. */
export interface Capture {
	readonly file: string;
	/** Waits until this text was captured. */
	shows(text: RegExp): Promise<void>;
	stop(): Promise<void>;
}

const START_LIMIT_MS = 60_000;
/** For what is still on its way between two hosts. */
const SETTLE_MS = 300;
/** Between two questions to tcpdump. */
const ASK_MS = 50;
const MAX_ASKED = 600;
/** So long the same, and it is idle: it may count a packet that came before its filter did, and never give it. */
const SAME_MS = 3000;

/** Starts tcpdump on a device of a namespace, and returns when it really listens. `only`: a filter of libpcap. */
export async function startCapture(
	namespace: string,
	file: string,
	device: string,
	only: string,
): Promise<Capture> {
	const child = spawn(
		'ip',
		[
			...['netns', 'exec', namespace, 'tcpdump', '-n', '-i', device, '-s', '0'],
			...['-U', '--immediate-mode', '-Z', 'root', '-w', file, only],
		],
		{ stdio: ['ignore', 'ignore', 'pipe'], detached: true },
	);
	let said = '';
	await new Promise<void>((resolve, reject) => {
		const limit = setTimeout(() => {
			child.kill('SIGKILL');
			reject(new Error(`tcpdump does not listen: ${said}`));
		}, START_LIMIT_MS);
		child.stderr.setEncoding('utf8').on('data', (text: string) => {
			said += text;
			if (!said.includes('listening on')) return;
			clearTimeout(limit);
			resolve();
		});
		child.once('error', reject);
		child.once('exit', () => reject(new Error(`tcpdump ended: ${said}`)));
	});
	return {
		file,
		shows: (text) =>
			until(`${text} in ${file}`, async () => text.test((await readFile(file)).toString('latin1'))),
		stop: async () => {
			await delay(SETTLE_MS);
			await written(child, () => said);
			await endChild(child, 'SIGINT');
		},
	};
}

/** Waits until all packets that passed the filter are in the file: those that wait for tcpdump are lost when it ends. */
async function written(child: ChildProcess, saidSoFar: () => string): Promise<void> {
	let before = '';
	let since = performance.now();
	for (let asked = 0; asked < MAX_ASKED && performance.now() - since < SAME_MS; asked += 1) {
		if (child.exitCode !== null || child.signalCode !== null) return;
		const from = saidSoFar().length;
		child.kill('SIGUSR1');
		await delay(ASK_MS);
		const said = saidSoFar().slice(from);
		const told = /(\d+) packets? captured, (\d+) .*? filter, (\d+) packets? dropped/.exec(said);
		const [all, captured, received, dropped] = told ?? [];
		if (all !== undefined && Number(captured) + Number(dropped) >= Number(received)) return;
		if (all === undefined || all !== before) since = performance.now();
		before = all ?? '';
	}
}
