/*
 * Characters that a terminal, a pager or a reader's eye would take for something else: controls (C0, C1, DEL), format
 * characters (bidi overrides, zero width), line and paragraph separators, lone surrogates, private use and unassigned
 * ones, blanks that look like a space and are none (U+00A0 in a username is a finding, not a decoration), and
 * everything Unicode lets a renderer leave out.
 */
const TREACHEROUS =
	/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu;

/** More than two marks on one letter grow into the lines above and below. */
const STACKED_MARKS = /(?<=\p{M}{2})\p{M}/gu;

const SHORT: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' };

const DEFAULT_MAX = 1000;

/**
 * Text from the wire made harmless for a terminal: what could steer it or hide is shown as `\n`, `\x1b`, `\u202e` or
 * `\u{e0001}`. At most `max` UTF-16 units of the input are shown; what was left out is counted.
 */
export function safeText(text: string, max: number = DEFAULT_MAX): string {
	const shown = text.length <= max ? text : text.slice(0, wholeCharacters(text, max));
	const left = text.length - shown.length;
	const safe = shown.replace(TREACHEROUS, escaped).replace(STACKED_MARKS, escaped);
	return left === 0 ? safe : `${safe}… (${left} characters more)`;
}

/** The visible escape of one character. */
export function escaped(character: string): string {
	const short = SHORT[character];
	if (short !== undefined) return short;
	const code = character.codePointAt(0) ?? 0;
	const hex = code.toString(16);
	if (code < 0x100) return `\\x${hex.padStart(2, '0')}`;
	return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}

/** `max`, or one less where that would cut a surrogate pair in two. */
function wholeCharacters(text: string, max: number): number {
	const last = text.charCodeAt(max - 1);
	return last >= 0xd800 && last <= 0xdbff ? max - 1 : max;
}
