/* Where reading can go on behind damage in a pcapng file: at the next bytes that look like a whole block. */
import { type ByteOrder, u32At, u32In } from '../bytes/integers.js';
import { BLOCK, sectionOrder } from './pcapng-blocks.js';

const MIN_BLOCK_BYTES = 12;
/** No block is believed to be longer when it is guessed: a packet of the largest size with its options. */
const MAX_GUESSED_BYTES = 270_000;
/** Interface, packet, simple packet, name resolution, statistics, enhanced packet. */
const LAST_PLAIN_TYPE = 6;

export interface NextBlock {
	/** `open`: the bytes at `at` may begin a block, whose end is not here yet. */
	readonly kind: 'found' | 'open' | 'none';
	readonly at: number;
	/** Length of the block that may begin at `at`. */
	readonly length: number;
}

/** Looks for a block from `from` on. At the end of the file a block that is not whole is none. */
export function findBlock(
	run: Uint8Array,
	from: number,
	order: ByteOrder,
	isEnd: boolean,
): NextBlock {
	let at = from;
	for (; at + MIN_BLOCK_BYTES <= run.length; at += 1) {
		const length = guessedLength(run, at, order);
		if (length === undefined) continue;
		if (at + length > run.length) {
			if (isEnd) continue;
			return { kind: 'open', at, length };
		}
		// Both lengths of a block are equal.
		if (sameBytes(run, at + 4, at + length - 4)) return { kind: 'found', at, length };
	}
	return { kind: 'none', at, length: MIN_BLOCK_BYTES };
}

function guessedLength(run: Uint8Array, at: number, order: ByteOrder): number | undefined {
	const type = u32In(run, at, order);
	const isSection = type === BLOCK.section;
	if (!isSection && (type === 0 || type > LAST_PLAIN_TYPE)) return undefined;
	const lengthOrder = isSection ? sectionOrder(run, at) : order;
	if (lengthOrder === undefined) return undefined;
	const length = u32In(run, at + 4, lengthOrder);
	const isPossible = length > MIN_BLOCK_BYTES && length % 4 === 0 && length <= MAX_GUESSED_BYTES;
	return isPossible ? length : undefined;
}

function sameBytes(run: Uint8Array, a: number, b: number): boolean {
	return u32At(run, a) === u32At(run, b);
}
