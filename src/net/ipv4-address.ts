/** IPv4 addresses between text and four bytes. */

const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

/** The four bytes of a dotted quad; undefined for anything else, also for octal-looking parts (`010`). */
export function parseIpv4(text: string): Uint8Array | undefined {
	if (text.length < 7 || text.length > 15) return undefined;
	const bytes = new Uint8Array(4);
	let index = 0;
	let start = 0;
	let value = 0;
	// Digit by digit, as every address of a capture is read.
	for (let at = 0; at <= text.length; at += 1) {
		const code = at < text.length ? text.charCodeAt(at) : DOT;
		if (code === DOT) {
			if (at === start || index > 3) return undefined;
			bytes[index] = value;
			index += 1;
			start = at + 1;
			value = 0;
			continue;
		}
		// A leading zero is octal to some resolvers and decimal to others: nobody can know what was meant.
		if (code < ZERO || code > NINE || (value === 0 && at > start)) return undefined;
		value = value * 10 + code - ZERO;
		if (value > 255) return undefined;
	}
	return index === 4 ? bytes : undefined;
}

/** `192.0.2.1` from the first four bytes; bytes that are not there read as 0. */
export function formatIpv4(bytes: Uint8Array): string {
	return `${bytes[0] ?? 0}.${bytes[1] ?? 0}.${bytes[2] ?? 0}.${bytes[3] ?? 0}`;
}
