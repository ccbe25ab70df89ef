/** How the time of a piece of work grows with its size: what a slow machine, or a busy one, does not change. */

const FACTOR = 8;
const ATTEMPTS = 5;

/** Below this, work of `FACTOR` times the size grows by its number; its square would be `FACTOR`. */
export const LINEAR = FACTOR / 2;

/**
 * Processor time of `run(FACTOR * size)` beside that of `FACTOR` times `run(size)`: about 1 where time grows by the
 * size, `FACTOR` where by its square. The smallest of a few attempts, as other things only ever make it larger.
 */
export function growth(run: (size: number) => void, size: number): number {
	const often = () => {
		for (let count = 0; count < FACTOR; count += 1) run(size);
	};
	const once = () => run(FACTOR * size);
	// The compiler is slow at first sight of anything.
	often();
	once();
	const ratios = Array.from({ length: ATTEMPTS }, () => {
		const few = cpuTime(often);
		return cpuTime(once) / Math.max(1, few);
	});
	return Math.min(...ratios);
}

/** In microseconds. */
function cpuTime(work: () => void): number {
	const before = process.cpuUsage();
	work();
	const { user, system } = process.cpuUsage(before);
	return user + system;
}
