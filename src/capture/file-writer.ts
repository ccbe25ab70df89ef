/*
 * The one writer of capture files. A file of the wanted name appears only once it is whole.
 */
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { CaptureError } from './capture-error.js';
import { errorCode } from './file-reader.js';

/** A capture holds who calls whom and what a password can be guessed from: for its owner only. */
const MODE = 0o600;

/** Writes bytes or blocks of bytes to `path`, in place of a file that is there. Throws `CaptureError` where that fails. */
export async function writeNewFile(
	path: string,
	content: Uint8Array | Iterable<Uint8Array>,
): Promise<void> {
	const partial = `${path}.part`;
	await writePartial(path, content instanceof Uint8Array ? [content] : content);
	try {
		await attempt(path, () => rename(partial, path));
	} catch (error) {
		await rm(partial, { force: true });
		throw error;
	}
}

async function writePartial(path: string, blocks: Iterable<Uint8Array>): Promise<void> {
	const partial = `${path}.part`;
	// 'wx': a link that somebody put there in a shared directory is not followed.
	const file = await attempt(path, () => open(partial, 'wx', MODE));
	try {
		await attempt(path, () => writeAll(file, blocks));
	} catch (error) {
		await rm(partial, { force: true });
		throw error;
	}
}

/** Throws the `CaptureError` of `writeNewFile` before there is anything to lose; leaves nothing behind. */
export async function checkNewFile(path: string): Promise<void> {
	await writePartial(path, []);
	await rm(`${path}.part`, { force: true });
}

async function writeAll(file: FileHandle, blocks: Iterable<Uint8Array>): Promise<void> {
	try {
		for (const block of blocks) await file.appendFile(block);
	} finally {
		await file.close();
	}
}

async function attempt<T>(path: string, action: () => Promise<T>): Promise<T> {
	try {
		return await action();
	} catch (error) {
		const code = errorCode(error);
		// What is not the file system's fault is ours, and must not look like the user's.
		throw code === undefined ? error : writeError(path, code);
	}
}

function writeError(path: string, code: string): CaptureError {
	const cannot = `${path} cannot be written`;
	switch (code) {
		case 'EEXIST':
			return new CaptureError(
				'write-failed',
				`${cannot}: ${path}.part is there already`,
				'Remove it: an earlier run left it, or another one is writing.',
			);
		case 'ENOENT':
			return new CaptureError('write-failed', `${cannot}: no such directory`, 'Make it first.');
		case 'EACCES':
		case 'EPERM':
		case 'EROFS':
			return new CaptureError('write-failed', `${cannot}: no permission`, 'Choose another place.');
		case 'EISDIR':
			return new CaptureError('write-failed', `${cannot}: it is a directory`, 'Name a file.');
		case 'ENOSPC':
			return new CaptureError('write-failed', `${cannot}: the disk is full`, 'Make room.');
		default:
			return new CaptureError('write-failed', `${cannot}: ${code}`, 'Choose another place.');
	}
}
