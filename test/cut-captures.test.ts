/*
 * Somebody starts a capture too late, or ends it too early: whatever is left of a healthy registration of the lab has
 * no cause.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyseCapture } from '../src/usecase/analyse-capture.js';
import { inChunks } from './support/capture-bytes.js';

const CAPTURES = join(import.meta.dirname, '../fixtures/captures');
const FILE_HEADER = 24;
const RECORD_HEADER = 16;

/** Its first attempt is rejected, or waits longer than a phone does: a capture that ends there shows one that is not registered. */
const FAIL_AT_FIRST = ['healthy-wrong-then-right', 'healthy-nonce-over'];

const files = readdirSync(CAPTURES)
	.filter((name) => name.startsWith('healthy-') && !FAIL_AT_FIRST.includes(name))
	.flatMap((name) => ['phone', 'wan', 'proxy', 'server'].map((place) => `${name}/${place}.pcap`))
	.filter((file) => existsSync(join(CAPTURES, file)));

/** Where each record of a little-endian pcap begins, and the end of the last. */
function recordStarts(file: Buffer): readonly number[] {
	const starts = [FILE_HEADER];
	for (let at = FILE_HEADER; at + RECORD_HEADER <= file.length; starts.push(at)) {
		at += RECORD_HEADER + file.readUInt32LE(at + 8);
	}
	return starts;
}

async function causes(name: string, file: Buffer): Promise<readonly string[]> {
	const { registrations } = await analyseCapture({
		name,
		chunks: inChunks(file, file.length),
		accounts: [],
	});
	return registrations.flatMap(({ cause }) => cause?.id ?? []);
}

describe.each(files)('%s', (name) => {
	const file = readFileSync(join(CAPTURES, name));
	const starts = recordStarts(file);

	it('has no cause where it ends early', async () => {
		for (const end of starts) expect(await causes(name, file.subarray(0, end))).toEqual([]);
	});

	it('has no cause where it starts late', async () => {
		const head = file.subarray(0, FILE_HEADER);
		for (const start of starts) {
			const late = Buffer.concat([head, file.subarray(start)]);
			expect(await causes(name, late)).toEqual([]);
		}
	});
});
