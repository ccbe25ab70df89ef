/*
 * The value of a parameter of credentials or of a challenge, found in the text of a message without reading its header
 * fields: for those that ask it of every message of a large capture.
 */

const SPACE = 0x20;
const COMMA = 0x2c;

/** What stands between the quotes behind the first `name="`; undefined where it is not written so. */
export function wireParameter(wire: string, name: string): string | undefined {
	const start = behindName(wire, `${name}="`);
	if (start < 0) return undefined;
	const end = wire.indexOf('"', start);
	return end < 0 ? undefined : wire.slice(start, end);
}

/** The nonce count, with or without quotes, as it is written; undefined where there is none. */
export function wireNonceCount(wire: string): string | undefined {
	const start = behindName(wire, 'nc=');
	if (start < 0) return undefined;
	const from = wire.charAt(start) === '"' ? start + 1 : start;
	let end = from;
	while (end < from + MAX_COUNT_DIGITS && isHex(wire.charCodeAt(end))) end += 1;
	return end === from ? undefined : wire.slice(from, end);
}

/** RFC 7616 §3.4: eight digits. */
const MAX_COUNT_DIGITS = 8;

/** Behind the first `name` that is no end of another name; -1 where there is none. */
function behindName(wire: string, name: string): number {
	for (let at = wire.indexOf(name); at > 0; at = wire.indexOf(name, at + 1)) {
		const before = wire.charCodeAt(at - 1);
		if (before === SPACE || before === COMMA) return at + name.length;
	}
	return -1;
}

function isHex(code: number): boolean {
	const lower = code | 0x20;
	return (code >= 0x30 && code <= 0x39) || (lower >= 0x61 && lower <= 0x66);
}
