import { setTimeout as after } from 'node:timers/promises';

/** Of five parts of the time the action has one at most. */
const REST_FACTOR = 4;

/** A clock in milliseconds, and a pause on it that ends early, without an error, where the signal fires. */
export interface Pace {
	readonly now: () => number;
	readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/**
 * The chunks, with something done behind them: behind each where it is quick, and otherwise after a rest of four times
 * of what it took. What is due is done at the end of its rest though no chunk comes, and once more where the chunks end.
 */
export async function* paced(
	chunks: AsyncIterable<Uint8Array>,
	action: () => void,
	pace: Pace = REAL_PACE,
): AsyncGenerator<Uint8Array> {
	let restsUntil = Number.NEGATIVE_INFINITY;
	let isDue = false;
	const act = (): void => {
		const startedAt = pace.now();
		action();
		const endedAt = pace.now();
		restsUntil = endedAt + REST_FACTOR * (endedAt - startedAt);
		isDue = false;
	};
	const iterator = chunks[Symbol.asyncIterator]();
	try {
		for (;;) {
			const next = iterator.next();
			if (isDue && (await isLater(next, (signal) => pace.pause(restsUntil - pace.now(), signal))))
				act();
			const given = await next;
			if (given.done === true) break;
			yield given.value;
			isDue = true;
			if (pace.now() >= restsUntil) act();
		}
		if (isDue) act();
	} finally {
		await iterator.return?.();
	}
}

/** Whether the pause ends before the chunk comes; the pause is over either way. A chunk that fails comes, too. */
async function isLater(
	next: Promise<unknown>,
	pause: (signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
	const stop = new AbortController();
	const came = next.then(
		() => false,
		() => false,
	);
	const isLate = await Promise.race([came, pause(stop.signal).then(() => true)]);
	stop.abort();
	return isLate;
}

const REAL_PACE: Pace = {
	now: () => performance.now(),
	pause: (milliseconds, signal) =>
		after(milliseconds, undefined, { signal }).catch((error: unknown) => {
			if (!signal.aborted) throw error;
		}),
};
