/*
 * From the domain of the address-of-record, or the server named by the user, to the places to send to (RFC 3263):
 *
 *   address ───────────────────────────────────────────────→ that address
 *   name with port ─────────────────────────────→ A, AAAA ─→ that port
 *   name, transport given ──────────→ SRV of it ─→ A, AAAA
 *   name ──→ NAPTR ──→ SRV named by it ──────────→ A, AAAA
 *              └ none ─→ SRV of each transport ──→ A, AAAA
 *                          └ none ───────────────→ A, AAAA of the name, default port
 */
import { isIP } from 'node:net';
import { canonicalAddress } from '../../net/address.js';
import type { Endpoint } from '../../net/endpoint.js';
import type { Instant } from '../../time/instant.js';
import type { ResolutionEvent } from '../../trace/observed.js';
import type { Resolver } from '../resolver.js';
import type { ProbeTransportName } from '../transport.js';
import { chooseServices } from './choose-service.js';
import { DnsAsker, type Lookup, nameOf } from './dns-asker.js';
import { DEFAULT_PORTS, defaultTransport, SRV_PREFIXES } from './service.js';
import { isDeclined, srvOrder } from './srv-order.js';

/** Targets that a probe tries at most (RFC 3263 §4.3 names no number; a guest has a limit). */
const MAX_TARGETS = 6;

/** Addresses of one host, so that a host with many does not hide the next one. */
const MAX_ADDRESSES_OF_HOST = 4;

export interface LocateQuestion {
	/** Name, or address without brackets. */
	readonly host: string;
	/** Where the user, or the address-of-record, names one. */
	readonly port: number | undefined;
	/** Where the user names one. */
	readonly transport: ProbeTransportName | undefined;
	/** A sips: address-of-record: only over TLS. */
	readonly secure: boolean;
}

/** One place to send to. */
export interface Target {
	readonly transport: ProbeTransportName;
	readonly endpoint: Endpoint;
	/** How it was found, in words: `NAPTR SIP+D2T`, `SRV _sip._tcp.example.com`, `sip1.example.com`. */
	readonly via: readonly string[];
}

export type Located =
	| {
			readonly kind: 'located';
			/** In the order to try. */
			readonly targets: readonly [Target, ...Target[]];
			/** How many the DNS names; more than are tried, maybe. */
			readonly found: number;
			/** `literal` needed no question; `system` is the hosts file or whatever else getaddrinfo reads. */
			readonly from: 'literal' | 'dns' | 'system';
			readonly lookups: readonly Lookup[];
	  }
	| {
			readonly kind: 'not-located';
			/** The name at which it ended. */
			readonly name: string;
			readonly outcome: ResolutionEvent['outcome'];
			readonly errno: string;
			readonly lookups: readonly Lookup[];
	  };

export interface LocateDeps {
	readonly resolver: Resolver;
	readonly now: () => Instant;
	/** From 0 up to 1, for RFC 2782's draw by weight. */
	readonly random: () => number;
}

/** A host to be resolved, and what it is for. */
interface Host {
	readonly name: string;
	readonly port: number;
	readonly transport: ProbeTransportName;
	readonly via: readonly string[];
}

/** Finds the places to send to; never rejects. */
export async function locateRegistrar(
	question: LocateQuestion,
	deps: LocateDeps,
): Promise<Located> {
	const { host, port, transport, secure } = question;
	if (isIP(host) !== 0) {
		const used = transport ?? defaultTransport(secure);
		const endpoint = { address: canonicalAddress(host), port: port ?? DEFAULT_PORTS[used] };
		const target = { transport: used, endpoint, via: [] };
		return { kind: 'located', targets: [target], found: 1, from: 'literal', lookups: [] };
	}
	const asker = new DnsAsker(deps.resolver, deps.now);
	const services = port === undefined ? await hostsOfServices(question, asker, deps) : [];
	if (services === 'declined') {
		const name = `${SRV_PREFIXES[transport ?? defaultTransport(secure)]}.${nameOf(host)}`;
		const { lookups } = asker;
		return { kind: 'not-located', name, outcome: 'no-record', errno: 'ENODATA', lookups };
	}
	const found = await targetsOf(services, asker);
	if (found.length > 0) return located(found, 'dns', asker);
	return atTheName(question, services[0], asker);
}

/** The hosts that SRV records name; `declined` where they say that there is no such service. */
async function hostsOfServices(
	{ host, transport, secure }: LocateQuestion,
	asker: DnsAsker,
	{ random }: LocateDeps,
): Promise<readonly Host[] | 'declined'> {
	const ask = async (
		name: string,
		over: ProbeTransportName,
		via: readonly string[],
	): Promise<readonly Host[] | 'declined'> => {
		const { records } = await asker.srv(name);
		if (isDeclined(records)) return 'declined';
		return srvOrder(records, random).map((record) => ({
			...{ name: record.name, port: record.port, transport: over },
			via: [...via, `SRV ${name} (priority ${record.priority}, weight ${record.weight})`],
		}));
	};
	if (transport !== undefined) return ask(`${SRV_PREFIXES[transport]}.${host}`, transport, []);
	const { records } = await asker.naptr(host);
	const chosen = chooseServices(records, secure).slice(0, MAX_TARGETS);
	const named = await Promise.all(
		chosen.map(({ name, transport: over, service }) => ask(name, over, [`NAPTR ${service}`])),
	);
	const byNaptr = named.flatMap((hosts) => (hosts === 'declined' ? [] : hosts));
	if (byNaptr.length > 0) return byNaptr;
	// RFC 3263 §4.1: without NAPTR, SRV of every transport that the client supports, in its own order.
	const own: readonly ProbeTransportName[] = secure ? ['tls'] : ['udp', 'tcp', 'tls'];
	const each = await Promise.all(own.map((over) => ask(`${SRV_PREFIXES[over]}.${host}`, over, [])));
	const bySrv = each.flatMap((hosts) => (hosts === 'declined' ? [] : hosts));
	// The preferred transport is not offered, and no other is: that is an answer.
	return bySrv.length === 0 && each[0] === 'declined' ? 'declined' : bySrv;
}

async function targetsOf(hosts: readonly Host[], asker: DnsAsker): Promise<readonly Target[]> {
	const few = hosts.slice(0, MAX_TARGETS);
	const resolved = await Promise.all(
		few.map(async (host) => ({ host, addresses: await addressesOf(host.name, asker) })),
	);
	const targets = resolved.flatMap(({ host, addresses }) =>
		addresses.slice(0, MAX_ADDRESSES_OF_HOST).map((address) => ({
			transport: host.transport,
			endpoint: { address, port: host.port },
			via: [...host.via, nameOf(host.name)],
		})),
	);
	return unique(targets);
}

async function addressesOf(name: string, asker: DnsAsker): Promise<readonly string[]> {
	if (isIP(name) !== 0) return [canonicalAddress(name)];
	const answers = await asker.addresses(name);
	return [...new Set(answers.flatMap(({ records }) => records.map(canonicalAddress)))];
}

/** Without SRV: A and AAAA of the name itself, then what the machine's own hosts file knows. */
async function atTheName(
	{ host, port, transport, secure }: LocateQuestion,
	service: Host | undefined,
	asker: DnsAsker,
): Promise<Located> {
	const used = transport ?? defaultTransport(secure);
	if (service === undefined) {
		const to = (address: string): Target => ({
			transport: used,
			endpoint: { address, port: port ?? DEFAULT_PORTS[used] },
			via: [nameOf(host)],
		});
		const inDns = await addressesOf(host, asker);
		if (inDns.length > 0) return located(inDns.map(to), 'dns', asker);
		const known = [...new Set(await asker.system(host))];
		if (known.length > 0) return located(known.map(to), 'system', asker);
	}
	// SRV is there, and the host that it names is not: the domain's own address would be somebody else's.
	const name = nameOf(service?.name ?? host);
	const asked = asker.lookups.filter((one) => one.name === name && one.type.startsWith('A'));
	return { kind: 'not-located', name, ...whyNot(asked), lookups: asker.lookups };
}

function located(found: readonly Target[], from: 'dns' | 'system', { lookups }: DnsAsker): Located {
	const [first, ...rest] = found.slice(0, MAX_TARGETS);
	if (first === undefined) throw new Error('somebody found a place');
	return { kind: 'located', targets: [first, ...rest], found: found.length, from, lookups };
}

function unique(targets: readonly Target[]): readonly Target[] {
	const seen = new Map<string, Target>();
	for (const target of targets) {
		const { address, port } = target.endpoint;
		const key = `${target.transport} ${address} ${port}`;
		if (!seen.has(key)) seen.set(key, target);
	}
	return [...seen.values()];
}

/**
 * The worst of the answers that still says something of the name: where one question got "no such record", the name
 * exists; a time-out or failure of either leaves everything open.
 */
function whyNot(lookups: readonly Lookup[]): {
	readonly outcome: ResolutionEvent['outcome'];
	readonly errno: string;
} {
	const codes = lookups.map(({ errno }) => errno ?? 'ENODATA');
	const other = codes.find((code) => !['ENODATA', 'ENOTFOUND', 'ETIMEOUT'].includes(code));
	if (codes.includes('ETIMEOUT')) return { outcome: 'timed-out', errno: 'ETIMEOUT' };
	if (other !== undefined) return { outcome: 'failure', errno: other };
	if (codes.includes('ENODATA')) return { outcome: 'no-record', errno: 'ENODATA' };
	return { outcome: 'nxdomain', errno: 'ENOTFOUND' };
}
