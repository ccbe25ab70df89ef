/** How long answers took. Computed once for a registration. */
import type { Endpoint } from '../net/endpoint.js';
import type { SipRequest, SipResponse } from '../sip/message.js';
import { T1_MS } from '../sip/transaction-timers.js';
import type { Observed } from '../trace/observed.js';
import { answerTime } from '../transaction/client-transaction.js';
import { repeatedForLoss } from './packet-loss.js';
import type { Registration } from './registration.js';

/** After it a request over UDP is sent again. */
export const SLOW_MS = T1_MS;

interface SlowAnswer {
	readonly server: Endpoint;
	readonly request: Observed<SipRequest>;
	readonly final: Observed<SipResponse>;
	readonly ms: number;
}

export interface ResponseTimes {
	/** Transactions over UDP that were answered, without those that lost a packet. */
	readonly count: number;
	/** How many of them took longer than T1. */
	readonly slowCount: number;
	/** Those of them that were kept. */
	readonly slow: readonly SlowAnswer[];
	readonly medianMs: number;
	/** The fastest but one: of the first REGISTER of a capture, only a late copy may have been captured. */
	readonly fastestMs: number;
}

const known = new WeakMap<Registration, ResponseTimes>();

export function responseTimes(registration: Registration): ResponseTimes {
	const found = known.get(registration) ?? measure(registration);
	known.set(registration, found);
	return found;
}

function measure({ attempts }: Registration): ResponseTimes {
	const times: { readonly ms: number; readonly count: number }[] = [];
	const slow: SlowAnswer[] = [];
	let slowCount = 0;
	for (const { transactions, repeated } of attempts) {
		for (const { phone } of transactions) {
			const { request, final, server, transport } = phone;
			const time = answerTime(phone);
			if (final === undefined || time === undefined || transport !== 'udp' || isLoss(phone))
				continue;
			const ms = time / 1000;
			// Those that were let go were like this one.
			times.push({ ms, count: 1 + repeated });
			if (ms <= SLOW_MS) continue;
			slowCount += 1 + repeated;
			slow.push({ server, request, final, ms });
		}
	}
	const sorted = times.toSorted((a, b) => a.ms - b.ms);
	const count = times.reduce((sum, time) => sum + time.count, 0);
	return {
		count,
		slowCount,
		slow,
		medianMs: medianOf(sorted, count),
		fastestMs: (sorted[1] ?? sorted[0])?.ms ?? 0,
	};
}

function medianOf(
	sorted: readonly { readonly ms: number; readonly count: number }[],
	count: number,
): number {
	let left = count >> 1;
	for (const time of sorted) {
		if (left < time.count) return time.ms;
		left -= time.count;
	}
	return 0;
}

/** A copy that was answered at once: the first one was lost, and the server was not slow. */
function isLoss(phone: Parameters<typeof repeatedForLoss>[0]): boolean {
	return repeatedForLoss(phone)?.prompt === true;
}
