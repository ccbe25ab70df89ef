/** One capture, or up to eight of one incident. */
import { Args } from '@oclif/core';
import { distinctPaths } from '../../usecase/capture-paths.js';
import { UsageError } from '../../usecase/usage-error.js';

const another = () => Args.string({ hidden: true, ignoreStdin: true });

export const captureArgs = {
	capture: Args.string({
		description: 'A pcap or pcapng file, or - for stdin; up to 8 of one incident.',
		required: true,
		ignoreStdin: true,
	}),
	more: Args.string({
		description: 'More of them: taken at other places, or later.',
		ignoreStdin: true,
	}),
	third: another(),
	fourth: another(),
	fifth: another(),
	sixth: another(),
	seventh: another(),
	eighth: another(),
	// So that one too many is told in our words.
	ninth: another(),
};

type Given = Readonly<Record<keyof typeof captureArgs, string | undefined>>;

/** The paths in the order given. Throws UsageError where they cannot be analysed together. */
export function capturePaths(args: Given, follow: boolean): readonly string[] {
	const paths = Object.values(args).filter((path) => path !== undefined);
	if (follow && paths.length > 1) {
		throw new UsageError(
			`--follow takes one capture, ${paths.length} were given`,
			'Follow each capture on its own, or analyse them together when they are complete.',
		);
	}
	return distinctPaths(paths);
}
