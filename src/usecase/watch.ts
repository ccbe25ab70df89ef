/** `sipdoctor watch`: stays registered, and tells each loss with its cause. */
import { SourceLog } from '../analysis/source-log.js';
import type { Resolver } from '../probe/resolver.js';
import { systemTimers, type Timers } from '../probe/timers.js';
import { localAddressTo } from '../probe/udp-transport.js';
import type { KeepDeps, KeepOptions } from '../probe/watch/keep-options.js';
import { keepRegistered } from '../probe/watch/keep-registered.js';
import type { WatchEvent, WatchSummary } from '../report/watch-event.js';
import type { Instant } from '../time/instant.js';
import { prepareReach, type ReachOptions } from './probe-reach.js';
import { UsageError } from './usage-error.js';
import { WatchStatistics } from './watch/statistics.js';
import { tellNews } from './watch/tell-news.js';

export interface WatchRequest extends KeepOptions {
	/** Name server, certificates, WebSocket path. */
	readonly reach: Omit<ReachOptions, 'server' | 'transports' | 'allTargets' | 'keylogTo'>;
	/** Undefined: until the signal. */
	readonly durationMs: number | undefined;
	/** Ctrl-C: the own binding is removed, and the summary told. */
	readonly signal: AbortSignal;
	readonly randomBytes: (length: number) => Uint8Array;
	/** Each event with how things stand after it; the last one is the summary. */
	readonly onEvent: (event: WatchEvent, standing: WatchSummary) => void;
	/** From 0 up to 1. */
	readonly random: () => number;
	/** Whether any interface but loopback has an address; absent: yes. */
	readonly hasNetwork?: () => boolean;
	/** The machine's own unless a test has others. */
	readonly sourceTowards?: typeof localAddressTo;
	readonly now?: () => Instant;
	readonly timers?: Timers;
	readonly resolver?: Resolver;
	readonly transports?: KeepDeps<SourceLog>['transports'];
}

/** A timer of Node holds no more than some weeks. */
const LONGEST_MS = 86_400_000;
const UNKNOWN = { atLeast: undefined, atMost: undefined };

/** Throws ProbeError or UsageError for a wrong argument, ProbeError where this machine does not let it. */
export async function watchAor(request: WatchRequest): Promise<WatchSummary> {
	const { timers = systemTimers, now = () => Date.now() * 1000, onEvent } = request;
	const { server, hasNetwork } = request;
	if (request.registering !== undefined && request.registering.mode !== 'register')
		throw new UsageError('--contact none only asks for the bindings', 'A watch registers.');
	const reach = prepareReach({
		...{ ...request.reach, server, transports: [] },
		...{ allTargets: false, keylogTo: undefined },
	});
	const statistics = new WatchStatistics(request.aor, now());
	const tell = (event: WatchEvent): void => {
		statistics.note(event);
		onEvent(event, statistics.summary(event.at, UNKNOWN));
	};
	const end = new AbortController();
	const interrupt = (): void => end.abort();
	request.signal.addEventListener('abort', interrupt, { once: true });
	if (request.signal.aborted) interrupt();
	const cancel = afterLong(timers, request.durationMs, interrupt);
	try {
		const lifetime = await keepRegistered<SourceLog>(request, {
			newLog: () => new SourceLog(),
			onNews: (news) =>
				tell(
					tellNews(news, {
						isRegistered: statistics.isRegistered,
						gapMs: (at) => statistics.gapMs(at),
					}),
				),
			...{ now, timers, randomBytes: request.randomBytes, signal: end.signal },
			random: request.random,
			...(hasNetwork === undefined ? {} : { hasNetwork }),
			sourceTowards: request.sourceTowards ?? localAddressTo,
			resolver: request.resolver ?? reach.resolver,
			transports: request.transports ?? reach.transports,
		});
		const summary = statistics.summary(now(), lifetime);
		onEvent({ event: 'summary', ...summary }, summary);
		return summary;
	} finally {
		cancel();
		request.signal.removeEventListener('abort', interrupt);
	}
}

/** Calls `action` after any time, however long; undefined: never. */
function afterLong(timers: Timers, ms: number | undefined, action: () => void): () => void {
	if (ms === undefined) return () => undefined;
	let cancel = (): void => undefined;
	const wait = (left: number): void => {
		const step = Math.min(left, LONGEST_MS);
		cancel = timers.after(step, () => (left > step ? wait(left - step) : action()));
	};
	wait(ms);
	return () => cancel();
}
