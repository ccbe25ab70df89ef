import type { AnalysedSource } from '../analysis/analysis.js';
import { elapsedMs, type Instant, toRfc3339 } from '../time/instant.js';

/** Where the frames and times of a report are counted from. */
export interface ReportClock {
	/** Seconds since the first packet of the first source, as Wireshark's time column shows them: `0.021 s`. */
	readonly since: (source: string, at: Instant) => string;
	/** `#4`; with several sources `B#4`; empty where there is no frame. */
	readonly frame: (source: string, frame: number) => string;
	/** The letter of a source where there are several, else empty. */
	readonly letter: (source: string) => string;
	/** A sentence with letters in place of the names of sources: a path may be longer than a line. */
	readonly lettered: (text: string) => string;
}

/** Several captures are put on the first one's clock: `clockOffsetMs` is how far a source's clock is ahead of it. */
export function makeClock(sources: readonly AnalysedSource[]): ReportClock {
	const start = sources.find(({ firstPacketAt }) => firstPacketAt !== undefined)?.firstPacketAt;
	const byName = new Map(sources.map((source, index) => [source.name, { source, index }]));
	const letter = (name: string) => {
		const index = byName.get(name)?.index;
		return sources.length < 2 || index === undefined ? '' : sourceLetter(index);
	};
	return {
		letter,
		lettered: sources.length < 2 ? (text) => text : lettersFor([...byName.keys()], letter),
		frame: (name, frame) => (frame > 0 ? `${letter(name)}#${frame}` : ''),
		since: (name, at) => {
			const ahead = byName.get(name)?.source.clockOffsetMs ?? 0;
			return formatSeconds((elapsedMs(start ?? at, at) - ahead) / 1000);
		},
	};
}

/** A name is replaced where it stands by itself, the longest first: one may be the end of another. */
function lettersFor(
	names: readonly string[],
	letter: (name: string) => string,
): (text: string) => string {
	// "-" and the like are words of any sentence.
	const paths = names
		.filter((name) => /[./].*\w/.test(name))
		.toSorted((a, b) => b.length - a.length);
	if (paths.length === 0) return (text) => text;
	const any = paths.map((name) => name.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|');
	const alone = new RegExp(`(?<![\\w./-])(?:${any})(?![\\w/-])`, 'g');
	return (text) => text.replaceAll(alone, (name) => letter(name));
}

/** A, B … Z, then A2, B2 … */
function sourceLetter(index: number): string {
	const round = Math.floor(index / 26);
	return String.fromCharCode(65 + (index % 26)) + (round === 0 ? '' : String(round + 1));
}

/** `0.021 s`; milliseconds are enough to order what a person compares. */
function formatSeconds(seconds: number): string {
	return `${seconds.toFixed(3)} s`;
}

/** A length of time in the unit a person would use: `24 ms`, `31.5 s`, `12 min`, `26.0 h`. */
export function formatDuration(milliseconds: number): string {
	if (milliseconds < 10) return `${Number(milliseconds.toFixed(1))} ms`;
	if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
	const seconds = milliseconds / 1000;
	if (seconds < 120) return `${seconds.toFixed(1)} s`;
	return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** `2026-11-21 07:32:39 UTC`. */
export function formatMoment(at: Instant): string {
	return `${toRfc3339(at).slice(0, 19).replace('T', ' ')} UTC`;
}
