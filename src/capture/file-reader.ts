/*
 * The one reader of capture files. Nobody else under src/ outside commands opens a file to read.
 */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { CaptureError } from './capture-error.js';

/** What pcap-parser and the page cache like best, by measurement. */
const CHUNK_BYTES = 1024 * 1024;

/** Bytes of the file at `path`; undefined for standard input, a pipe, and what cannot be looked at. */
export async function captureSize(path: string): Promise<number | undefined> {
	if (path === '-') return undefined;
	const found = await stat(path).catch(() => undefined);
	return found?.isFile() === true ? found.size : undefined;
}

/**
 * The chunks of the file at `path`, or of standard input for `-`; one is valid until the next is asked for. They end
 * early where the signal fires. Throws `CaptureError` where it is missing, a directory, not readable, or fails half-way.
 */
export async function* readChunks(path: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
	if (path === '-') {
		yield* readStandardInput(signal);
		return;
	}
	const file = await openFile(path);
	let next: Promise<Uint8Array> | undefined;
	try {
		// Two buffers in turn: one is read into while the other is used.
		let [used, free] = [Buffer.allocUnsafe(CHUNK_BYTES), Buffer.allocUnsafe(CHUNK_BYTES)];
		next = readChunk(file, path, used);
		for (let chunk = await next; chunk.length > 0; chunk = await next) {
			if (signal?.aborted === true) return;
			next = readChunk(file, path, free);
			[used, free] = [free, used];
			yield chunk;
		}
	} finally {
		// Whoever stops half-way leaves a read behind, whose failure is of no interest any more.
		await next?.catch(() => undefined);
		await file.close();
	}
}

/**
 * The chunks of a file that somebody still writes to: at its end `pause` is awaited and it is tried again, until the
 * signal fires. Standard input needs none of it. Throws as `readChunks` does.
 */
export async function* followChunks(
	path: string,
	signal: AbortSignal,
	pause: () => Promise<void>,
): AsyncGenerator<Uint8Array> {
	if (path === '-') {
		yield* readStandardInput(signal);
		return;
	}
	const file = await openFile(path);
	try {
		const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
		while (!signal.aborted) {
			const chunk = await readChunk(file, path, buffer);
			if (chunk.length > 0) yield chunk;
			else await pause();
		}
	} finally {
		await file.close();
	}
}

async function* readStandardInput(signal?: AbortSignal): AsyncGenerator<Uint8Array> {
	const { stdin } = process;
	// Waiting for a writer that says nothing would outlast the user's patience.
	const stop = (): void => {
		stdin.destroy();
	};
	signal?.addEventListener('abort', stop, { once: true });
	try {
		for await (const chunk of stdin) {
			// A capture on standard input is bytes: setEncoding is never called on it.
			if (chunk instanceof Uint8Array) yield chunk;
		}
	} catch (error) {
		if (signal?.aborted !== true) throw error;
	} finally {
		signal?.removeEventListener('abort', stop);
	}
}

async function openFile(path: string): Promise<FileHandle> {
	try {
		return await open(path, 'r');
	} catch (error) {
		throw readError(path, error);
	}
}

/** Empty at the end of the file. */
async function readChunk(file: FileHandle, path: string, buffer: Buffer): Promise<Uint8Array> {
	try {
		const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, null);
		return buffer.subarray(0, bytesRead);
	} catch (error) {
		throw readError(path, error);
	}
}

function readError(path: string, error: unknown): CaptureError {
	const code = errorCode(error) ?? 'unknown error';
	switch (code) {
		case 'ENOENT':
		case 'ENOTDIR':
			return new CaptureError('missing-file', `there is no file ${path}`, 'Check the path.');
		case 'EISDIR':
			return new CaptureError(
				'is-a-directory',
				`${path} is a directory`,
				'Name the capture files in it.',
			);
		case 'EACCES':
		case 'EPERM':
			return new CaptureError(
				'no-permission',
				`no permission to read ${path}`,
				'Make it readable for this user (tcpdump writes as root), or read it through sudo cat FILE | sipdoctor analyze -',
			);
		default:
			return new CaptureError(
				'read-failed',
				`${path} cannot be read: ${code}`,
				'Copy the file to a local disk and try again.',
			);
	}
}

/** The errno name that Node put on an error; undefined for any other error. */
export function errorCode(error: unknown): string | undefined {
	const code = error instanceof Error && 'code' in error ? error.code : undefined;
	return typeof code === 'string' ? code : undefined;
}
