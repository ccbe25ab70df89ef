import { appendFileSync } from 'node:fs';
import type { WatchEvent } from '../report/watch-event.js';
import { watchLine } from '../report/watch-json.js';
import { UsageError } from '../usecase/usage-error.js';

/** Appends to the file. Where that fails the watch ends in good order first: it may be in the middle of an answer. */
export function eventLog(path: string, onFailure: () => void) {
	let failed: UsageError | undefined;
	return {
		add(event: WatchEvent): void {
			if (failed !== undefined) return;
			try {
				appendFileSync(path, `${watchLine(event)}\n`, { mode: 0o600 });
			} catch (error) {
				const code = error instanceof Error && 'code' in error ? String(error.code) : 'unwritable';
				failed = new UsageError(`--log: ${path} cannot be written (${code})`);
				onFailure();
			}
		},
		throwIfFailed(): void {
			if (failed !== undefined) throw failed;
		},
	};
}
