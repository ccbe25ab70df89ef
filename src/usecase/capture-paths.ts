/** The paths of several captures as the user gave them. */
import { MAX_CAPTURES } from './analyse-captures.js';
import { UsageError } from './usage-error.js';

/** Throws UsageError where there are too many, or one is given twice. */
export function distinctPaths(paths: readonly string[]): readonly string[] {
	if (paths.length > MAX_CAPTURES) {
		throw new UsageError(
			`analyze takes up to ${MAX_CAPTURES} captures, more were given`,
			'Give those of one incident: of each place one.',
		);
	}
	const twice = paths.find((path, index) => paths.indexOf(path) !== index);
	if (twice !== undefined) {
		throw new UsageError(
			twice === '-' ? 'stdin can be read only once' : `the capture ${twice} was given twice`,
			'Give each capture once.',
		);
	}
	return paths;
}
