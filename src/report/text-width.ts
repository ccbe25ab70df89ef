/*
 * Columns on a terminal. East Asian wide characters and emoji take two (Unicode TR11 W and F, as blocks), marks none.
 * Only for text that went through `safeText`: no controls are left to count.
 */
const WIDE =
	/[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const MARK = /\p{M}/u;

/** The number of columns a text takes. */
export function textWidth(text: string): number {
	let width = 0;
	for (const character of text) width += characterWidth(character);
	return width;
}

/** The text in at most `width` columns; what does not fit is cut and shown as `…`. */
export function cutText(text: string, width: number): string {
	if (textWidth(text) <= width) return text;
	let cut = '';
	let used = 1;
	for (const character of text) {
		used += characterWidth(character);
		if (used > width) break;
		cut += character;
	}
	return width < 1 ? '' : `${cut.trimEnd()}…`;
}

/** The text filled up with blanks to `width` columns. */
export function padText(text: string, width: number): string {
	return text + ' '.repeat(Math.max(0, width - textWidth(text)));
}

function characterWidth(character: string): number {
	if (MARK.test(character)) return 0;
	return WIDE.test(character) ? 2 : 1;
}
