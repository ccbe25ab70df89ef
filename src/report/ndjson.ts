/* The JSON report as one object a line: sources, registrations and findings as they stand in it, then the summary. */
import type { Analysis } from '../analysis/analysis.js';
import { type StreamedDocument, toStreamedDocument } from './json.js';
import { toJsonText } from './json-text.js';

interface Tool {
	readonly name: string;
	readonly version: string;
}

/** Its lines, the last of which is not ended. */
export function* ndjsonPieces(analysis: Analysis, tool: Tool): Generator<string> {
	const document = toStreamedDocument(analysis, tool);
	const { schemaVersion, sources, findings, scanners, summary } = document;
	for (const source of sources) yield `${line('source', source)}\n`;
	for (const registration of registrationLines(document)) yield `${registration}\n`;
	for (const finding of findings) yield `${line('finding', finding)}\n`;
	yield line('summary', { schemaVersion, tool, ...summary, scanners });
}

/** The lines of registrations alone, while more is being read; the last is not ended. */
export function ndjsonOfRegistrations(analysis: Analysis, tool: Tool): string {
	return [...registrationLines(toStreamedDocument(analysis, tool))].join('\n');
}

function* registrationLines({ registrations }: StreamedDocument): Generator<string> {
	for (const registration of registrations) yield line('registration', registration);
}

function line(type: string, told: object): string {
	return toJsonText({ type, ...told }, 0);
}
