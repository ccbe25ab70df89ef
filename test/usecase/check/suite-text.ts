import { readSuite } from '../../../src/usecase/check/read-suite.js';
import type { SuiteWorld } from '../../../src/usecase/check/secret-reference.js';
import type { Suite } from '../../../src/usecase/check/suite.js';
import { UsageError } from '../../../src/usecase/usage-error.js';

export const PASSWORD = 's3cret-word';

/** Knows the variable PW and the file pw.txt, both with the same password, and nothing else. */
const WORLD: SuiteWorld = {
	environment: (name) => (name === 'PW' ? PASSWORD : undefined),
	readText: (path) => (path === 'pw.txt' ? `${PASSWORD}\nmore` : { because: 'ENOENT' }),
};

/** A suite from its lines. */
export function suiteOf(...lines: readonly string[]): Suite {
	return readSuite(lines.join('\n'), 'suite.yaml', WORLD);
}

/** Every problem that is told of a wrong suite, in order. */
export function problemsOf(...lines: readonly string[]): readonly string[] {
	try {
		suiteOf(...lines);
	} catch (error) {
		if (error instanceof UsageError) return [error.message, ...error.suggestions];
		throw error;
	}
	return [];
}
