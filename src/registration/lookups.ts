/*
 * What DNS questions mean to somebody who looks for a SIP server (RFC 3263): which domain they are about, and which
 * servers the answers name.
 */
import { classifyAddress } from '../net/address.js';
import type { Endpoint } from '../net/endpoint.js';
import type { Transport } from '../net/transport.js';
import type { DnsEvent } from '../trace/observed.js';

/** Servers that one SRV record names. */
export interface ServiceTarget {
	readonly transport: Transport;
	readonly priority: number;
	readonly port: number;
	readonly host: string;
	/** As far as the source shows them. */
	readonly addresses: readonly string[];
	/** The question that gave the record. */
	readonly seen: DnsEvent;
}

/** Domains and hosts that one server is looked for by; thousands of names for one address are a flood. */
const MAX_DOMAINS = 64;

const SERVICES: Readonly<Record<string, Transport>> = {
	'_sip._udp': 'udp',
	'_sip._tcp': 'tcp',
	'_sip._tls': 'tls',
	'_sips._tcp': 'tls',
	'_sips._tls': 'tls',
	'_sip._ws': 'ws',
	'_sips._ws': 'wss',
	'_sips._wss': 'wss',
};

/** Domain and transport of a SIP service name, `_sip._udp.example.com`; undefined for any other name. */
export function serviceOf(
	name: string,
): { readonly domain: string; readonly transport: Transport } | undefined {
	const [, service = '', domain = ''] = /^(_sips?\._[a-z]+)\.(.+)$/.exec(name) ?? [];
	const transport = SERVICES[service];
	return transport === undefined ? undefined : { domain, transport };
}

export function isAddressQuestion({ type }: DnsEvent): boolean {
	return type === 'A' || type === 'AAAA';
}

/** The domain for whose SIP server a NAPTR or SRV question asks; undefined for ENUM and other services. */
export function domainOf({ type, name }: DnsEvent): string | undefined {
	if (type === 'SRV') return serviceOf(name)?.domain;
	return type === 'NAPTR' && !name.endsWith('.arpa') ? name : undefined;
}

/** The questions about one domain: its NAPTR and SRV, and the addresses of it and of the hosts that its SRV name. */
export function lookupsFor(domain: string, events: readonly DnsEvent[]): readonly DnsEvent[] {
	const services = events.filter((event) => domainOf(event) === domain);
	const hosts = new Set([domain, ...services.flatMap(hostsNamedBy)]);
	return events.filter((event) =>
		isAddressQuestion(event) ? hosts.has(event.name) : domainOf(event) === domain,
	);
}

/** The questions about the domain in a Request-URI and about the addresses that the REGISTER was sent to. */
export type LookupFinder = (
	domain: string | undefined,
	servers: readonly string[],
) => readonly DnsEvent[];

/** Thousands of phones ask for the same server: each is looked for once. */
export function lookupFinder(events: readonly DnsEvent[]): LookupFinder {
	const known = new Map<string, readonly DnsEvent[]>();
	return (domain, servers) => {
		if (events.length === 0) return events;
		const name = domain?.toLowerCase();
		const addresses = [...new Set(servers)].toSorted();
		const key = [name, ...addresses].join(' ');
		const found = known.get(key) ?? lookupsOfServer(name, addresses, events);
		known.set(key, found);
		return found;
	};
}

function lookupsOfServer(
	domain: string | undefined,
	servers: readonly string[],
	events: readonly DnsEvent[],
): readonly DnsEvent[] {
	const hosts = new Set(
		events
			.filter((event) => isAddressQuestion(event))
			.filter((event) => addressesIn(event).some((address) => servers.includes(address)))
			.map(({ name }) => name),
	);
	const services = events
		.filter((event) => hostsNamedBy(event).some((host) => hosts.has(host)))
		.flatMap((event) => domainOf(event) ?? []);
	const domains = new Set([...(domain === undefined ? [] : [domain]), ...services, ...hosts]);
	const few = [...domains].slice(0, MAX_DOMAINS);
	const about = new Set(few.flatMap((one) => lookupsFor(one, events)));
	return events.filter((event) => about.has(event));
}

/** The names that SRV and NAPTR records in an answer lead on to. */
export function hostsNamedBy({ answers }: DnsEvent): readonly string[] {
	return answers
		.filter(({ type }) => type === 'SRV' || type === 'NAPTR')
		.flatMap(({ data }) => data.split(' ').at(-1) ?? []);
}

/** The addresses that an answer gives. */
export function addressesIn({ answers }: DnsEvent): readonly string[] {
	return answers.filter(({ type }) => type === 'A' || type === 'AAAA').map(({ data }) => data);
}

/** No server is there: what filters answer in place of the truth, `0.0.0.0` or `127.0.0.1`. */
export function isSinkhole(address: string): boolean {
	const kind = classifyAddress(address);
	return kind === 'unspecified' || kind === 'loopback';
}

/** Every server that SRV records name, the preferred first (RFC 2782: the lowest priority). */
export function serviceTargets(lookups: readonly DnsEvent[]): readonly ServiceTarget[] {
	return lookups
		.filter(({ type }) => type === 'SRV')
		.flatMap((seen) => targetsIn(seen, lookups))
		.toSorted((a, b) => a.priority - b.priority);
}

function targetsIn(seen: DnsEvent, lookups: readonly DnsEvent[]): readonly ServiceTarget[] {
	const transport = serviceOf(seen.name)?.transport;
	if (transport === undefined) return [];
	return seen.answers.flatMap(({ type, data }) => {
		const [priority, , port, host = ''] = data.split(' ');
		// RFC 2782: the target `.` says that the service is decidedly not there.
		if (type !== 'SRV' || host === '.' || host === '') return [];
		const addresses = addressesOf(host, [seen, ...lookups]);
		const target = { transport, priority: Number(priority), port: Number(port), host, addresses };
		return [{ ...target, seen }];
	});
}

/** Every address that any of the answers gives for a host, aliases followed. */
function addressesOf(host: string, lookups: readonly DnsEvent[]): readonly string[] {
	const asked = lookups.filter(({ name, type }) => name === host && type !== 'SRV');
	const added = lookups
		.flatMap(({ answers }) => answers)
		.filter(({ name, type }) => name === host && (type === 'A' || type === 'AAAA'));
	return [...new Set([...asked.flatMap(addressesIn), ...added.map(({ data }) => data)])];
}

/** True where a target is this very server; by its port alone where its address is not in the source. */
export function isTarget({ addresses, port }: ServiceTarget, server: Endpoint): boolean {
	return port === server.port && (addresses.length === 0 || addresses.includes(server.address));
}
