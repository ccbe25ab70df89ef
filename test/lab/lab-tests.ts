/* What the tests of one describe start and write, ended and removed after them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type Lab, type LabOptions, startLab } from './lab.js';

export interface LabTests {
	/** Has something done after the tests. */
	atEnd(cleanup: () => Promise<unknown>): void;
	newLab(options: LabOptions): Promise<Lab>;
	/** An empty folder, for what a test saves. */
	newFolder(): Promise<string>;
}

/** Called in the describe whose tests they are for. */
export function labTests(): LabTests {
	const cleanups: (() => Promise<unknown>)[] = [];
	afterAll(() => Promise.all(cleanups.map((cleanup) => cleanup())));
	return {
		atEnd: (cleanup) => void cleanups.push(cleanup),
		async newLab(options) {
			const lab = await startLab(options);
			cleanups.push(() => lab.stop());
			return lab;
		},
		async newFolder() {
			const folder = await mkdtemp(join(tmpdir(), 'sipdoctor-lab-test-'));
			cleanups.push(() => rm(folder, { recursive: true, force: true }));
			return folder;
		},
	};
}
