/** One capture → an analysis: the simplest form of `analyseCaptures`. */
import type { Analysis } from '../analysis/analysis.js';
import type { FoundSoFar } from '../analysis/read-source.js';
import type { Account } from '../registration/account.js';
import type { Vantage } from '../registration/vantage.js';
import { analyseCaptures } from './analyse-captures.js';

export interface CaptureToAnalyse {
	/** The path as given, or `-`. */
	readonly name: string;
	readonly chunks: AsyncIterable<Uint8Array>;
	readonly accounts: readonly Account[];
	readonly vantage?: Vantage | undefined;
	readonly aorPattern?: string | undefined;
	/** Registrations told in full. */
	readonly detailLimit?: number | undefined;
	/** Told now and then what was found so far. */
	readonly onProgress?: ((soFar: FoundSoFar) => void) | undefined;
}

/** Reads the capture to its end. Throws CaptureError where nothing of it can be read. */
export function analyseCapture(capture: CaptureToAnalyse): Promise<Analysis> {
	const { name, chunks, onProgress, vantage, ...options } = capture;
	const vantages = new Map(vantage === undefined ? [] : [[name, vantage]]);
	return analyseCaptures({ ...options, captures: [{ name, chunks, onProgress }], vantages });
}
