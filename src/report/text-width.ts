/*
 * Columns on a terminal. East Asian wide characters (Unicode TR11 W and F, as blocks) and emoji take two, marks none.
 * Only for text that went through `safeText`: no controls are left to count.
 */
const WIDE =
	/[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u3247\u3250-\u4dbf\u4e00-\ua4c6\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\ufe10-\ufe19\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;
const NARROW_ONLY = /^[\x20-\x7e\u00a0-\u02ff\u2010-\u203e\u2190-\u21ff\u2500-\u257f]*$/;
const MARK = /\p{M}/u;
const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The number of columns a text takes. */
export function textWidth(text: string): number {
	if (NARROW_ONLY.test(text)) return text.length;
	return graphemes(text).reduce((width, grapheme) => width + graphemeWidth(grapheme), 0);
}

/** The text in at most `width` columns; what does not fit is cut and shown as `…`. */
export function cutText(text: string, width: number): string {
	if (textWidth(text) <= width) return text;
	let cut = '';
	let used = 1;
	for (const grapheme of graphemes(text)) {
		used += graphemeWidth(grapheme);
		if (used > width) break;
		cut += grapheme;
	}
	return width < 1 ? '' : `${cut.trimEnd()}…`;
}

/** The text filled up with blanks to `width` columns. */
export function padText(text: string, width: number): string {
	return text + ' '.repeat(Math.max(0, width - textWidth(text)));
}

/** Two regional indicators are one flag, an emoji and its skin tone one picture. */
function graphemes(text: string): readonly string[] {
	return [...GRAPHEMES.segment(text)].map(({ segment }) => segment);
}

/** By its first character: marks after it add nothing, and without one before them are nothing. */
function graphemeWidth(grapheme: string): number {
	const [base = ''] = grapheme;
	if (MARK.test(base)) return 0;
	return WIDE.test(base) ? 2 : 1;
}
