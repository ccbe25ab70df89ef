/** `sipdoctor analyze --follow`: tells each registration as soon as its attempt has ended, while the capture grows. */
import { analyse, DETAIL_LIMIT } from '../analysis/analyse.js';
import type { Analysis } from '../analysis/analysis.js';
import { KeptRegistrations } from '../analysis/kept-registrations.js';
import { makingRoom } from '../analysis/make-room.js';
import { SourceLog } from '../analysis/source-log.js';
import { DigestSearcher } from '../registration/digest-search.js';
import type { Instant } from '../time/instant.js';
import type { NetworkEvent, Observed, TraceSink } from '../trace/observed.js';
import { traceCapture } from '../trace/trace-capture.js';
import type { CaptureToAnalyse } from './analyse-capture.js';
import { type Pace, paced } from './paced.js';
import { ToldEndings } from './told-endings.js';

export interface CaptureToFollow extends CaptureToAnalyse {
	/** Called with an analysis of only those registrations that have ended since it was called last. */
	readonly onEnded: (analysis: Analysis) => void;
	/** The clock's, if absent: how often all are looked at, beside reading on. */
	readonly pace?: Pace;
}

/** Reads until the chunks end, and gives the analysis of all. Throws CaptureError where nothing can be read. */
export async function followCapture(capture: CaptureToFollow): Promise<Analysis> {
	const { name, chunks, accounts, vantage, aorPattern, onEnded } = capture;
	const kept = new KeptRegistrations(capture.detailLimit ?? DETAIL_LIMIT);
	const told = new ToldEndings();
	const digestSearcher = new DigestSearcher(() => performance.now());
	const shared = { accounts, vantage, aorPattern, digestSearcher };
	const log = new FollowedLog(accounts, makingRoom(kept, shared));
	const tell = (): void => {
		if (log.lastAt === undefined || !log.takeNews()) return;
		const { firstAt: firstPacketAt, lastAt: lastPacketAt } = log;
		const source = log.finish({ ...NOTHING_YET, name, firstPacketAt, lastPacketAt });
		const analysis = analyse({ source, ...shared });
		const fresh = analysis.registrations.filter((registration) => told.isNew(registration));
		if (fresh.length > 0) onEnded({ ...analysis, registrations: fresh, findings: [] });
	};
	const facts = await traceCapture(name, paced(chunks, tell, capture.pace), log);
	return analyse({ source: log.finish(facts), ...shared }, kept);
}

/** What is not known before the end; the totals are in the last report. */
const NOTHING_YET = {
	kind: 'capture',
	format: 'followed',
	linkTypes: [],
	packets: 0,
	bytes: 0,
	sipMessages: 0,
	registerRequests: 0,
	truncated: false,
	oddities: [],
} as const;

/** Remembers how far the capture has come; everything else is the log's. */
class FollowedLog extends SourceLog implements TraceSink {
	firstAt: Instant | undefined;
	lastAt: Instant | undefined;
	#hasNews = false;

	/** Whether anything was told since this was asked last. */
	takeNews(): boolean {
		const hadNews = this.#hasNews;
		this.#hasNews = false;
		return hadNews;
	}

	override message(observed: Observed): void {
		this.#note(observed.at);
		super.message(observed);
	}

	override event(event: NetworkEvent): void {
		this.#note(event.at);
		super.event(event);
	}

	/** Each is told as it ends. */
	override repeatable(): undefined {
		return undefined;
	}

	#note(at: Instant): void {
		this.firstAt ??= at;
		this.lastAt = Math.max(this.lastAt ?? 0, at);
		this.#hasNews = true;
	}
}
