import { closeSync, openSync, writeFileSync } from 'node:fs';
import { UsageError } from '../usecase/usage-error.js';
import { inBatches } from './print-report.js';

/** Writes a report for others to read, in place of one that is there. Throws UsageError that names the file. */
export function writeReport(path: string, pieces: Iterable<string>): void {
	const file = orUsageError(path, () => openSync(path, 'w'));
	try {
		for (const text of inBatches(pieces))
			orUsageError(path, () => {
				writeFileSync(file, text);
			});
	} finally {
		closeSync(file);
	}
}

/** Of what is written alone: an error in what makes the pieces is one of ours. */
function orUsageError<Result>(path: string, write: () => Result): Result {
	try {
		return write();
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? String(error.code) : 'unwritable';
		throw new UsageError(`-o: ${path} cannot be written (${code})`);
	}
}
