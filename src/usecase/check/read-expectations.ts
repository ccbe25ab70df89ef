import { EXPECTATION_KINDS, judgeAnswered, REGISTERED } from './expectation-kinds.js';
import type { Expectation, SuiteEntry } from './suite.js';
import { SuiteFields } from './suite-fields.js';
import type { SuiteProblems } from './suite-problems.js';
import type { YamlTree } from './yaml-tree.js';

const KEYS = EXPECTATION_KINDS.map(({ key }) => key);

/** Reads an `expect` map; `tree` undefined: there is none. */
export function readExpectations(
	tree: YamlTree | undefined,
	path: string,
	problems: SuiteProblems,
): readonly Expectation[] {
	const fields = new SuiteFields(tree, path, KEYS, problems);
	return EXPECTATION_KINDS.flatMap(({ key, read }) => {
		const judge = fields.has(key) ? read(fields) : undefined;
		return judge === undefined ? [] : [{ key, line: fields.lineOf(key), judge }];
	});
}

/**
 * The expectations of one entry: its own win over those of the defaults; what is only sensible of a registered account is
 * not inherited by an entry that is to end otherwise; without a word on the end, an account has to register and an
 * endpoint to answer.
 */
export function expectationsOf(
	kind: SuiteEntry['kind'],
	line: number,
	own: readonly Expectation[],
	inherited: readonly Expectation[],
): readonly Expectation[] {
	const ownKeys = new Set(own.map(({ key }) => key));
	const endsOtherwise = kind === 'endpoint' || own.some(({ key }) => saysEnd(key));
	const taken = inherited.filter(({ key }) => {
		if (ownKeys.has(key)) return false;
		return !(endsOtherwise && (saysEnd(key) || ofRegistered(key)));
	});
	const written = [...own, ...taken];
	const all = written.some(({ key }) => saysEnd(key))
		? written
		: [implied(kind, line), ...written.filter(({ key }) => key !== implied(kind, line).key)];
	return all.toSorted((a, b) => KEYS.indexOf(a.key) - KEYS.indexOf(b.key));
}

function implied(kind: SuiteEntry['kind'], line: number): Expectation {
	return kind === 'account'
		? { key: 'outcome', line, judge: REGISTERED }
		: { key: 'answered', line, judge: judgeAnswered };
}

function saysEnd(key: string): boolean {
	return EXPECTATION_KINDS.some((kind) => kind.key === key && kind.saysEnd);
}

function ofRegistered(key: string): boolean {
	return EXPECTATION_KINDS.some((kind) => kind.key === key && kind.ofRegistered);
}
