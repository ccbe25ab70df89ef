import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readChunks } from '../../src/capture/file-reader.js';
import { writeNewFile } from '../../src/capture/file-writer.js';

const folder = mkdtempSync(join(tmpdir(), 'sipdoctor-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function readWhole(path: string): Promise<Buffer> {
	const chunks: Uint8Array[] = [];
	// A chunk's buffer is used again for a later one.
	for await (const chunk of readChunks(path)) chunks.push(Buffer.from(chunk));
	return Buffer.concat(chunks);
}

describe('readChunks', () => {
	it('gives the bytes of a file larger than a chunk', async () => {
		const bytes = Buffer.alloc(2_500_000, 'sipdoctor');
		writeFileSync(join(folder, 'large'), bytes);
		expect((await readWhole(join(folder, 'large'))).equals(bytes)).toBe(true);
	});

	it('says that a file is missing', async () => {
		await expect(readWhole(join(folder, 'nowhere'))).rejects.toMatchObject({
			code: 'missing-file',
			message: expect.stringContaining('nowhere'),
		});
	});

	it('says that a directory is one', async () => {
		await expect(readWhole(folder)).rejects.toMatchObject({ code: 'is-a-directory' });
	});

	// The superuser may read everything.
	it.skipIf(process.getuid?.() === 0)('says that a permission is missing', async () => {
		writeFileSync(join(folder, 'closed'), 'x');
		chmodSync(join(folder, 'closed'), 0);
		await expect(readWhole(join(folder, 'closed'))).rejects.toMatchObject({
			code: 'no-permission',
		});
	});
});

describe('writeNewFile', () => {
	it('writes what the reader reads, for its owner only', async () => {
		const path = join(folder, 'written');
		await writeNewFile(path, [Uint8Array.of(1), Uint8Array.of(2, 3)]);
		expect(await readFile(path)).toEqual(Buffer.from([1, 2, 3]));
		expect(statSync(path).mode & 0o777).toBe(0o600);
	});

	it('leaves an older file alone until the new one is whole', async () => {
		const path = join(folder, 'older');
		writeFileSync(path, 'older');
		function* failing() {
			yield Uint8Array.of(1);
			throw new Error('no more');
		}
		await expect(writeNewFile(path, failing())).rejects.toThrow('no more');
		expect(await readFile(path, 'utf8')).toBe('older');
		await expect(readFile(`${path}.part`)).rejects.toMatchObject({ code: 'ENOENT' });
	});

	it('does not write through what already lies at its working name', async () => {
		const path = join(folder, 'taken');
		writeFileSync(`${path}.part`, 'mine');
		await expect(writeNewFile(path, Uint8Array.of(1))).rejects.toMatchObject({
			code: 'write-failed',
			message: expect.stringContaining('.part is there already'),
		});
		expect(await readFile(`${path}.part`, 'utf8')).toBe('mine');
	});

	it('says that a directory is missing', async () => {
		const writing = writeNewFile(join(folder, 'no', 'where'), Uint8Array.of(1));
		await expect(writing).rejects.toMatchObject({ message: expect.stringContaining('directory') });
	});
});
