/* Display filters for Wireshark, and where to read on. Filters stay in one piece to be copied. */
import type { Finding } from '../diagnosis/finding.js';
import { evidenceFilter } from './display-filter.js';
import { INDENT, type Paper } from './finding-text.js';
import { hangText } from './text-wrap.js';

/** `  evidence  frame.number in {3, 7}`. */
export function pointer(label: string, text: string, paper: Paper): readonly string[] {
	const { columns, palette } = paper;
	return hangText(`  ${label}`, text, { columns, indent: INDENT + 3, label: palette.faint });
}

/** The filter for the evidence of a finding, one a source. */
export function evidencePointers(finding: Finding, paper: Paper): readonly string[] {
	const sources = [...new Set(finding.evidence.map(({ source }) => source))];
	return sources.flatMap((source) => {
		const filter = evidenceFilter(finding, source);
		const letter = paper.clock.letter(source);
		const label = letter === '' ? 'evidence' : `in ${letter}`;
		return filter === undefined ? [] : pointer(label, filter, paper);
	});
}

export function explainPointer({ id }: Finding, paper: Paper): readonly string[] {
	return pointer('explain', `sipdoctor explain ${id}`, paper);
}
