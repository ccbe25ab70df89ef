import { Resolver as DnsResolver, lookup } from 'node:dns/promises';
import { isIPv6 } from 'node:net';

/** Name resolution as the probe needs it; failures are rejections that carry node:dns's `code`. */
export interface Resolver {
	resolve4(name: string): Promise<readonly string[]>;
	resolve6(name: string): Promise<readonly string[]>;
	/** The system's own order, hosts file included, which plain DNS queries do not read. */
	lookup(name: string): Promise<readonly string[]>;
}

/** Node's c-ares resolver with a bounded wait (2 tries of 3 s), and getaddrinfo for the hosts file. */
export function systemResolver(): Resolver {
	const dns = new DnsResolver({ timeout: 3000, tries: 2 });
	return {
		resolve4: (name) => dns.resolve4(name),
		resolve6: (name) => dns.resolve6(name),
		lookup: async (name) => {
			const found = await lookup(name, { all: true, order: 'verbatim' });
			// A zone index (`fe80::1%eth0`) is no address for a SIP header field.
			return found.map(({ address }) => address).filter((a) => !isIPv6(a) || !a.includes('%'));
		},
	};
}
