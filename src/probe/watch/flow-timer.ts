import { firstHeader } from '../../sip/header-fields.js';
import type { SipResponse } from '../../sip/message.js';

/** A server that asks for more must not make a storm of it. */
const LEAST_SECONDS = 5;
/** RFC 5626 §4.4.1: between 80 % of it and all of it; sooner is safer. */
const PART = 0.8;

/**
 * Milliseconds between keep-alives: as the user wishes, and no later than the Flow-Timer of the last 2xx allows (RFC 5626
 * §5.4), after which the server takes the flow for dead.
 */
export function keepAliveMs(wishedMs: number, answer: SipResponse | undefined): number {
	const text = answer === undefined ? '' : (firstHeader(answer, 'flow-timer')?.value ?? '');
	const seconds = /^\s*(\d{1,9})\s*$/.exec(text)?.[1];
	if (seconds === undefined) return wishedMs;
	return Math.min(wishedMs, Math.max(LEAST_SECONDS, Number(seconds) * PART) * 1000);
}
