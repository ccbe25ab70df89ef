/*
 * Compressed captures: gzip with any number of members, and zstd where Node has it (22.15). What is cut or damaged is
 * used up to there; what expands without end is given up.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import type { OddityCounter } from '../bytes/oddity.js';
import { CaptureError } from './capture-error.js';

/** No real capture shrinks so much; a bomb of gzip reaches a thousand, one of zstd more. */
const MAX_RATIO = 200;
/** Below this it does not matter. */
const FREE_BYTES = 256 * 1024 * 1024;

/** What zlib loses where it meets damage: it gives whole chunks only. */
const OUTPUT_CHUNK = 64 * 1024;

export interface Compression {
	readonly name: 'gzip' | 'zstd';
	readonly open: () => NodeJS.ReadWriteStream & AsyncIterable<Uint8Array>;
}

/** How a file that begins with `head` is compressed; undefined where it is not, or where we cannot undo it. */
export function recogniseCompression(head: Uint8Array): Compression | undefined {
	const magic = Buffer.from(head.subarray(0, 4)).toString('hex');
	if (magic.startsWith('1f8b')) {
		return { name: 'gzip', open: () => zlib.createGunzip({ chunkSize: OUTPUT_CHUNK }) };
	}
	if (magic !== '28b52ffd' || !('createZstdDecompress' in zlib)) return undefined;
	// Newer than the types of the oldest Node that we run on.
	const open = zlib.createZstdDecompress as () => ReturnType<Compression['open']>;
	return { name: 'zstd', open };
}

/** True where the compressed data ended before its time. */
export interface Decompressed {
	isCut: boolean;
}

/**
 * The decompressed chunks. An end before its time, damage, and giving up are oddities; `CaptureError` where nothing at
 * all came out.
 */
export async function* decompress(
	chunks: AsyncIterable<Uint8Array>,
	{ name, open }: Compression,
	oddities: OddityCounter,
	result: Decompressed,
): AsyncGenerator<Uint8Array> {
	const stream = open();
	const size = { compressed: 0, plain: 0 };
	const running = pipeline(Readable.from(copies(chunks, size)), stream);
	// Whatever goes wrong also ends the loop below.
	running.catch(() => undefined);
	try {
		for await (const chunk of stream) {
			size.plain += chunk.length;
			yield chunk;
			if (size.plain < FREE_BYTES || size.plain < size.compressed * MAX_RATIO) continue;
			const text = `${size.compressed} bytes became more than ${size.plain}: given up there, as no capture shrinks so much`;
			oddities.add('decompression-stopped', name, 0, text);
			return;
		}
	} catch (error) {
		const code = decompressionCode(error);
		if (code === undefined) throw error;
		if (size.plain === 0) throw nothingInIt(name, code);
		result.isCut = code === 'Z_BUF_ERROR';
		const what = result.isCut ? 'ends before its time' : `is damaged (${code})`;
		const text = `the ${name} data ${what} after ${size.plain} decompressed bytes: it was read up to there`;
		oddities.add(result.isCut ? 'compressed-cut' : 'compressed-damaged', name, 0, text);
	}
}

/** A reader uses its buffer again while the decompressor still works. */
async function* copies(
	chunks: AsyncIterable<Uint8Array>,
	size: { compressed: number },
): AsyncGenerator<Uint8Array> {
	for await (const chunk of chunks) {
		size.compressed += chunk.length;
		yield Buffer.from(chunk);
	}
}

/** The code of an error of zlib's; undefined for any other. */
function decompressionCode(error: unknown): string | undefined {
	const code = error instanceof Error && 'code' in error ? error.code : undefined;
	return typeof code === 'string' && /^Z(?:_|STD)/.test(code) ? code : undefined;
}

function nothingInIt(name: string, code: string): CaptureError {
	return new CaptureError(
		'compressed',
		`the ${name} data cannot be decompressed: ${code}`,
		'Copy the file again: nothing of it can be used.',
	);
}
