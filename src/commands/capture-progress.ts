import type { Progress } from './progress.js';
import { progressText } from './progress-text.js';

/** Shows how far the reading of one capture is, by what its reader and its log tell. */
export function captureProgress(progress: Progress, name: string) {
	let soFar = { name, bytes: 0, packets: 0, registrations: 0 };
	let total: number | undefined;
	const tell = (more: Partial<typeof soFar>): void => {
		soFar = { ...soFar, ...more };
		progress.sayNowAndThen(() => progressText({ ...soFar, total }, progress.width()));
	};
	return {
		onBytes: (bytes: number, of: number | undefined): void => {
			total = of;
			tell({ bytes });
		},
		onFound: (found: { readonly packets: number; readonly registrations: number }): void => {
			tell(found);
		},
	};
}
