import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkJoiner } from '../../src/bytes/chunk-joiner.js';

describe('ChunkJoiner', () => {
	it('holds back until the wanted length is there', () => {
		const joiner = new ChunkJoiner();
		expect(joiner.push(Uint8Array.of(1, 2), 3)).toBeUndefined();
		expect(joiner.push(Uint8Array.of(3, 4), 3)).toEqual(Buffer.from([1, 2, 3, 4]));
	});

	it('does not see a held chunk change when its buffer is used again', () => {
		const joiner = new ChunkJoiner();
		const buffer = Uint8Array.of(1, 2);
		joiner.push(buffer, 3);
		buffer.fill(9);
		expect(joiner.push(Uint8Array.of(3), 3)).toEqual(Buffer.from([1, 2, 3]));
	});

	it('gives back every byte once and in order, however the chunks fall', () => {
		fc.assert(
			fc.property(fc.array(fc.uint8Array({ maxLength: 9 })), fc.nat(8), (chunks, needed) => {
				const joiner = new ChunkJoiner();
				const out: number[] = [];
				for (const chunk of chunks) {
					const run = joiner.push(chunk, needed);
					if (run === undefined) continue;
					out.push(...run.subarray(0, run.length >> 1));
					joiner.keep(run.subarray(run.length >> 1));
				}
				out.push(...(joiner.push(new Uint8Array(0), 0) ?? []));
				expect(out).toEqual(chunks.flatMap((chunk) => [...chunk]));
			}),
		);
	});

	it('completes what the last chunk ended in without a copy of the next one', () => {
		const joiner = new ChunkJoiner();
		joiner.push(Uint8Array.of(1, 2), 3);
		const runs: (Buffer | undefined)[] = [];
		const chunk = Uint8Array.of(3, 4, 5, 6);
		const take = (piece: Uint8Array) => runs.push(joiner.push(piece, 3)) > 0;
		expect(joiner.inPieces(chunk, () => 3, take)).toBe(true);
		expect(runs).toEqual([Buffer.from([1, 2, 3]), Buffer.from([4, 5, 6])]);
		expect(runs[1]?.buffer).toBe(chunk.buffer);
	});

	it('gives few pieces also to a reader that is lost and always wants a byte more than it has', () => {
		const joiner = new ChunkJoiner();
		joiner.push(new Uint8Array(11), 12);
		let pieces = 0;
		let bytes = 11;
		const take = (piece: Uint8Array) => {
			pieces += 1;
			bytes += piece.length;
			joiner.keep((joiner.push(piece, 12) ?? piece).subarray(-11));
			return true;
		};
		joiner.inPieces(new Uint8Array(1_000_000), () => 12, take);
		expect(bytes).toBe(1_000_011);
		expect(pieces).toBeLessThan(30);
	});
});
