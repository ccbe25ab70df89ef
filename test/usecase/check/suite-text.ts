import { readSuite } from '../../../src/usecase/check/read-suite.js';
import type { SuiteWorld } from '../../../src/usecase/check/secret-reference.js';
import type { Suite } from '../../../src/usecase/check/suite.js';
import { UsageError } from '../../../src/usecase/usage-error.js';

export const PASSWORD = 's3cret-word';

const HEX = '00112233445566778899aabbccddeeff';
const VARIABLES: Readonly<Record<string, string>> = {
	PW: PASSWORD,
	TOKEN: 'a.bearer.token',
	BAD_TOKEN: 'two words',
	K: HEX,
	OPC: HEX,
	SHORT: '0011',
};

/** Knows some variables, the file pw.txt with the same password as PW, broken.pem which is none, and nothing else. */
const WORLD: SuiteWorld = {
	environment: (name) => VARIABLES[name],
	readText: (path) => {
		if (path === 'broken.pem') return 'no PEM at all';
		return path === 'pw.txt' ? `${PASSWORD}\nmore` : { because: 'ENOENT' };
	},
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
