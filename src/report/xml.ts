import { escaped } from './safe-text.js';

/** What XML 1.0 §2.2 has no place for, not even as a reference. */
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const REFERENCES: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&apos;',
	// Else an attribute would turn them into blanks (XML 1.0 §3.3.3).
	'\t': '&#9;',
	'\n': '&#10;',
	'\r': '&#13;',
};

/** Any text for the content of an element or an attribute; what XML cannot hold is shown as `\x00`. */
export function escapeXml(text: string): string {
	return text
		.replace(FORBIDDEN, escaped)
		.replace(/[&<>"'\t\n\r]/g, (character) => REFERENCES[character] ?? character);
}
