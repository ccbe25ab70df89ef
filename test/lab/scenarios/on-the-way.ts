import { ADDRESSES, type Lan, PRIVATE_LAN } from '../topology.js';
import {
	ACCOUNT,
	answers,
	both,
	DOMAIN,
	finding,
	noAnswer,
	PASSWORD,
	PHONE,
	REGISTERED,
	REGISTRAR,
	registers,
	rejected,
	type Scenario,
	shown,
	USER,
} from './scenario.js';

const ALSO_REGISTERED = { outcome: 'registered', cause: null } as const;
const OTHER_USER = { username: '21001', password: USER.password } as const;
const OVER_TCP = {
	...PHONE,
	user: '21001',
	transport: 'tcp',
	userAgent: 'OtherPhone/2.1',
} as const;

/** Patient enough for three copies of a REGISTER. */
const PROBE = [
	`1001@${DOMAIN}`,
	...['--server', ADDRESSES.server, '--password', PASSWORD],
	...['--transport', 'udp,tcp', '--timeout', '4'],
];

/** Two copies of every sixth REGISTER on the last link, from the fourth on. */
const DOUBLING = [
	'table ip lab {',
	'chain doubled {',
	'type filter hook forward priority filter;',
	`oifname "srv" udp dport 5060 numgen inc mod 6 == 3 dup to ${ADDRESSES.server} device "srv"`,
	'}',
	'}',
	'',
].join('\n');

/** An uplink of 8 kbit/s, in which four packets of an upload stand. */
const UPLOAD = [
	'tc qdisc add dev wan root tbf rate 8kbit burst 1600 latency 20s;',
	`for n in 1 2 3 4; do head -c 1000 /dev/zero >/dev/udp/${ADDRESSES.upstream}/9; done`,
].join(' ');

/** The public address that the router of the provider leads to the registrar, and its SIP helper. */
const VIRTUAL = '203.0.113.100';
const LED_TO_THE_SERVER = [
	'table ip lab {',
	'ct helper sip-udp { type "sip" protocol udp; }',
	'chain helper {',
	'type filter hook prerouting priority -150;',
	'udp dport 5060 ct helper set "sip-udp"',
	'}',
	'chain lead {',
	'type nat hook prerouting priority dstnat;',
	`ip daddr ${VIRTUAL} dnat to ${ADDRESSES.server}`,
	'}',
	'}',
	'',
].join('\n');
const LED_WITHOUT_HELPER = LED_TO_THE_SERVER.replaceAll(/^udp dport .*\n/gm, '');

/** The router leads its public address to the registrar in the site, and translates the source as well, or does not. */
function hairpin(lan: Lan, translatesSource: boolean): string {
	return [
		'table ip hairpin {',
		'chain lead {',
		'type nat hook prerouting priority dstnat;',
		`ip daddr ${ADDRESSES.routerWan} udp dport 5060 dnat to ${lan.neighbour}`,
		'}',
		...(translatesSource
			? [
					'chain back {',
					'type nat hook postrouting priority srcnat;',
					`ip saddr ${lan.phone} ip daddr ${lan.neighbour} masquerade`,
					'}',
				]
			: []),
		'}',
		'',
	].join('\n');
}

/** The registrar stands in the site, and its answers come from its private address. */
const HAIRPIN = {
	twin: 'healthy-hairpin',
	lab: { upstream: REGISTRAR, upstreamInSite: true },
	prepare: [{ host: 'router', command: ['nft', '-f', '-'], stdin: hairpin(PRIVATE_LAN, false) }],
	statuses: ['timeout'],
	accounts: [ACCOUNT],
	truth: {
		phone: { outcome: 'challenged', cause: 'nat-hairpin', finalStatus: 401 },
		server: { outcome: 'challenged', cause: 'response-lost', finalStatus: 401 },
	},
} as const satisfies Partial<Scenario>;

/** What boxes between phone and registrar do to packets besides dropping them and translating addresses. */
export const ON_THE_WAY: readonly Scenario[] = [
	{
		name: 'sip-intercepted',
		says: 'the router leads SIP over UDP to a registrar of its own, which answers in the name of the real one',
		twin: 'healthy-nat',
		lab: {
			router: { intercepts: true },
			inRouter: { realm: 'router.example.net', notFoundForUnknown: true, users: [OTHER_USER] },
			server: { ...REGISTRAR, users: [USER, OTHER_USER] },
		},
		phone: { ...PHONE, tries: 2, retryAfterMs: 2000 },
		beside: [{ afterMs: 1000, phone: { ...OVER_TCP, refreshes: 1, refreshAfterMs: 2500 } }],
		statuses: [404, 404],
		accounts: [ACCOUNT],
		truth: {
			phone: {
				...finding(rejected('unknown-user', 404), 'sip-intercepted'),
				others: [ALSO_REGISTERED],
			},
			server: REGISTERED,
		},
		shows: [
			registers('phone', 6),
			registers('server', 4),
			shown(
				'phone',
				'404 in the name of the server, fresh',
				'sip.Status-Code == 404 && ip.ttl == 64',
				2,
			),
			answers('server', 404, 0),
		],
	},
	{
		name: 'sip-alg-drops',
		says: 'SIP over UDP vanishes in the router; another phone registers with the same server over TCP',
		twin: 'healthy-tcp',
		lab: {
			router: { rules: ['udp dport 5060 drop'] },
			server: { ...REGISTRAR, users: [USER, OTHER_USER] },
		},
		phone: PHONE,
		beside: [{ afterMs: 1000, phone: OVER_TCP }],
		statuses: ['timeout'],
		accounts: [ACCOUNT],
		truth: {
			phone: {
				outcome: 'unanswered',
				cause: 'sip-alg-drops',
				finalStatus: null,
				others: [ALSO_REGISTERED],
			},
			server: REGISTERED,
		},
		shows: [
			registers('phone', 13),
			registers('server', 2),
			shown('server', 'SIP over UDP', 'sip && udp', 0),
		],
	},
	{
		name: 'duplicated-in-transit',
		says: 'one packet of several is doubled before the server',
		twin: 'healthy-refresh-unregister',
		lab: { server: REGISTRAR, internet: DOUBLING },
		phone: { ...PHONE, refreshes: 2, refreshAfterMs: 2000 },
		statuses: [401, 200, 401, 200, 401, 200],
		accounts: [ACCOUNT],
		truth: both(REGISTERED),
		shows: [registers('phone', 6), registers('server', 7)],
	},
	{
		name: 'duplicated-in-transit-refused',
		says: 'the doubled packet has credentials, and the server takes the second one for a replay',
		twin: 'duplicated-in-transit',
		lab: {
			server: { ...REGISTRAR, qop: true, checksNonceCount: true },
			internet: DOUBLING,
		},
		phone: { ...PHONE, refreshes: 2, refreshAfterMs: 2000 },
		statuses: [401, 200, 401, 200, 401, 200],
		accounts: [ACCOUNT],
		truth: both(REGISTERED),
		shows: [registers('phone', 6), registers('server', 7), answers('server', 401, 4)],
	},
	{
		name: 'delayed-in-transit',
		says: 'an upload fills the uplink while the phone refreshes: its REGISTERs stand in the queue of the router',
		twin: 'healthy-refresh-unregister',
		lab: { server: REGISTRAR },
		phone: { ...PHONE, refreshes: 1, refreshAfterMs: 2000 },
		events: [{ afterMs: 1900, host: 'router', command: ['bash', '-c', UPLOAD] }],
		statuses: [401, 200, 401, 200],
		accounts: [ACCOUNT],
		truth: both(REGISTERED),
		shows: [registers('phone'), registers('server')],
	},
	{
		name: 'sip-alg-corrupts',
		says: "the provider's router leads its public address to the registrar and writes the inner one into the REGISTER",
		twin: 'healthy-address-led',
		lab: {
			server: { ...REGISTRAR, onlyDomain: VIRTUAL },
			internet: LED_TO_THE_SERVER,
		},
		phone: { ...PHONE, server: VIRTUAL, domain: VIRTUAL },
		statuses: [401, 404],
		accounts: [ACCOUNT],
		// From the phone alone the REGISTER is as it was sent, and the user is not known.
		truth: {
			phone: finding(rejected('unknown-user', 404), 'sip-alg'),
			server: rejected('sip-alg-corrupts', 404),
		},
		shows: [
			shown('phone', 'Request-URIs with the public address', `sip.r-uri.host == ${VIRTUAL}`, 2),
			shown(
				'server',
				'Request-URIs with the inner address',
				`sip.r-uri.host == ${ADDRESSES.server}`,
				2,
			),
		],
	},
	{
		name: 'healthy-address-led',
		says: "the provider's router leads its public address to the registrar and leaves SIP alone",
		twin: 'sip-alg-corrupts',
		lab: {
			server: { ...REGISTRAR, onlyDomain: VIRTUAL },
			internet: LED_WITHOUT_HELPER,
		},
		phone: { ...PHONE, server: VIRTUAL, domain: VIRTUAL },
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: both(REGISTERED),
		shows: [
			shown('server', 'Request-URIs with the public address', `sip.r-uri.host == ${VIRTUAL}`, 2),
		],
	},
	{
		name: 'wrong-transport',
		says: 'UDP to port 5061, where the server speaks TLS alone and drops the rest',
		twin: 'healthy-tls13',
		lab: { server: REGISTRAR },
		prepare: [
			{
				host: 'server',
				command: ['nft', '-f', '-'],
				stdin:
					'table ip lab {\nchain closed {\ntype filter hook input priority filter;\nudp dport != 5060 drop\n}\n}\n',
			},
		],
		phone: { ...PHONE, serverPort: 5061 },
		statuses: ['timeout'],
		accounts: [ACCOUNT],
		truth: both({ outcome: 'unanswered', cause: 'wrong-transport', finalStatus: null }),
		shows: [
			shown('phone', 'REGISTERs over UDP to 5061', 'sip.Method && udp.dstport == 5061', 11),
			noAnswer('phone'),
		],
	},
	{
		name: 'overlapping-register',
		says: 'a slow server, and a phone that sends its next REGISTER before the first is answered',
		twin: 'server-slow',
		lab: { server: { ...REGISTRAR, delayMs: 300 } },
		phone: { ...PHONE, impatientMs: 200, tries: 2, retryAfterMs: 0 },
		statuses: ['timeout', 401, 200],
		accounts: [ACCOUNT],
		truth: both(finding(REGISTERED, 'overlapping-register')),
		shows: [registers('phone', 3), answers('phone', 401, 2)],
	},
	{
		name: 'service-route-ignored',
		says: 'the 200 names the way for further requests, and the phone calls without it',
		twin: 'healthy-service-route',
		lab: {
			server: {
				...REGISTRAR,
				addedHeaders: [`Service-Route: <sip:orig@${ADDRESSES.upstream};lr>`],
			},
		},
		phone: { ...PHONE, call: { user: '1002' } },
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: both(finding(REGISTERED, 'service-route-ignored')),
		shows: [
			shown('phone', 'INVITEs without Route', 'sip.Method == "INVITE" && !sip.Route', 1),
			shown('phone', 'Service-Route', 'sip.Service-Route', 1),
		],
	},
	{
		name: 'healthy-service-route',
		says: 'the 200 names the way for further requests, and the phone calls by it',
		twin: 'service-route-ignored',
		lab: {
			server: {
				...REGISTRAR,
				addedHeaders: [`Service-Route: <sip:orig@${ADDRESSES.upstream};lr>`],
			},
		},
		phone: { ...PHONE, call: { user: '1002', route: `<sip:orig@${ADDRESSES.upstream};lr>` } },
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: both(REGISTERED),
		shows: [
			shown('phone', 'INVITEs with Route', 'sip.Method == "INVITE" && sip.Route', 1),
			shown('phone', 'Service-Route', 'sip.Service-Route', 1),
		],
	},
	{
		name: 'sip-alg-port-collision',
		says: 'two phones behind one router have its address and one port as their external address',
		twin: 'healthy-many-phones',
		lab: { server: { ...REGISTRAR, users: [USER, OTHER_USER], natFix: false } },
		phone: { ...PHONE, contact: `sip:1001@${ADDRESSES.routerWan}:5060` },
		beside: [
			{
				afterMs: 300,
				phone: {
					...PHONE,
					user: '21001',
					localPort: 5062,
					contact: `sip:21001@${ADDRESSES.routerWan}:5060`,
				},
			},
		],
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: {
			phone: { ...REGISTERED, others: [ALSO_REGISTERED] },
			server: {
				outcome: 'registered',
				cause: 'sip-alg-port-collision',
				finalStatus: 200,
				others: [{ outcome: 'registered', cause: 'sip-alg-port-collision' }],
			},
		},
		shows: [registers('server', 4), answers('server', 200, 2)],
	},
	{
		name: 'nat-hairpin',
		says: 'the registrar stands beside the phone, which asks its public address; the answer comes from the private one',
		...HAIRPIN,
		phone: { ...PHONE, server: ADDRESSES.routerWan, heedsSource: true },
		shows: [
			registers('phone', 11),
			shown(
				'phone',
				'answers from the private address',
				'sip.Status-Code && ip.src == 192.168.31.50 && !icmp',
				11,
			),
		],
	},
	{
		name: 'nat-hairpin-refused',
		says: 'the same, and the socket of the phone is connected to the public address: it refuses the answer',
		...HAIRPIN,
		phone: { ...PHONE, server: ADDRESSES.routerWan, connected: true },
		shows: [
			registers('phone', 11),
			shown('server', 'refusals of the answer', 'icmp.type == 3 && icmp.code == 3', 11),
		],
	},
	{
		name: 'healthy-hairpin',
		says: 'the registrar stands beside the phone, which asks its public address; the router translates both ways',
		twin: 'nat-hairpin',
		lab: { upstream: REGISTRAR, upstreamInSite: true },
		prepare: [{ host: 'router', command: ['nft', '-f', '-'], stdin: hairpin(PRIVATE_LAN, true) }],
		phone: { ...PHONE, server: ADDRESSES.routerWan, heedsSource: true },
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: both(REGISTERED),
		shows: [
			shown(
				'phone',
				'answers from the public address',
				`sip.Status-Code && ip.src == ${ADDRESSES.routerWan}`,
				2,
			),
			shown('server', 'REGISTERs of the router', 'sip.Method && ip.src == 192.168.31.1', 2),
		],
	},
	{
		name: 'transports-differ',
		says: 'a probe over UDP and TCP; UDP vanishes in the router',
		twin: 'healthy-transports-alike',
		lab: { router: { rules: ['udp dport 5060 drop'] }, server: REGISTRAR },
		phone: { probe: PROBE },
		statuses: [],
		accounts: [ACCOUNT],
		truth: {
			phone: {
				outcome: 'unanswered',
				cause: 'no-response',
				finalStatus: null,
				finds: ['transports-differ'],
				others: [ALSO_REGISTERED],
			},
		},
		shows: [
			shown(
				'phone',
				'REGISTERs over UDP',
				'sip.Method == "REGISTER" && sip.Via.transport == "UDP"',
			),
			shown('phone', 'answers over UDP', 'sip.Status-Code && sip.Via.transport == "UDP"', 0),
			shown('phone', 'answers over TCP', 'sip.Status-Code == 200 && sip.Via.transport == "TCP"'),
		],
	},
	{
		name: 'healthy-transports-alike',
		says: 'a probe over UDP and TCP; both register',
		twin: 'transports-differ',
		lab: { server: REGISTRAR },
		phone: { probe: PROBE },
		statuses: [],
		accounts: [ACCOUNT],
		truth: { phone: { ...REGISTERED, others: [ALSO_REGISTERED] } },
		shows: [
			shown('phone', 'answers over UDP', 'sip.Status-Code == 200 && sip.Via.transport == "UDP"'),
			shown('phone', 'answers over TCP', 'sip.Status-Code == 200 && sip.Via.transport == "TCP"'),
		],
	},
];
