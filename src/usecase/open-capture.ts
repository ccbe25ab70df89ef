/** The chunks of a capture file or of stdin, until the end or until the user has had enough. */
import { readChunks } from '../capture/file-reader.js';

export interface OpenOptions {
	/** Ends the reading early: what was read until then is analysed. */
	readonly signal: AbortSignal;
	/** Told now and then how much was read. */
	readonly onProgress: (text: string) => void;
}

const MEBIBYTE = 1_048_576;

/** Throws CaptureError where the file cannot be opened. */
export async function* openCapture(path: string, options: OpenOptions): AsyncGenerator<Uint8Array> {
	let bytes = 0;
	for await (const chunk of readChunks(path)) {
		if (options.signal.aborted) return;
		bytes += chunk.length;
		options.onProgress(`reading ${path}, ${Math.round(bytes / MEBIBYTE)} MiB`);
		yield chunk;
	}
}
