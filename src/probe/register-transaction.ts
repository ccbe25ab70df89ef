/*
 * RFC 3261 §17.1.2, the non-INVITE client transaction, as a sender lives it:
 *
 *   send ─→ trying ──1xx──→ proceeding ──≥200──→ final
 *              │ E: send again, 2·E up to T2         ↑
 *              ├──────────────≥200──────────────────┘
 *              └─ F, and a moment more: timed-out · transport error: failed · aborted
 *
 * In `proceeding` Timer E is T2 from the start. Over a reliable transport there is no Timer E.
 */
import type { SipResponse } from '../sip/message.js';
import { T1_MS, T2_MS } from '../sip/transaction-timers.js';
import type { Timers } from './timers.js';
import type { TransportFailure } from './transport.js';

/**
 * A proxy starts its own Timer F a moment after ours, so its 408 arrives just when a phone has given up (RFC 4320 §3).
 * The probe sends nothing more by then, but listens on for this part of its patience (1 s of 32 s) to hear it.
 */
const LATE_PART = 32;
/** When a human begins to wonder. */
const WAITING_MS = 4000;

export type TransactionEnd =
	| { readonly kind: 'final'; readonly response: SipResponse }
	| { readonly kind: 'timed-out' }
	| { readonly kind: 'failed'; readonly failure: TransportFailure }
	| { readonly kind: 'aborted' };

export interface TransactionOptions {
	/** Sends the request, each time the same bytes. */
	readonly send: () => void;
	/** Retransmit: true over UDP. */
	readonly unreliable: boolean;
	/** Timer F; shorter than 64·T1 where the user will not wait so long. */
	readonly timeoutMs: number;
	readonly timers: Timers;
	readonly signal: AbortSignal | undefined;
	/** Called once, when nothing final came for `WAITING_MS`. */
	readonly onWaiting: (() => void) | undefined;
}

/** A transaction under way; the owner feeds it what belongs to it. */
export interface RunningTransaction {
	/** Resolves once, never rejects. */
	readonly end: Promise<TransactionEnd>;
	onResponse(response: SipResponse): void;
	onFailure(failure: TransportFailure): void;
}

/** Sends the request at once and keeps the timers until the transaction ends. */
export function startTransaction(options: TransactionOptions): RunningTransaction {
	const { send, timers, signal } = options;
	let proceeding = false;
	let ended = false;
	let cancelE = (): void => undefined;
	let settle = (_end: TransactionEnd): void => undefined;
	const finish = (result: TransactionEnd): void => {
		if (ended) return;
		ended = true;
		cancelE();
		cancelF();
		cancelWaiting();
		signal?.removeEventListener('abort', abort);
		settle(result);
	};
	const abort = (): void => finish({ kind: 'aborted' });
	const armE = (ms: number): void => {
		cancelE = timers.after(ms, () => {
			if (ended) return;
			// Armed first: a send that fails at once ends the transaction and must find the timer.
			armE(proceeding ? T2_MS : Math.min(2 * ms, T2_MS));
			send();
		});
	};
	const end = new Promise<TransactionEnd>((resolve) => {
		settle = resolve;
	});
	let cancelF = timers.after(options.timeoutMs, () => {
		cancelE();
		cancelF = timers.after(options.timeoutMs / LATE_PART, () => finish({ kind: 'timed-out' }));
	});
	const cancelWaiting = timers.after(WAITING_MS, () => options.onWaiting?.());
	signal?.addEventListener('abort', abort, { once: true });
	if (options.unreliable) armE(T1_MS);
	if (signal?.aborted === true) abort();
	else send();
	return {
		end,
		onResponse(response) {
			if (response.statusCode >= 200) finish({ kind: 'final', response });
			else proceeding = true;
		},
		onFailure(failure) {
			// RFC 8201 §4: the kernel has learnt what the path takes, and the next copy goes out in fragments.
			if (failure.kind === 'unreachable' && failure.reason === 'fragmentation-needed') return;
			finish({ kind: 'failed', failure });
		},
	};
}
