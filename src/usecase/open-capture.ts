/** The chunks of a capture file or of stdin, until the end or until the user has had enough. */
import { setTimeout as after } from 'node:timers/promises';
import { CaptureError } from '../capture/capture-error.js';
import { captureSize, followChunks, readChunks } from '../capture/file-reader.js';

export interface OpenOptions {
	/** Ends the reading early: what was read until then is analysed. */
	readonly signal: AbortSignal;
	/** Reads on as the file grows, until the signal fires. */
	readonly follow: boolean;
	/** Told now and then how many bytes were read, and of how many; undefined where the end is not known. */
	readonly onProgress: (bytes: number, total: number | undefined) => void;
}

/** How long a growing file is left alone before it is looked at again. */
const FOLLOW_PAUSE_MS = 250;

/** Throws CaptureError where the file cannot be opened, or the signal fires before anything was read. */
export async function* openCapture(path: string, options: OpenOptions): AsyncGenerator<Uint8Array> {
	const { signal, follow, onProgress } = options;
	// An interrupted pause is no failure: the reader looks at the signal next.
	const pause = () => after(FOLLOW_PAUSE_MS, undefined, { signal }).catch(() => undefined);
	const chunks = follow ? followChunks(path, signal, pause) : readChunks(path, signal);
	const total = follow ? undefined : await captureSize(path);
	let bytes = 0;
	for await (const chunk of chunks) {
		bytes += chunk.length;
		onProgress(bytes, total);
		yield chunk;
	}
	if (bytes === 0 && signal.aborted) {
		const name = path === '-' ? 'standard input' : path;
		throw new CaptureError(
			'interrupted',
			`interrupted before anything of ${name} was read`,
			'What was read until then is told: interrupt it later.',
		);
	}
}
