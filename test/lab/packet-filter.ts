import type { Families } from './topology.js';

/** What the site's router does to packets. */
export interface RouterOptions {
	/** `port-preserving` keeps the phone's port while it is free; `symmetric` takes a random one. */
	readonly nat: 'none' | 'port-preserving' | 'symmetric';
	/** The kernel's SIP helper, for UDP and TCP port 5060. */
	readonly alg: boolean;
	readonly towardsServer:
		| 'pass'
		| 'drop'
		| 'drop-first-register'
		| { readonly reject: IcmpRefusal };
	readonly fromServer: 'pass' | 'drop';
	/** Leads SIP over UDP to itself, whatever server it is for. */
	readonly intercepts?: boolean;
	/** Further nft rules for what passes through, such as `udp length > 480 drop`. */
	readonly rules?: readonly string[];
}

/** ICMP type 3 codes in nft's words; `tcp reset` answers a SYN with RST. */
export type IcmpRefusal =
	| 'admin-prohibited'
	| 'host-prohibited'
	| 'net-unreachable'
	| 'host-unreachable'
	| 'port-unreachable';

export const PLAIN_ROUTER: RouterOptions = {
	nat: 'port-preserving',
	alg: false,
	towardsServer: 'pass',
	fromServer: 'pass',
};

/** The same in ICMPv6 type 1, which has no word for a single host that is forbidden (RFC 4443 §3.1). */
const ICMPV6: Readonly<Record<IcmpRefusal, string>> = {
	'admin-prohibited': 'admin-prohibited',
	'host-prohibited': 'admin-prohibited',
	'net-unreachable': 'no-route',
	'host-unreachable': 'addr-unreachable',
	'port-unreachable': 'port-unreachable',
};

type Family = Families[number];

function outgoing(rule: RouterOptions['towardsServer'], family: Family): readonly string[] {
	if (rule === 'pass') return [];
	if (rule === 'drop') return ['iifname "lan" drop'];
	if (rule === 'drop-first-register') {
		return ['iifname "lan" udp dport 5060 limit rate 1/day burst 1 packets drop'];
	}
	return [
		family === 4
			? `iifname "lan" reject with icmp type ${rule.reject}`
			: `iifname "lan" reject with icmpv6 type ${ICMPV6[rule.reject]}`,
	];
}

/** What joins neighbours is no traffic from outside: ARP is no IP, but neighbour discovery is ICMPv6. */
const NEIGHBOURS_PASS = { 4: '', 6: 'meta l4proto != icmpv6 ' } as const;

function translation(nat: RouterOptions['nat'], family: Family): readonly string[] {
	if (nat === 'none') return [];
	return [
		'chain translate {',
		'type nat hook postrouting priority srcnat;',
		...(nat === 'symmetric'
			? ['oifname "wan" meta l4proto { tcp, udp } masquerade to :30000-60000 random']
			: []),
		'oifname "wan" masquerade',
		'}',
		// A home router answers nobody from outside, not even with ICMP.
		'chain closed {',
		'type filter hook input priority filter;',
		`iifname "wan" ${NEIGHBOURS_PASS[family]}ct state new drop`,
		'}',
	];
}

const HELPER: readonly string[] = [
	'ct helper sip-udp { type "sip" protocol udp; }',
	'ct helper sip-tcp { type "sip" protocol tcp; }',
	'chain helper {',
	// After defragmentation and before the NAT, where conntrack has the entry but no helper yet.
	'type filter hook prerouting priority -150;',
	'udp dport 5060 ct helper set "sip-udp"',
	'tcp dport 5060 ct helper set "sip-tcp"',
	'}',
];

const INTERCEPTION: readonly string[] = [
	'chain intercept {',
	'type nat hook prerouting priority dstnat;',
	'iifname "lan" udp dport 5060 redirect',
	'}',
];

/** The nft ruleset of the site's router. */
export function routerRuleset(options: RouterOptions, families: Families): string {
	return families.map((family) => tableOf(options, family)).join('');
}

function tableOf(options: RouterOptions, family: Family): string {
	return [
		family === 4 ? 'table ip lab {' : 'table ip6 lab {',
		...(options.alg ? HELPER : []),
		...(options.intercepts === true && family === 4 ? INTERCEPTION : []),
		...translation(options.nat, family),
		'chain transit {',
		'type filter hook forward priority filter;',
		...outgoing(options.towardsServer, family),
		...(options.rules ?? []),
		...(options.fromServer === 'drop' ? ['iifname "wan" drop'] : []),
		'}',
		'}',
		'',
	].join('\n');
}

/** The ruleset of a server whose own firewall swallows everything (a ban does the same). */
export const SILENT_SERVER_RULESET = [
	'table inet lab {',
	'chain banned {',
	'type filter hook input priority filter;',
	'meta l4proto { tcp, udp } drop',
	'}',
	'}',
	'',
].join('\n');

/** For a router without conntrack: only first fragments pass (conntrack would put them together). */
export const LATER_FRAGMENTS_LOST_RULESET = [
	'table ip lab {',
	'chain fragments {',
	'type filter hook prerouting priority -450;',
	'ip frag-off & 0x1fff != 0 drop',
	'}',
	'}',
	'',
].join('\n');

/** For a host that has died: nothing goes in or out of this interface, not even ARP. */
export function deadRuleset(device: string): string {
	return [
		'table netdev lab {',
		'chain dead {',
		`type filter hook ingress device ${device} priority 0;`,
		'drop',
		'}',
		'chain dumb {',
		`type filter hook egress device ${device} priority 0;`,
		'drop',
		'}',
		'}',
		'',
	].join('\n');
}
