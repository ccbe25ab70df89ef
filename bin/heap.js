import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Bytes of V8's young generation, both halves, from which it shall not grow: Node 24 would let it have 128 MB. */
const YOUNG_MAXIMUM = 8 * 1024 * 1024;
/** How soon, and how seldom at last, it is looked at: a large capture fills it at once, a `watch` of days never. */
const FIRST_LOOK_MS = 20;
const LOOK_GROWTH = 1.1;
const RARE_LOOK_MS = 1_000;

/**
 * Keeps the heap of a large capture close to what is alive in it. The flag of the command line that would do so
 * (`--max-semi-space-size`) is read before any code of ours runs, and not every `env` of a shebang can pass one on.
 */
export function boundHeap() {
	// Left alone, V8 lets the old generation grow to several times of what is alive in it.
	setFlagsFromString('--heap-growing-percent=40');
	lookIn(FIRST_LOOK_MS);
}

function lookIn(milliseconds) {
	const look = () => {
		// V8 asks for the factor each time that it lets the young generation grow.
		if (youngBytes() >= YOUNG_MAXIMUM) setFlagsFromString('--semi-space-growth-factor=1');
		else lookIn(Math.min(LOOK_GROWTH * milliseconds, RARE_LOOK_MS));
	};
	setTimeout(look, milliseconds).unref();
}

function youngBytes() {
	const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
	return space?.space_size ?? 0;
}
