/*
 * The one reader of capture files. Nobody else under src/ outside commands opens a file to read.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { CaptureError } from './capture-error.js';

/** What pcap-parser and the page cache like best, by measurement. */
const CHUNK_BYTES = 1024 * 1024;

/**
 * The chunks of the file at `path`, or of standard input for `-`. Throws `CaptureError` where it is missing, a
 * directory, not readable, or fails half-way.
 */
export async function* readChunks(path: string): AsyncGenerator<Uint8Array> {
	if (path === '-') {
		for await (const chunk of process.stdin) {
			// A capture on standard input is bytes: setEncoding is never called on it.
			if (chunk instanceof Uint8Array) yield chunk;
		}
		return;
	}
	const file = await openFile(path);
	try {
		let chunk = await readChunk(file, path);
		while (chunk.length > 0) {
			yield chunk;
			chunk = await readChunk(file, path);
		}
	} finally {
		await file.close();
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
async function readChunk(file: FileHandle, path: string): Promise<Uint8Array> {
	try {
		const { bytesRead, buffer } = await file.read(
			Buffer.allocUnsafe(CHUNK_BYTES),
			0,
			CHUNK_BYTES,
			null,
		);
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
