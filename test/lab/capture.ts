import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { endChild } from './end-child.js';

/** A running tcpdump; `stop` returns when the last packet is in the file. */
export interface Capture {
	readonly file: string;
	stop(): Promise<void>;
}

const START_LIMIT_MS = 60_000;
/** Longer than a packet takes from the wire through libpcap's immediate mode into the file. */
const SETTLE_MS = 300;

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
		stop: async () => {
			await delay(SETTLE_MS);
			await endChild(child, 'SIGINT');
		},
	};
}
