import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { killGroup } from '../lab/end-child.js';

/** Frame numbers that a filter selects; undefined where it is not understood. */
export type Selected = readonly number[] | undefined;

/**
 * sharkd is tshark as a server and comes with it (Debian: wireshark-common): each connection is a process of its own,
 * made in a tenth of the time that tshark takes to start.
 */
export interface Sharkd {
	/** What each display filter selects of a capture. */
	select(file: string, filters: readonly string[]): Promise<readonly Selected[]>;
	stop(): Promise<void>;
}

const START_TRIES = 600;
const TRY_MS = 100;

/** Listens at `socket`, a path that is free; undefined where sharkd is not installed. */
export async function startSharkd(socket: string): Promise<Sharkd | undefined> {
	// A user's own preferences must not change what is found.
	const env = { ...process.env, HOME: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent' };
	// A group of its own: it goes into the background, and its number is not known then.
	const child = spawn('sharkd', ['-a', `unix:${socket}`], { env, stdio: 'ignore', detached: true });
	const started = await new Promise<boolean>((resolve) => {
		child.once('spawn', () => resolve(true));
		child.once('error', () => resolve(false));
	});
	if (!started) return undefined;
	const stop = async () => {
		killGroup(child);
		await rm(socket, { force: true });
	};
	for (let tries = 0; tries < START_TRIES; tries += 1) {
		if ((await converse(socket, []).catch(() => undefined)) !== undefined) {
			return { select: (file, filters) => selectFrames(socket, file, filters), stop };
		}
		await delay(TRY_MS);
	}
	await stop();
	throw new Error('sharkd does not listen');
}

async function selectFrames(
	socket: string,
	file: string,
	filters: readonly string[],
): Promise<readonly Selected[]> {
	const questions = filters.map((filter) => ({ method: 'frames', params: { filter } }));
	const text = await converse(socket, [{ method: 'load', params: { file } }, ...questions]);
	const selected = new Map(text.split('\n').flatMap(answerOf));
	// Ids count from 1, and the first is that of `load`.
	return filters.map((_filter, index) => selected.get(index + 2));
}

/** Asks everything in one go, and returns all answers, one a line. */
function converse(
	socket: string,
	questions: readonly { readonly method: string; readonly params: object }[],
): Promise<string> {
	const asked = [...questions, { method: 'bye', params: {} }].map((question, index) =>
		JSON.stringify({ jsonrpc: '2.0', id: index + 1, ...question }),
	);
	return new Promise((resolve, reject) => {
		let text = '';
		const connection = connect(socket);
		connection.setEncoding('utf8').on('data', (part) => {
			text += String(part);
		});
		connection.on('error', reject);
		connection.on('close', () => resolve(text));
		connection.write(`${asked.join('\n')}\n`);
	});
}

function answerOf(line: string): readonly (readonly [number, readonly number[]])[] {
	if (!line.startsWith('{')) return [];
	// The shape of sharkd's answer to `frames`; an error has no result.
	const { id, result } = JSON.parse(line) as {
		readonly id: number;
		readonly result?: readonly { readonly num: number }[] | { readonly status: string };
	};
	if (result === undefined || 'status' in result) return [];
	return [[id, result.map(({ num }) => num)]];
}
