import { spawn } from 'node:child_process';
import { endChild } from './end-child.js';

/** A program that runs until its `stop`, which may be called again. */
export interface Server {
	stop(): Promise<void>;
}

const START_LIMIT_MS = 60_000;

/** Starts a program in a namespace and waits until it has printed `ready`. */
export async function startServer(
	namespace: string,
	command: string,
	args: readonly string[],
	ready: string,
): Promise<Server> {
	const child = spawn('ip', ['netns', 'exec', namespace, command, ...args], {
		stdio: ['ignore', 'pipe', 'pipe'],
		detached: true,
	});
	let said = '';
	try {
		await new Promise<void>((resolve, reject) => {
			const limit = setTimeout(() => reject(new Error(`${command}: ${said}`)), START_LIMIT_MS);
			const listen = (text: string): void => {
				if (said.length < 20_000) said += text;
				if (!said.includes(ready)) return;
				clearTimeout(limit);
				resolve();
			};
			child.stdout.setEncoding('utf8').on('data', listen);
			child.stderr.setEncoding('utf8').on('data', listen);
			child.once('error', reject);
			child.once('exit', (code) => reject(new Error(`${command} ended with ${code}: ${said}`)));
		});
	} catch (error) {
		await endChild(child, 'SIGKILL');
		throw error;
	}
	let ended: Promise<void> | undefined;
	return {
		stop: () => {
			ended ??= endChild(child, 'SIGTERM');
			return ended;
		},
	};
}
