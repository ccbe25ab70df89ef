/** Enough for the header fields of a few registrations: their rules ask for the same values again and again. */
const MAX_TEXTS = 512;
/** A longer text would keep too much of a hostile message alive. */
const MAX_LENGTH = 512;

/**
 * The same reader, which remembers what it made of the latest texts. For pure readers of immutable values only: a caller
 * cannot tell the difference.
 */
export function remembered<T extends object>(read: (text: string) => T): (text: string) => T {
	let recent = new Map<string, T>();
	let older = new Map<string, T>();
	return (text) => {
		if (text.length > MAX_LENGTH) return read(text);
		const known = recent.get(text);
		if (known !== undefined) return known;
		const value = older.get(text) ?? read(text);
		if (recent.size >= MAX_TEXTS) {
			older = recent;
			recent = new Map();
		}
		recent.set(text, value);
		return value;
	};
}
