/** `sipdoctor analyze`: the bytes of one capture → an analysis. */
import { analyse, analysePart, DETAIL_LIMIT } from '../analysis/analyse.js';
import type { Analysis } from '../analysis/analysis.js';
import { KeptRegistrations } from '../analysis/kept-registrations.js';
import { type FoundSoFar, SourceLog } from '../analysis/source-log.js';
import type { Account } from '../registration/account.js';
import { DigestSearcher } from '../registration/digest-search.js';
import type { Vantage } from '../registration/vantage.js';
import { traceCapture } from '../trace/trace-capture.js';

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
export async function analyseCapture(capture: CaptureToAnalyse): Promise<Analysis> {
	const { name, chunks, accounts, vantage, aorPattern } = capture;
	const kept = new KeptRegistrations(capture.detailLimit ?? DETAIL_LIMIT);
	const digestSearcher = new DigestSearcher(() => performance.now());
	const shared = { accounts, vantage, aorPattern, digestSearcher };
	const log = new SourceLog(accounts, (source) =>
		kept.leaveOut(analysePart({ source, ...shared })),
	);
	const facts = await traceCapture(name, told(chunks, log, capture.onProgress), log);
	return analyse({ source: log.finish(facts), ...shared }, kept);
}

/** The chunks; what was found in each is told: the consumer has worked on it when it asks for the next one. */
export async function* told(
	chunks: AsyncIterable<Uint8Array>,
	log: SourceLog,
	onProgress: CaptureToAnalyse['onProgress'],
): AsyncGenerator<Uint8Array> {
	for await (const chunk of chunks) {
		yield chunk;
		onProgress?.(log.soFar());
	}
}
