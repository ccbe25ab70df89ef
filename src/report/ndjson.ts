/* The JSON report as one object a line: sources, registrations and findings as they stand in it, then the summary. */
import type { Analysis } from '../analysis/analysis.js';
import { toJsonDocument } from './json.js';
import { toJsonText } from './json-text.js';

/** Lines without the last line break; `only`: registrations alone, while more is being read. */
export function renderNdjson(
	analysis: Analysis,
	tool: { readonly name: string; readonly version: string },
	only?: 'registrations',
): string {
	const { schemaVersion, sources, registrations, findings, scanners, summary } = toJsonDocument(
		analysis,
		tool,
	);
	const told = registrations.map((registration) => ({ type: 'registration', ...registration }));
	const lines =
		only === 'registrations'
			? told
			: [
					...sources.map((source) => ({ type: 'source', ...source })),
					...told,
					...findings.map((finding) => ({ type: 'finding', ...finding })),
					{ type: 'summary', schemaVersion, tool, ...summary, scanners },
				];
	return lines.map((line) => toJsonText(line, 0)).join('\n');
}
