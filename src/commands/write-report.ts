import { writeFileSync } from 'node:fs';
import { UsageError } from '../usecase/usage-error.js';

/** Writes a report for others to read, in place of one that is there. Throws UsageError that names the file. */
export function writeReport(path: string, text: string): void {
	try {
		writeFileSync(path, `${text}\n`);
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? String(error.code) : 'unwritable';
		throw new UsageError(`-o: ${path} cannot be written (${code})`);
	}
}
