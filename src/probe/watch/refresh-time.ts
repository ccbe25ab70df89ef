/** A server that grants less must not make a storm of it. */
const LEAST_SECONDS = 5;
/** A timer holds it, and nobody minds a refresh a day. */
const MOST_SECONDS = 86_400;

/**
 * Milliseconds until the next refresh: between a half and 85 % of what was granted, so that one lost REGISTER can be
 * sent again in time, and not all clients of a server come at once. `random` from 0 up to 1.
 */
export function refreshMs(grantedSeconds: number, random: number): number {
	const wanted = grantedSeconds * (0.5 + 0.35 * random);
	return Math.round(Math.min(MOST_SECONDS, Math.max(LEAST_SECONDS, wanted)) * 1000);
}
