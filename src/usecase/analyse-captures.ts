/** `sipdoctor analyze A B …`: the bytes of several captures → one analysis. */
import { DETAIL_LIMIT } from '../analysis/analyse.js';
import { analyseSources } from '../analysis/analyse-sources.js';
import type { Analysis } from '../analysis/analysis.js';
import { KeptRegistrations } from '../analysis/kept-registrations.js';
import { makingRoom } from '../analysis/make-room.js';
import type { FoundSoFar, ReadSource } from '../analysis/read-source.js';
import { SourceLog } from '../analysis/source-log.js';
import { CaptureError } from '../capture/capture-error.js';
import type { Account } from '../registration/account.js';
import { DigestSearcher } from '../registration/digest-search.js';
import type { Vantage } from '../registration/vantage.js';
import { traceCapture } from '../trace/trace-capture.js';
import { afterEach } from './after-each.js';

/** More are no incident but an archive. */
export const MAX_CAPTURES = 8;

export interface CapturesToAnalyse {
	readonly captures: readonly {
		/** The path as given, or `-`. */
		readonly name: string;
		readonly chunks: AsyncIterable<Uint8Array>;
		/** Told now and then what was found so far. */
		readonly onProgress?: ((soFar: FoundSoFar) => void) | undefined;
	}[];
	readonly accounts: readonly Account[];
	/** By name. */
	readonly vantages: ReadonlyMap<string, Vantage>;
	readonly aorPattern?: string | undefined;
	/** Registrations told in full. */
	readonly detailLimit?: number | undefined;
}

/**
 * Reads one capture after the other. Throws CaptureError where nothing of one can be read; where that is so because the user
 * has had enough, those before it are analysed without it.
 */
export async function analyseCaptures(input: CapturesToAnalyse): Promise<Analysis> {
	const { captures, accounts, vantages, aorPattern } = input;
	const kept = new KeptRegistrations(input.detailLimit ?? DETAIL_LIMIT);
	const digestSearcher = new DigestSearcher(() => performance.now());
	const shared = { accounts, aorPattern, digestSearcher };
	const sources: ReadSource[] = [];
	for (const { name, chunks, onProgress } of captures) {
		const vantage = vantages.get(name);
		const log = new SourceLog(accounts, makingRoom(kept, { ...shared, vantage }));
		const told = afterEach(chunks, () => onProgress?.(log.soFar()));
		try {
			sources.push(log.finish(await traceCapture(name, told, log)));
		} catch (error) {
			if (!(error instanceof CaptureError)) throw error;
			if (error.code === 'interrupted' && sources.length > 0) break;
			throw captures.length === 1 ? error : withName(error, name);
		}
	}
	return analyseSources({ sources, vantages, ...shared }, kept);
}

/** Of several captures it is said which one it is. */
function withName(error: CaptureError, name: string): CaptureError {
	const { code, message, suggestion } = error;
	return message.includes(name) ? error : new CaptureError(code, `${name}: ${message}`, suggestion);
}
