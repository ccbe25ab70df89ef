/* A suite as workflow commands of GitHub Actions: what does not hold appears at its line of the suite. */
import {
	type CheckedEntry,
	type CheckedExpectation,
	type CheckedSuite,
	complaints,
} from './check-document.js';
import { checkSummaryLine } from './check-text.js';
import { shown } from './plain-words.js';

/** One line an annotation, then one that sums up; the last line not ended. */
export function renderGithubAnnotations(suite: CheckedSuite): string {
	const lines = suite.entries.flatMap((entry) => annotations(entry, suite.file));
	return [...lines, checkSummaryLine(suite)].join('\n');
}

function annotations(entry: CheckedEntry, file: string): readonly string[] {
	if (entry.verdict === 'held') return [];
	if (entry.verdict === 'not-run' || entry.verdict === 'crashed') {
		const level = entry.verdict === 'crashed' ? 'error' : 'warning';
		const text = complaints(entry)
			.map((one) => shown(one))
			.join('; ');
		return [annotation(level, { file, line: entry.line, title: entry.name, text })];
	}
	const cause = entry.seen?.cause;
	const because = cause === undefined ? '' : `. ${cause.id}: ${shown(cause.summary)}`;
	const unmet = entry.expectations.filter(({ state }) => state !== 'held');
	return unmet.map(({ key, text, line }: CheckedExpectation) =>
		annotation('error', {
			file,
			line,
			title: entry.name,
			text: `${key}: ${shown(text)}${because}`,
		}),
	);
}

interface Annotation {
	readonly file: string;
	readonly line: number;
	readonly title: string;
	readonly text: string;
}

function annotation(level: 'error' | 'warning', { file, line, title, text }: Annotation): string {
	const place = `file=${property(file)},line=${line},title=${property(shown(title))}`;
	return `::${level} ${place}::${data(text)}`;
}

/** As GitHub's own toolkit escapes the message of a command. */
function data(text: string): string {
	return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
	return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
