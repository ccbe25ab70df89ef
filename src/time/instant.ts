/**
 * A moment on one source's own clock: whole microseconds since the Unix epoch. A number holds them exactly until
 * the year 2255; nanosecond captures are rounded down.
 */
export type Instant = number;

/** Milliseconds from `earlier` to `later`; negative when the clock went backwards. */
export function elapsedMs(earlier: Instant, later: Instant): number {
	return (later - earlier) / 1000;
}

/** RFC 3339 in UTC with six fractional digits, `2026-11-21T07:32:39.123456Z`. */
export function toRfc3339(at: Instant): string {
	const milliseconds = Math.floor(at / 1000);
	const date = new Date(milliseconds);
	if (Number.isNaN(date.getTime())) return '1970-01-01T00:00:00.000000Z';
	const microseconds = at - milliseconds * 1000;
	return date.toISOString().replace('Z', `${String(microseconds).padStart(3, '0')}Z`);
}
