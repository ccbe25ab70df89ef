/** How long failures may keep a client away at most, seconds (RFC 5626 §4.5). */
const MAX_SECONDS = 1800;
/** However long a server asks for: a day later is soon enough to ask again, and a timer holds it. */
const MAX_RETRY_AFTER = 86_400;

/**
 * Milliseconds to wait before the next attempt (RFC 5626 §4.5): the base doubled with each failure in a row, up to half an
 * hour, of it between a half and all. `failures` from 1; `random` from 0 up to 1; `retryAfter` in seconds, which is never
 * undercut (RFC 3261 §20.33).
 */
export function backOffMs(
	failures: number,
	baseSeconds: number,
	random: number,
	retryAfter: number | undefined,
): number {
	const most = Math.min(MAX_SECONDS, baseSeconds * 2 ** Math.min(failures - 1, 20));
	const own = most * (0.5 + random / 2);
	const asked = Math.min(retryAfter ?? 0, MAX_RETRY_AFTER);
	return Math.round(Math.max(own, asked) * 1000);
}
