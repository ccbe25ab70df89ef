/* The captures that mutants are made of: every one of the fixtures. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPcap } from './capture-file.mjs';

const CAPTURES = join(import.meta.dirname, '../../fixtures/captures');

/** Whole files, and those that could be taken apart into records. Sorted, as a seed must mean the same anywhere. */
export function readSeeds(folder = CAPTURES) {
	const files = readdirSync(folder, { recursive: true })
		.filter((name) => /\.(?:pcap|pcapng)$/.test(name))
		.toSorted()
		.map((name) => readFileSync(join(folder, name)))
		.filter((file) => file.length > 0);
	return { files, captures: files.flatMap((file) => readPcap(file) ?? []) };
}
