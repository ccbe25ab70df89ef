import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Bytes of V8's young generation, both halves, beyond which it shall not grow: Node 24 would let it have 128 MB. */
const YOUNG_MAXIMUM = 16 * 1024 * 1024;
const LOOK_EVERY_MS = 20;

/**
 * Keeps the heap of a large capture close to what is alive in it. The flags of the command line that would do so
 * (`--max-semi-space-size`) are read before any code of ours runs, and not every `env` of a shebang can pass one on.
 */
export function boundHeap() {
	// Left alone, V8 lets the old generation grow to several times of what is alive in it.
	setFlagsFromString('--heap-growing-percent=70');

	// V8 asks for the factor each time that it lets the young generation grow.
	const look = setInterval(() => {
		if (youngBytes() < YOUNG_MAXIMUM) return;
		setFlagsFromString('--semi-space-growth-factor=1');
		clearInterval(look);
	}, LOOK_EVERY_MS);
	look.unref();
}

function youngBytes() {
	const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
	return space?.space_size ?? 0;
}
