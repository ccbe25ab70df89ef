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

/**
 * What `toJsonText` gives, piece by piece; where a value of the document is a generator it is an array whose elements are
 * made one by one.
 */
export function* jsonPieces(document: object): Generator<string> {
	let before = '{\n';
	for (const [key, value] of Object.entries(document)) {
		yield `${before}${INDENT}${JSON.stringify(key)}: `;
		if (isGenerator(value)) yield* arrayPieces(value);
		else yield indented(toJsonText(value), 1);
		before = ',\n';
	}
	yield before === ',\n' ? '\n}' : '{}';
}

function* arrayPieces(elements: Generator<object>): Generator<string> {
	let before = '[\n';
	for (const element of elements) {
		yield `${before}${INDENT}${INDENT}${indented(toJsonText(element), 2)}`;
		before = ',\n';
	}
	yield before === ',\n' ? `\n${INDENT}]` : '[]';
}

const INDENT = '  ';

/** As it stands so many levels below; no line break of a value is written as one. */
function indented(json: string, levels: number): string {
	return json.replaceAll('\n', `\n${INDENT.repeat(levels)}`);
}

function isGenerator(value: unknown): value is Generator<object> {
	return Object.prototype.toString.call(value) === '[object Generator]';
}

function jsonEscape(character: string): string {
	return Array.from({ length: character.length }, (_, index) => {
		const unit = character.charCodeAt(index).toString(16);
		return `\\u${unit.padStart(4, '0')}`;
	}).join('');
}
