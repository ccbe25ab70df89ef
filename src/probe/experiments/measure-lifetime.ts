/*
 * The frame of every way to measure the lifetime of a NAT mapping: parallel ports, each silent for another time, begun
 * one after the other and ended as soon as longer silence adds nothing; and what follows from them.
 */
import { type Endpoint, formatEndpoint, sameEndpoint } from '../../net/endpoint.js';
import { pause } from '../pause.js';
import type { Timers } from '../timers.js';
import type { Experiment } from './experiment.js';
import {
	type Lifetime,
	type LifetimeTrial,
	lifetimeOf,
	lifetimeWords,
	silencesUpTo,
} from './lifetime.js';

/** A guest sends one request a second, so the ports start one after the other. */
const GAP_MS = 1000;

export interface NatTimeoutResult {
	readonly experiment: Experiment;
	readonly lifetime: Lifetime;
}

export interface Trial extends LifetimeTrial {
	readonly local: Endpoint | undefined;
	/** What the server saw before the silence. */
	readonly before: Endpoint | undefined;
	/** What came of it, in words. */
	readonly after: string;
}

export interface Measuring {
	/** The other end of the mapping, in words. */
	readonly where: string;
	/** Longest silence, seconds. */
	readonly max: number;
	/** Alive is what something arrives through; else what has the same outside port as before. */
	readonly isByArrival: boolean;
	readonly timers: Timers;
	readonly signal: AbortSignal | undefined;
	/** One port that is silent for so many seconds. */
	readonly trial: (silence: number, signal: AbortSignal) => Promise<Trial>;
}

export async function measureLifetime(measuring: Measuring): Promise<NatTimeoutResult> {
	const { max, timers, signal, trial } = measuring;
	const known = new AbortController();
	const stop = (): void => known.abort();
	signal?.addEventListener('abort', stop, { once: true });
	if (signal?.aborted === true) stop();
	const done: Trial[] = [];
	const trials = silencesUpTo(max).map(async (silence, index) => {
		await pause(GAP_MS * index, timers, known.signal);
		if (known.signal.aborted) return;
		done.push(await trial(silence, known.signal));
		if (isKnown(done, measuring)) stop();
	});
	await Promise.all(trials);
	signal?.removeEventListener('abort', stop);
	const inOrder = done.toSorted((a, b) => a.silence - b.silence);
	return conclude(inOrder, measuring);
}

/**
 * What more silence cannot add to: every shorter one is in, and the mapping was gone; twice, where a lost answer would
 * look the same.
 */
function isKnown(done: readonly Trial[], { isByArrival }: Measuring): boolean {
	const gone = done.filter(({ result }) => result === 'expired');
	return gone.length >= (isByArrival ? 2 : 1);
}

function conclude(trials: readonly Trial[], { where, isByArrival }: Measuring): NatTimeoutResult {
	const lifetime = lifetimeOf(trials);
	const rows = trials.map(({ silence, before, after, result }) => [
		`${silence} s`,
		before === undefined ? '' : formatEndpoint(before),
		after,
		RESULT_WORDS[result],
	]);
	const table = { columns: ['silent for', 'seen before', 'after', 'mapping'], rows, proof: [] };
	if (lifetime.kind === 'cannot-tell') {
		const because = whyUnknown(trials);
		const verdict = because.kind;
		const text = `the lifetime of the mapping towards ${where} is not known: ${because.text}`;
		return { lifetime, experiment: { id: 'nat-timeout', verdict, text, ...table } };
	}
	const same =
		lifetime.kind === 'at-least' && !isByArrival ? ', or the NAT gives the same port again' : '';
	const text = `a silent mapping towards ${where} lives ${lifetimeWords(lifetime)} after one exchange${same}`;
	return { lifetime, experiment: { id: 'nat-timeout', verdict: 'measured', text, ...table } };
}

const RESULT_WORDS = { alive: 'alive', expired: 'gone', unknown: 'not known' } as const;

function whyUnknown(trials: readonly Trial[]): {
	readonly kind: 'no-nat' | 'cannot-tell';
	readonly text: string;
} {
	const mapped = trials.flatMap(({ local, before }) => {
		return local === undefined || before === undefined ? [] : [{ local, before }];
	});
	if (mapped.length === 0) {
		return { kind: 'cannot-tell', text: 'no answer says where a request came from' };
	}
	if (mapped.every(({ local, before }) => sameEndpoint(local, before))) {
		const text = 'there is no NAT; what a firewall forgets, only --reflector can measure';
		return { kind: 'no-nat', text };
	}
	const kept = 'the NAT keeps the port and gives the same one again, so only an answer that comes';
	return {
		kind: 'cannot-tell',
		text: `${kept} late can tell: --reflector, or --stun with a server of RFC 5780`,
	};
}
