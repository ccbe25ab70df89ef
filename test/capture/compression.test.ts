/* Compressed captures are read; what is cut, damaged or without end is used up to there. */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OddityCounter } from '../../src/bytes/oddity.js';
import { decompress, recogniseCompression } from '../../src/capture/compression.js';
import { inChunks, pcapFile, readAll } from '../support/capture-bytes.js';
import { registerFrame } from '../support/packet-bytes.js';

const file = pcapFile({ records: Array.from({ length: 50 }, () => ({ bytes: registerFrame() })) });

describe('a gzip-compressed capture', () => {
	it('gives what the plain one gives, in members and chunks of any size', async () => {
		const plain = await readAll(file);
		const cuts = fc.tuple(fc.nat(file.length), fc.integer({ min: 1, max: 500 }));
		await fc.assert(
			fc.asyncProperty(cuts, async ([cut, size]) => {
				const members = [gzipSync(file.subarray(0, cut)), gzipSync(file.subarray(cut))];
				expect(await readAll(Buffer.concat(members), size)).toEqual(plain);
			}),
			{ numRuns: 20 },
		);
	});

	it('may have zeroes behind it, as tapes and some routers leave them', async () => {
		const padded = Buffer.concat([gzipSync(file), Buffer.alloc(512)]);
		expect((await readAll(padded)).facts.packets).toBe(50);
	});

	it('that is damaged is used up to the damage, which is said', async () => {
		const frames = Array.from({ length: 40 }, () => file.subarray(24));
		const bytes = gzipSync(Buffer.concat([file, ...frames]), { level: 0 });
		bytes.fill(0xff, bytes.length - 12);
		const { facts } = await readAll(bytes);
		expect(facts.packets).toBeGreaterThan(1000);
		expect(facts.oddities.map(({ kind }) => kind)).toEqual(['compressed-damaged']);
	});

	it('of which nothing can be decompressed is an error that says so', async () => {
		const bytes = Buffer.concat([gzipSync(file).subarray(0, 10), Buffer.alloc(50, 0xff)]);
		await expect(readAll(bytes)).rejects.toMatchObject({
			code: 'compressed',
			message: expect.stringContaining('cannot be decompressed'),
		});
	});

	it('that grows without end is given up, which is said', async () => {
		const bomb = gzipSync(Buffer.alloc(400 * 1024 * 1024), { level: 1 });
		const gzip = recogniseCompression(bomb);
		if (gzip === undefined) throw new Error('gzip is not recognised');
		const oddities = new OddityCounter();
		let bytes = 0;
		for await (const chunk of decompress(inChunks(bomb, 4096), gzip, oddities, { isCut: false })) {
			bytes += chunk.length;
		}
		expect(bytes).toBeLessThan(300 * 1024 * 1024);
		expect(oddities.list().map(({ kind }) => kind)).toEqual(['decompression-stopped']);
	});
});
