const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Wire text, held as Latin-1 with one character a byte, as a person wrote it: UTF-8 (RFC 3261 §25.1) where the bytes
 * are that, else unchanged.
 */
export function readable(text: string): string {
	if (/[\u0100-\uffff]/.test(text) || !/[\u0080-\u00ff]/.test(text)) return text;
	try {
		return STRICT_UTF8.decode(Uint8Array.from(text, (character) => character.charCodeAt(0)));
	} catch {
		return text;
	}
}
