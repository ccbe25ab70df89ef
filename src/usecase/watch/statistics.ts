import type { WatchEvent, WatchSummary } from '../../report/watch-event.js';
import { elapsedMs, type Instant } from '../../time/instant.js';
import { TimeHistogram } from './time-histogram.js';

/** Counts what happens; of nothing more than a number is kept, so that months take no more room than minutes. */
export class WatchStatistics {
	readonly #aor: string;
	readonly #startedAt: Instant;
	readonly #responses = new TimeHistogram();
	readonly #keepAlives = new TimeHistogram();
	readonly #byCause = new Map<string, number>();
	#registeredSince: Instant | undefined;
	#lostSince: Instant | undefined;
	#registeredMs = 0;
	#longestGapMs = 0;
	#registrations = 0;
	#failures = 0;
	#losses = 0;
	#unanswered = 0;
	#requestsAnswered = 0;
	#mappingChanges = 0;
	#mapped: string | undefined;
	#gaveUp: string | undefined;

	constructor(aor: string, startedAt: Instant) {
		this.#aor = aor;
		this.#startedAt = startedAt;
	}

	get isRegistered(): boolean {
		return this.#registeredSince !== undefined;
	}

	/** How long it has not been registered at `now`; undefined while it is, or before it ever was. */
	gapMs(now: Instant): number | undefined {
		return this.#lostSince === undefined ? undefined : elapsedMs(this.#lostSince, now);
	}

	note(event: WatchEvent): void {
		switch (event.event) {
			case 'registered':
			case 'refreshed':
				this.#register(event.at);
				if (event.ms !== undefined) this.#responses.add(event.ms);
				this.#mapped = event.mapped;
				return;
			case 'lost':
			case 'failed':
				this.#fail(event);
				return;
			case 'mapping-changed':
				this.#mappingChanges += 1;
				return;
			case 'request-answered':
				this.#requestsAnswered += 1;
				return;
			case 'keep-alive-answered':
				this.#keepAlives.add(event.ms);
				return;
			case 'keep-alive-unanswered':
				this.#unanswered += 1;
				return;
			case 'gave-up':
				this.#gaveUp = event.why;
				return;
			case 'unregistered':
			case 'summary':
				return;
		}
	}

	/** `natLifetime` comes from the flow. */
	summary(at: Instant, natLifetime: WatchSummary['natLifetime']): WatchSummary {
		const ms = Math.max(0, elapsedMs(this.#startedAt, at));
		const open = this.#registeredSince;
		const registered = this.#registeredMs + (open === undefined ? 0 : elapsedMs(open, at));
		return {
			at,
			aor: this.#aor,
			startedAt: this.#startedAt,
			seconds: Math.round(ms / 100) / 10,
			isRegistered: this.isRegistered,
			uptime: ms === 0 ? 0 : Math.min(1, Math.max(0, registered / ms)),
			registrations: this.#registrations,
			failures: this.#failures,
			losses: this.#losses,
			longestGapMs: Math.round(Math.max(this.#longestGapMs, this.gapMs(at) ?? 0)),
			byCause: Object.fromEntries(this.#byCause),
			responseTimeMs: quantiles(this.#responses),
			keepAliveMs: { ...quantiles(this.#keepAlives), unanswered: this.#unanswered },
			requestsAnswered: this.#requestsAnswered,
			mapped: this.#mapped,
			mappingChanges: this.#mappingChanges,
			natLifetime,
			gaveUp: this.#gaveUp,
		};
	}

	#register(at: Instant): void {
		this.#longestGapMs = Math.max(this.#longestGapMs, this.gapMs(at) ?? 0);
		this.#lostSince = undefined;
		this.#registeredSince ??= at;
		this.#registrations += 1;
	}

	#fail(event: Extract<WatchEvent, { event: 'lost' | 'failed' }>): void {
		const id = event.cause?.id ?? 'unknown';
		this.#byCause.set(id, (this.#byCause.get(id) ?? 0) + 1);
		if (!event.isFlow) this.#failures += 1;
		if (event.event === 'failed') return;
		this.#losses += 1;
		const since = this.#registeredSince ?? event.since;
		this.#registeredMs += Math.max(0, elapsedMs(since, event.since));
		this.#registeredSince = undefined;
		this.#lostSince = event.since;
	}
}

function quantiles(times: TimeHistogram): WatchSummary['responseTimeMs'] {
	return { median: times.quantile(0.5), p95: times.quantile(0.95) };
}
