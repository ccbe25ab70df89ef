/** IPv4 addresses between text and four bytes. */

/** The four bytes of a dotted quad; undefined for anything else, also for octal-looking parts (`010`). */
export function parseIpv4(text: string): Uint8Array | undefined {
	if (text.length < 7 || text.length > 15) return undefined;
	const parts = text.split('.');
	if (parts.length !== 4) return undefined;
	const bytes = new Uint8Array(4);
	for (const [index, part] of parts.entries()) {
		// A leading zero is octal to some resolvers and decimal to others: nobody can know what was meant.
		if (!/^(?:0|[1-9]\d{0,2})$/.test(part)) return undefined;
		const value = Number(part);
		if (value > 255) return undefined;
		bytes[index] = value;
	}
	return bytes;
}

/** `192.0.2.1` from the first four bytes; bytes that are not there read as 0. */
export function formatIpv4(bytes: Uint8Array): string {
	return `${bytes[0] ?? 0}.${bytes[1] ?? 0}.${bytes[2] ?? 0}.${bytes[3] ?? 0}`;
}
