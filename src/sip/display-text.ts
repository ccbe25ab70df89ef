import { isUtf8 } from 'node:buffer';

/** Latin-1 wire text as a reader should see it: UTF-8 where the bytes are valid UTF-8, else as it is. Escapes nothing. */
export function displayText(latin1: string): string {
	const bytes = Buffer.from(latin1, 'latin1');
	return isUtf8(bytes) ? bytes.toString('utf8') : latin1;
}

/** A user's own text as wire text: its UTF-8 bytes, one character a byte. */
export function wireText(text: string): string {
	return Buffer.from(text, 'utf8').toString('latin1');
}
