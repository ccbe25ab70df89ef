/**
 * The text without spaces and tabs at both ends. Not `trim`: in Latin-1 text U+00A0 and U+0085 are bytes of UTF-8
 * characters, and not a regular expression: `/[ \t]+$/` is quadratic on hostile runs of blanks.
 */
export function trimBlanks(text: string): string {
	let start = 0;
	let end = text.length;
	while (start < end && isBlank(text[start])) start += 1;
	while (end > start && isBlank(text[end - 1])) end -= 1;
	return text.slice(start, end);
}

/** Space or horizontal tab (WSP, RFC 3261 §25.1). */
export function isBlank(character: string | undefined): boolean {
	return character === ' ' || character === '\t';
}
