/** The one-letter names of header fields (RFC 3261 §7.3.3 and the registry of SIP compact forms). */
const COMPACT_FORMS: ReadonlyMap<string, string> = new Map([
	['a', 'accept-contact'],
	['b', 'referred-by'],
	['c', 'content-type'],
	['d', 'request-disposition'],
	['e', 'content-encoding'],
	['f', 'from'],
	['i', 'call-id'],
	['j', 'reject-contact'],
	['k', 'supported'],
	['l', 'content-length'],
	['m', 'contact'],
	['n', 'identity-info'],
	['o', 'event'],
	['r', 'refer-to'],
	['s', 'subject'],
	['t', 'to'],
	['u', 'allow-events'],
	['v', 'via'],
	['x', 'session-expires'],
	['y', 'identity'],
]);

/** The full header field name in lower case, compact forms expanded: `V` → `via`. */
export function headerId(name: string): string {
	const lower = name.toLowerCase();
	return COMPACT_FORMS.get(lower) ?? lower;
}

/** By full name. */
const BY_NAME: ReadonlyMap<string, string> = new Map(
	[...COMPACT_FORMS].map(([letter, name]) => [name, letter]),
);

/** The letter that stands for a header field, by its full name in lower case; undefined where there is none. */
export function compactForm(id: string): string | undefined {
	return BY_NAME.get(id);
}
