/** How much work a piece of code does, counted and not timed: what another machine, or a busy one, does not change. */
import { Session } from 'node:inspector';
import { fileURLToPath } from 'node:url';

const SOURCES = fileURLToPath(new URL('../../src/', import.meta.url));

/** Steps done since it was last asked: how often the functions of `src` were called, and the branches and loops in them. */
export type Steps = () => number;

/**
 * Starts to count, as coverage does. What the platform does in one call, such as a copy of many bytes, is one step.
 */
export function countSteps(): Steps {
	const session = new Session();
	session.connect();
	session.post('Profiler.enable');
	session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
	return () => {
		let steps = 0;
		session.post('Profiler.takePreciseCoverage', (error, coverage) => {
			if (error) throw error;
			const ours = coverage.result.filter(({ url }) => url.includes(SOURCES));
			const ranges = ours.flatMap(({ functions }) => functions.flatMap((each) => each.ranges));
			steps = ranges.reduce((sum, { count }) => sum + count, 0);
		});
		return steps;
	};
}
