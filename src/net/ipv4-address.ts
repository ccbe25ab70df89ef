/** IPv4 addresses between text and four bytes. */

/** The four bytes of a dotted quad; undefined for anything else, also for octal-looking parts (`010`). */
export function parseIpv4(text: string): Uint8Array | undefined {
	if (text.length < 7 || text.length > 15) return undefined;
	const match = QUAD.exec(text);
	if (match === null) return undefined;
	const bytes = new Uint8Array(4);
	for (let at = 0; at < 4; at += 1) {
		const value = Number(match[at + 1]);
		if (value > 255) return undefined;
		bytes[at] = value;
	}
	return bytes;
}

/** A leading zero is octal to some resolvers and decimal to others: nobody can know what was meant. */
const QUAD = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;

/** `192.0.2.1` from the first four bytes; bytes that are not there read as 0. */
export function formatIpv4(bytes: Uint8Array): string {
	return `${bytes[0] ?? 0}.${bytes[1] ?? 0}.${bytes[2] ?? 0}.${bytes[3] ?? 0}`;
}
