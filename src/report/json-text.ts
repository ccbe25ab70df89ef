/** Beyond what JSON.stringify escapes: DEL, C1, bidi and other format characters, U+2028/9, non-characters. */
const TREACHEROUS =
	/[\u007f-\u009f\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * JSON that keeps every value and is harmless to `cat`: what could steer a terminal stands as `\uXXXX`.
 * `indent` as in JSON.stringify; 0 gives one line.
 */
export function toJsonText(value: object, indent = 2): string {
	return JSON.stringify(value, undefined, indent).replace(TREACHEROUS, jsonEscape);
}

function jsonEscape(character: string): string {
	return Array.from({ length: character.length }, (_, index) => {
		const unit = character.charCodeAt(index).toString(16);
		return `\\u${unit.padStart(4, '0')}`;
	}).join('');
}
