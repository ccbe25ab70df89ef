/* From what happened on the flow to what is told of it: a failed attempt gets its cause by the same analysis as a capture. */
import { analyse } from '../../analysis/analyse.js';
import type { DiagnosedRegistration } from '../../analysis/analysis.js';
import type { ReadSource } from '../../analysis/read-source.js';
import { SourceLog } from '../../analysis/source-log.js';
import type { CannotTell } from '../../diagnosis/finding.js';
import { formatEndpoint } from '../../net/endpoint.js';
import type { ProbeRecord } from '../../probe/recorder.js';
import { failureWords } from '../../probe/step-words.js';
import type { Seen, WatchNews } from '../../probe/watch/watch-news.js';
import type { CheckedCause } from '../../report/check-document.js';
import type { WatchEvent } from '../../report/watch-event.js';
import type { Instant } from '../../time/instant.js';
import { attemptCause, flowCause } from './flow-cause.js';

/** Where things stand when the news come. */
export interface Standing {
	readonly isRegistered: boolean;
	readonly gapMs: (now: Instant) => number | undefined;
}

export function tellNews(news: WatchNews<SourceLog>, standing: Standing): WatchEvent {
	switch (news.kind) {
		case 'registered': {
			const { at, granted: expires, ms, refreshInMs, transport, note } = news;
			const [local, remote] = [formatEndpoint(news.local), formatEndpoint(news.remote)];
			const mapped = news.mapped && seenText(news.mapped);
			const told = { at, expires, ms, refreshInMs, local, remote, transport, mapped, note };
			if (standing.isRegistered) return { event: 'refreshed', ...told };
			return { event: 'registered', gapMs: standing.gapMs(at), ...told };
		}
		case 'failed':
			return tellFailure(news, standing);
		case 'flow-lost':
			return tellLostFlow(news);
		case 'mapping-changed': {
			const { at, silenceMs } = news;
			const [from, to] = [seenText(news.from), seenText(news.to)];
			return { event: 'mapping-changed', at, from, to, silenceMs };
		}
		case 'request-answered': {
			const { at, method, from } = news;
			return { event: 'request-answered', at, method, from: formatEndpoint(from) };
		}
		case 'keep-alive-answered':
			return { event: 'keep-alive-answered', at: news.at, ms: Math.round(news.ms * 10) / 10 };
		case 'keep-alive-unanswered':
			return { event: 'keep-alive-unanswered', at: news.at, isDead: news.isDead };
		case 'gave-up':
			return { event: 'gave-up', at: news.at, why: news.why, text: GAVE_UP[news.why](news.words) };
		case 'removed':
			return { event: 'unregistered', at: news.at, isSure: news.isSure, text: news.words };
	}
}

const GAVE_UP = {
	'credentials-refused': (words: string) =>
		`the credentials were refused twice (${words}); nothing more is tried, as a third time may be punished with a ban`,
	'no-answer-to-challenge': (words: string) =>
		`the challenge cannot be answered with what was given (${words})`,
	'other-device': (words: string) =>
		`another device is bound (${words}), and an account for one device would drop it; --beside goes on`,
	'already-bound': (words: string) =>
		`this Contact or instance-id is bound already (${words}), and it would be replaced and removed; --beside goes on`,
} as const;

type Lost = Extract<WatchNews<SourceLog>, { kind: 'flow-lost' }>;
type FailedNews = Extract<WatchNews<SourceLog>, { kind: 'failed' }>;

function tellLostFlow(news: Lost): WatchEvent {
	const { at, loss } = news;
	const text =
		loss.kind === 'silent'
			? 'the server no longer answers on the flow'
			: failureWords(loss.failure);
	const cause = flowCause(news);
	const because = `the socket was told no more than: ${text}`;
	return {
		...{ event: 'lost', isFlow: true, at, since: at, text },
		...{ outcome: undefined, status: undefined, cause },
		cannotTell: cause === undefined ? [untold('host-unreachable', because)] : [],
		retryInMs: undefined,
	};
}

function tellFailure(news: FailedNews, { isRegistered }: Standing): WatchEvent {
	const { at, since, words: text, status, retryInMs } = news;
	const registration = diagnosed(news);
	// What this machine has to do with it no message shows.
	const shown = news.local === undefined ? causeOf(registration) : undefined;
	const cause = shown ?? attemptCause(news);
	const known = registration?.cannotTell ?? [];
	const nothing = cause === undefined && known.length === 0;
	const because = 'the messages of this attempt show no cause';
	return {
		event: isRegistered ? 'lost' : 'failed',
		isFlow: false,
		...{ at, since, text, outcome: registration?.outcome, status, cause },
		cannotTell: nothing ? [untold('no-response', because)] : news.local === undefined ? known : [],
		retryInMs,
	};
}

/** The attempt as the latest of its registration, where one had succeeded before: what changed since may be the cause. */
function diagnosed({ log, facts, records, before }: FailedNews): DiagnosedRegistration | undefined {
	// The password is what is being tested, so no account is verified against (diagnoses, In a probe).
	const alone = analyse({ source: log.finish(facts), accounts: [] }).registrations[0];
	if (before.length === 0 || !records.some(({ kind }) => kind === 'message')) return alone;
	const source = sourceOf([...before, ...records.filter(isOfRegistration)], facts);
	const together = analyse({ source, accounts: [] }).registrations.at(-1);
	// What another outcome was found for is another story.
	return together?.outcome === alone?.outcome && together?.cause !== undefined ? together : alone;
}

/** All but the word that another registration begins. */
function isOfRegistration(record: ProbeRecord): boolean {
	return !(record.kind === 'event' && record.event.kind === 'probe' && !record.event.isOver);
}

function sourceOf(records: readonly ProbeRecord[], facts: FailedNews['facts']): ReadSource {
	const log = new SourceLog();
	for (const [index, record] of records.entries()) {
		const frame = index + 1;
		if (record.kind === 'message') log.message({ ...record.observed, frame, frames: [frame] });
		else if (record.kind === 'event') log.event({ ...record.event, frame });
	}
	return log.finish(facts);
}

function causeOf(registration: DiagnosedRegistration | undefined): CheckedCause | undefined {
	const found = registration?.cause;
	if (found === undefined) return undefined;
	const { id, severity, title, fix } = found;
	// There is no file to look the frame up in.
	const summary = found.summary.replaceAll(/ in frame \d+/g, ' before');
	return { id, severity, title, summary, fix };
}

function untold(id: string, because: string): CannotTell {
	const decidedBy =
		"a capture on this machine when it happens: tcpdump 'icmp or icmp6 or port 5060'";
	return { id, because, decidedBy };
}

function seenText({ address, port }: Seen): string {
	return port === undefined ? address : formatEndpoint({ address, port });
}
