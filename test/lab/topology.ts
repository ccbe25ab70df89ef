/**
 * Who stands where. Every host is a network namespace of its own, so that each hop is a hop of the
 * kernel (TTLs count down, ARP happens) and addresses may repeat from lab to lab.
 *
 * phone --lan-- router --wan-- internet --+-- server    203.0.113.10   2001:db8:203::10
 *                                         +-- upstream  203.0.113.140  2001:db8:204::140
 *
 * Where the upstream host stands in the site, it is on the phone's own network: 192.168.31.50.
 */
export const HOSTS = ['phone', 'router', 'internet', 'server', 'upstream'] as const;
export type Host = (typeof HOSTS)[number];

/** Fixed addresses of the public side (RFC 5737). */
export const ADDRESSES = {
	routerWan: '198.51.100.32',
	internetWan: '198.51.100.1',
	internetServer: '203.0.113.1',
	internetUpstream: '203.0.113.129',
	server: '203.0.113.10',
	upstream: '203.0.113.140',
	/** In the server's network, and nobody has it. */
	nobody: '203.0.113.99',
} as const;

/** The same in IPv6 (RFC 3849). */
export const ADDRESSES6: Readonly<Record<keyof typeof ADDRESSES, string>> = {
	routerWan: '2001:db8:198::32',
	internetWan: '2001:db8:198::1',
	internetServer: '2001:db8:203::1',
	internetUpstream: '2001:db8:204::1',
	server: '2001:db8:203::10',
	upstream: '2001:db8:204::140',
	nobody: '2001:db8:203::99',
};

/** Which of the two a lab has: IPv4 alone, IPv6 alone, or both beside each other. */
export type Families = readonly (4 | 6)[];

/** Addresses of the phone's network: private behind a NAT, public without one. */
export interface Lan {
	readonly prefix: string;
	readonly phone: string;
	readonly router: string;
	/** Of the upstream host, where it stands here. */
	readonly neighbour: string;
}

export const PRIVATE_LAN: Lan = {
	prefix: '192.168.31.0/24',
	phone: '192.168.31.30',
	router: '192.168.31.1',
	neighbour: '192.168.31.50',
};

export const PUBLIC_LAN: Lan = {
	prefix: '192.0.2.0/24',
	phone: '192.0.2.30',
	router: '192.0.2.1',
	neighbour: '192.0.2.50',
};

/** Unique local addresses (RFC 4193), which a router with NAT66 hides. */
export const PRIVATE_LAN6: Lan = {
	prefix: 'fd00:31::/64',
	phone: 'fd00:31::30',
	router: 'fd00:31::1',
	neighbour: 'fd00:31::50',
};

export const PUBLIC_LAN6: Lan = {
	prefix: '2001:db8:31::/64',
	phone: '2001:db8:31::30',
	router: '2001:db8:31::1',
	neighbour: '2001:db8:31::50',
};

/** The address of the router on the phone's link, in every lab with IPv6. */
export const ROUTER_LINK_LOCAL = 'fe80::1';

/** One cable: interface `a` of host `from` joined to interface `b` of host `to`. */
export interface Cable {
	readonly from: Host;
	readonly a: string;
	readonly to: Host;
	readonly b: string;
}

const CABLES: readonly Cable[] = [
	{ from: 'phone', a: 'eth0', to: 'router', b: 'lan' },
	{ from: 'router', a: 'wan', to: 'internet', b: 'wan' },
	{ from: 'internet', a: 'srv', to: 'server', b: 'eth0' },
	{ from: 'internet', a: 'ups', to: 'upstream', b: 'eth0' },
];

/** Lines for `ip -batch` that give a host its IPv6 addresses and routes; nobody else is there, so none is asked for. */
export function addressing6(host: Host, lan: Lan): readonly string[] {
	const own = (address: string, device: string): string =>
		`addr add ${address}/64 dev ${device} nodad`;
	const otherwise = (router: string): string => `route add default via ${router}`;
	switch (host) {
		case 'phone':
			return [own(lan.phone, 'eth0'), otherwise(lan.router)];
		case 'router':
			return [
				own(lan.router, 'lan'),
				own(ROUTER_LINK_LOCAL, 'lan'),
				own(ADDRESSES6.routerWan, 'wan'),
				otherwise(ADDRESSES6.internetWan),
			];
		case 'internet':
			return [
				own(ADDRESSES6.internetWan, 'wan'),
				own(ADDRESSES6.internetServer, 'srv'),
				own(ADDRESSES6.internetUpstream, 'ups'),
				// Nor unique local ones (RFC 4193 §4.1).
				'route add blackhole fc00::/7',
				`route add ${PUBLIC_LAN6.prefix} via ${ADDRESSES6.routerWan}`,
			];
		case 'server':
			return [own(ADDRESSES6.server, 'eth0'), otherwise(ADDRESSES6.internetServer)];
		case 'upstream':
			return [own(ADDRESSES6.upstream, 'eth0'), otherwise(ADDRESSES6.internetUpstream)];
	}
}

/** The same with the upstream host in the site: the router's inner interface is a bridge then. */
const CABLES_OF_A_SITE: readonly Cable[] = [
	{ from: 'phone', a: 'eth0', to: 'router', b: 'lan1' },
	{ from: 'upstream', a: 'eth0', to: 'router', b: 'lan2' },
	...CABLES.slice(1, 3),
];

export function cablesOf(upstreamInSite: boolean): readonly Cable[] {
	return upstreamInSite ? CABLES_OF_A_SITE : CABLES;
}

/** Lines for `ip -batch` that join the inner cables of the router, before it gets its addresses. */
export const BRIDGING: readonly string[] = [
	'link add lan type bridge',
	'link set lan1 master lan',
	'link set lan2 master lan',
	'link set lan up',
];

/** Lines for `ip -batch` that give a host its addresses and routes. */
export function addressing(host: Host, lan: Lan, upstreamInSite = false): readonly string[] {
	switch (host) {
		case 'phone':
			return [`addr add ${lan.phone}/24 dev eth0`, `route add default via ${lan.router}`];
		case 'router':
			return [
				`addr add ${lan.router}/24 dev lan`,
				`addr add ${ADDRESSES.routerWan}/24 dev wan`,
				`route add default via ${ADDRESSES.internetWan}`,
			];
		case 'internet':
			return [
				`addr add ${ADDRESSES.internetWan}/24 dev wan`,
				`addr add ${ADDRESSES.internetServer}/25 dev srv`,
				...(upstreamInSite ? [] : [`addr add ${ADDRESSES.internetUpstream}/25 dev ups`]),
				// The internet carries no private addresses (RFC 1918 §3), and mostly says nothing.
				'route add blackhole 192.168.0.0/16',
				`route add ${PUBLIC_LAN.prefix} via ${ADDRESSES.routerWan}`,
			];
		case 'server':
			return [
				`addr add ${ADDRESSES.server}/25 dev eth0`,
				`route add default via ${ADDRESSES.internetServer}`,
			];
		case 'upstream':
			if (upstreamInSite) {
				return [`addr add ${lan.neighbour}/24 dev eth0`, `route add default via ${lan.router}`];
			}
			return [
				`addr add ${ADDRESSES.upstream}/25 dev eth0`,
				`route add default via ${ADDRESSES.internetUpstream}`,
			];
	}
}
