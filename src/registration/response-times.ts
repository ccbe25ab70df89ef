/** How long answers took. Computed once for a registration. */
import type { Endpoint } from '../net/endpoint.js';
import type { SipRequest, SipResponse } from '../sip/message.js';
import { elapsedMs } from '../time/instant.js';
import type { Observed } from '../trace/observed.js';
import { repeatedForLoss } from './packet-loss.js';
import type { Registration } from './registration.js';

/** T1 (RFC 3261 §17.1.1.1): after it a request over UDP is sent again. */
export const SLOW_MS = 500;

interface SlowAnswer {
	readonly server: Endpoint;
	readonly request: Observed<SipRequest>;
	readonly final: Observed<SipResponse>;
	readonly ms: number;
}

export interface ResponseTimes {
	/** Transactions over UDP that were answered, without those that lost a packet. */
	readonly count: number;
	readonly slow: readonly SlowAnswer[];
	readonly medianMs: number;
	readonly fastestMs: number;
}

const known = new WeakMap<Registration, ResponseTimes>();

export function responseTimes(registration: Registration): ResponseTimes {
	const found = known.get(registration) ?? measure(registration);
	known.set(registration, found);
	return found;
}

function measure({ attempts }: Registration): ResponseTimes {
	const times: number[] = [];
	const slow: SlowAnswer[] = [];
	for (const { phone } of attempts.flatMap(({ transactions }) => transactions)) {
		const { request, final, server, transport } = phone;
		if (final === undefined || transport !== 'udp' || isLoss(phone)) continue;
		const ms = elapsedMs(request.at, final.at);
		times.push(ms);
		if (ms > SLOW_MS) slow.push({ server, request, final, ms });
	}
	const sorted = times.toSorted((a, b) => a - b);
	return {
		count: times.length,
		slow,
		medianMs: sorted[sorted.length >> 1] ?? 0,
		fastestMs: sorted[0] ?? 0,
	};
}

/** A copy that was answered at once: the first one was lost, and the server was not slow. */
function isLoss(phone: Parameters<typeof repeatedForLoss>[0]): boolean {
	return repeatedForLoss(phone)?.prompt === true;
}
