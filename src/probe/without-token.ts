const BEARER = /^((?:Proxy-)?Authorization:[ \t]*Bearer[ \t]+)[^\r\n]*/gim;

/**
 * A message for the record: a bearer token is the key itself, and not, like a digest response, only the proof of one,
 * so that it is left out of what is saved and told. The scheme stays.
 */
export function withoutToken(message: Uint8Array): Uint8Array {
	const text = Buffer.from(message).toString('latin1');
	const without = text.replace(BEARER, '$1hidden');
	return without === text ? message : Buffer.from(without, 'latin1');
}
