import { padText, textWidth } from './text-width.js';

/**
 * The text in lines of at most `width` columns, the first of at most `firstWidth`, broken at blanks; a longer word stays
 * whole, so that it can be copied.
 */
export function wrapText(text: string, width: number, firstWidth = width): readonly string[] {
	const lines: string[] = [];
	let line = '';
	for (const word of text.split(' ').filter((part) => part !== '')) {
		const room = lines.length === 0 ? firstWidth : width;
		if (line === '') line = word;
		else if (textWidth(line) + 1 + textWidth(word) <= room) line += ` ${word}`;
		else {
			lines.push(line);
			line = word;
		}
	}
	return (line === '' ? lines : [...lines, line]).map((each) => each.replaceAll(TIE, ' '));
}

/** A blank that does not break; nothing from the wire holds one after `safeText`. */
const TIE = '\u00a0';

/** A short text kept on one line where `wrapText` breaks; a long one may break. */
function together(text: string): string {
	return text.length > 36 ? text : text.replaceAll(' ', TIE);
}

/** Facts in one line, each kept together; a break falls after the dot. */
export function joinFacts(facts: readonly string[]): string {
	return facts.map(together).join(`${TIE}· `);
}

/** How a part of a line is painted; must not change its width. */
export type Paint = (text: string) => string;

const PLAIN: Paint = (text) => text;

/**
 * A label and a text beside it, continued under the text. `label` is padded to `indent` columns; where the label is
 * longer, the first line starts after it and a blank.
 */
export function hangText(
	label: string,
	text: string,
	layout: {
		readonly columns: number;
		readonly indent: number;
		readonly label?: Paint;
		readonly text?: Paint;
	},
): readonly string[] {
	const { columns, indent, label: paintLabel = PLAIN, text: paintText = PLAIN } = layout;
	const lead = textWidth(label) < indent ? padText(label, indent) : `${label} `;
	const [first = '', ...more] = wrapText(text, columns - indent, columns - textWidth(lead));
	return [
		(paintLabel(lead.trimEnd()) + lead.slice(lead.trimEnd().length) + paintText(first)).trimEnd(),
		...more.map((line) => ' '.repeat(indent) + paintText(line)),
	];
}

/** Blocks of lines with one empty line between; empty blocks vanish. */
export function joinBlocks(blocks: readonly (readonly string[])[]): readonly string[] {
	return blocks
		.filter((block) => block.length > 0)
		.flatMap((block, index) => (index === 0 ? block : ['', ...block]));
}
