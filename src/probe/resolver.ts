import type { NaptrRecord, SrvRecord } from 'node:dns';
import { Resolver as DnsResolver, lookup } from 'node:dns/promises';
import { isIP, isIPv6 } from 'node:net';
import { canonicalAddress } from '../net/address.js';
import { type Endpoint, formatEndpoint } from '../net/endpoint.js';
import { ProbeError } from './probe-error.js';
import { parseServerAddress } from './server-address.js';

/** Name resolution as the probe needs it; failures are rejections that carry node:dns's `code`. */
export interface Resolver {
	resolve4(name: string): Promise<readonly string[]>;
	resolve6(name: string): Promise<readonly string[]>;
	resolveSrv(name: string): Promise<readonly SrvRecord[]>;
	resolveNaptr(name: string): Promise<readonly NaptrRecord[]>;
	/** The system's own order, hosts file included, which plain DNS queries do not read. */
	lookup(name: string): Promise<readonly string[]>;
	/** The name server that is asked first; undefined where none is known. */
	readonly server: Endpoint | undefined;
	/** Ends every question under way, and takes no more: a process waits for its resolver. */
	cancel?(): void;
}

const DNS_PORT = 53;

/**
 * Node's c-ares resolver with a bounded wait (2 tries of 3 s), and getaddrinfo for the hosts file. `server` is asked in
 * place of those of this machine, and then nothing but it. Throws `ProbeError` for a server that is no address.
 */
export function systemResolver(server?: string): Resolver {
	const dns = new DnsResolver({ timeout: 3000, tries: 2 });
	const given = server === undefined ? undefined : readDnsServer(server);
	let isCancelled = false;
	const ask = <T>(question: () => Promise<T>): Promise<T> =>
		isCancelled ? Promise.reject(cancelled()) : question();
	if (given !== undefined) dns.setServers([formatEndpoint(given)]);
	return {
		resolve4: (name) => ask(() => dns.resolve4(name)),
		resolve6: (name) => ask(() => dns.resolve6(name)),
		resolveSrv: (name) => ask(() => dns.resolveSrv(name)),
		resolveNaptr: (name) => ask(() => dns.resolveNaptr(name)),
		lookup: async (name) => {
			// The user wants to know what that server says, not what this machine thinks.
			if (given !== undefined || isCancelled) return [];
			const found = await lookup(name, { all: true, order: 'verbatim' });
			// A zone index (`fe80::1%eth0`) is no address for a SIP header field.
			return found.map(({ address }) => address).filter((a) => !isIPv6(a) || !a.includes('%'));
		},
		server: given ?? firstServer(dns.getServers()),
		cancel() {
			isCancelled = true;
			dns.cancel();
		},
	};
}

/** As c-ares rejects a question that was under way. */
function cancelled(): Error {
	return Object.assign(new Error('cancelled'), { code: 'ECANCELLED' });
}

/** `--dns SERVER[:PORT]`. */
function readDnsServer(text: string): Endpoint {
	const parsed = parseServerAddress(text);
	if (!parsed.ok || isIP(parsed.value.host) === 0) {
		const example = 'Write it as 192.0.2.53 or 192.0.2.53:5353, IPv6 in brackets.';
		throw new ProbeError('usage', `--dns "${text}" is not the address of a name server`, example);
	}
	return { address: parsed.value.host, port: parsed.value.port ?? DNS_PORT };
}

/** `192.0.2.53`, `192.0.2.53:5353`, `[2001:db8::53]:5353`. */
function firstServer(servers: readonly string[]): Endpoint | undefined {
	const parsed = parseServerAddress(servers[0] ?? '');
	if (!parsed.ok || isIP(parsed.value.host) === 0) return undefined;
	return { address: canonicalAddress(parsed.value.host), port: parsed.value.port ?? DNS_PORT };
}
