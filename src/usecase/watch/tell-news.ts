/* From what happened on the flow to what is told of it: a failed attempt gets its cause by the same analysis as a capture. */
import { analyse } from '../../analysis/analyse.js';
import type { SourceLog } from '../../analysis/source-log.js';
import { formatEndpoint } from '../../net/endpoint.js';
import type { Seen, WatchNews } from '../../probe/watch/watch-news.js';
import type { WatchEvent } from '../../report/watch-event.js';
import type { Instant } from '../../time/instant.js';

/** Where things stand when the news come. */
export interface Standing {
	readonly isRegistered: boolean;
	readonly gapMs: (now: Instant) => number | undefined;
}

export function tellNews(news: WatchNews<SourceLog>, standing: Standing): WatchEvent {
	switch (news.kind) {
		case 'registered': {
			const { at, granted: expires, ms, refreshInMs, transport } = news;
			const [local, remote] = [formatEndpoint(news.local), formatEndpoint(news.remote)];
			const mapped = news.mapped && seenText(news.mapped);
			const told = { at, expires, ms, refreshInMs, local, remote, transport, mapped };
			if (standing.isRegistered) return { event: 'refreshed', ...told };
			return { event: 'registered', gapMs: standing.gapMs(at), ...told };
		}
		case 'failed':
			return tellFailure(news, standing);
		case 'flow-lost': {
			const { at, words: text } = news;
			const nothing = { outcome: undefined, status: undefined, cause: undefined };
			return { event: 'lost', isFlow: true, at, since: at, text, ...nothing, retryInMs: undefined };
		}
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
} as const;

function tellFailure(
	{
		at,
		since,
		words,
		status,
		retryInMs,
		log,
		facts,
	}: Extract<WatchNews<SourceLog>, { kind: 'failed' }>,
	{ isRegistered }: Standing,
): WatchEvent {
	// The password is what is being tested, so no account is verified against (diagnoses, In a probe).
	const analysis = analyse({ source: log.finish(facts), accounts: [] });
	const [registration] = analysis.registrations;
	const found = registration?.cause;
	const cause = found && {
		id: found.id,
		severity: found.severity,
		title: found.title,
		summary: found.summary,
		fix: found.fix,
	};
	return {
		event: isRegistered ? 'lost' : 'failed',
		isFlow: false,
		...{ at, since, text: words, outcome: registration?.outcome, status, cause, retryInMs },
	};
}

function seenText({ address, port }: Seen): string {
	return port === undefined ? address : formatEndpoint({ address, port });
}
