/** `sipdoctor explain`: a diagnosis or a status code, from the rule files and the registry of codes. */
import { ALL_RULES, findRule } from '../diagnosis/catalogue.js';
import type { RuleText } from '../diagnosis/rule.js';
import { causesOfStatus } from '../diagnosis/status-causes.js';
import type { ExplainedSubject } from '../report/explain-text.js';
import { describeStatus } from '../sip/status-codes.js';
import { UsageError } from './usage-error.js';

/** What an id or a code means; without either the list of all. Throws UsageError for one that is not known. */
export function explain(subject: string | undefined): ExplainedSubject {
	if (subject === undefined) return { kind: 'list', rules: ALL_RULES.map(withoutCheck) };
	if (/^\d{3}$/.test(subject)) return explainStatus(Number(subject));
	const rule = findRule(subject.toLowerCase());
	if (rule === undefined) throw unknownSubject(subject.toLowerCase());
	return { kind: 'rule', rule: withoutCheck(rule) };
}

function explainStatus(code: number): ExplainedSubject {
	const status = describeStatus(code);
	if (status === undefined) {
		throw new UsageError(
			`${code} is not a registered SIP status code`,
			'sipdoctor explain lists what can be explained.',
		);
	}
	const { phrase, meaning } = status;
	return { kind: 'status', status: { code, phrase, meaning, related: causesOfStatus(code) } };
}

function unknownSubject(subject: string): UsageError {
	const words = subject.split('-').filter((word) => word.length > 2);
	const near = ALL_RULES.map(({ id }) => id).filter((id) =>
		words.some((word) => id.includes(word)),
	);
	const hint =
		near.length > 0
			? `Did you mean ${near.slice(0, 4).join(', ')}?`
			: 'sipdoctor explain lists them all.';
	return new UsageError('there is no diagnosis or status code of that name', hint);
}

function withoutCheck({ id, severity, title, references, explanation, fix }: RuleText) {
	return { id, severity, title, references, explanation, fix };
}
