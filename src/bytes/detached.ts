/** A copy of a Latin-1 text: a part of a message, kept as a key, would keep all of the message alive. */
export function detached(text: string): string {
	return Buffer.from(text, 'latin1').toString('latin1');
}
