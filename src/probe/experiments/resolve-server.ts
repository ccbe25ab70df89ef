import { isIP } from 'node:net';
import { canonicalAddress } from '../../net/address.js';
import { parseServerAddress } from '../server-address.js';
import { errnoOf } from '../socket-failure.js';
import type { NamedServer } from './stun.js';

/** As much of a resolver as a helper's name needs. */
export interface NameResolver {
	resolve4(name: string): Promise<readonly string[]>;
	resolve6(name: string): Promise<readonly string[]>;
	lookup(name: string): Promise<readonly string[]>;
}

/** `HOST[:PORT]` to an address of the family of `local`; never rejects. */
export async function resolveServer(
	text: string,
	defaultPort: number,
	local: string,
	resolver: NameResolver,
): Promise<NamedServer> {
	const parsed = parseServerAddress(text);
	if (!parsed.ok) return { name: text, endpoint: undefined, why: 'is not written as HOST[:PORT]' };
	const { host, port = defaultPort } = parsed.value;
	const family = isIP(local);
	if (isIP(host) === family)
		return { name: text, endpoint: { address: host, port }, why: undefined };
	if (isIP(host) !== 0) {
		return {
			name: text,
			endpoint: undefined,
			why: `is IPv${isIP(host)}, and the REGISTER went over IPv${family}`,
		};
	}
	try {
		const asked = family === 6 ? resolver.resolve6(host) : resolver.resolve4(host);
		const found = await asked.catch(() => resolver.lookup(host));
		const address = found.find((one) => isIP(one) === family);
		if (address === undefined) {
			return { name: text, endpoint: undefined, why: `has no IPv${family} address` };
		}
		return { name: text, endpoint: { address: canonicalAddress(address), port }, why: undefined };
	} catch (error) {
		return { name: text, endpoint: undefined, why: `does not resolve (${errnoOf(error)})` };
	}
}
