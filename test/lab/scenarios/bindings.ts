import type { KamailioOptions } from '../kamailio-config.js';
import {
	ACCOUNT,
	answers,
	failed,
	PHONE,
	REGISTERED,
	registers,
	type Scenario,
	shown,
	USER,
	unheard,
	type Verdict,
} from './scenario.js';

const REGISTRAR: KamailioOptions = { users: [USER] };

function registeredBut(cause: string): Verdict {
	return { outcome: 'registered', cause, finalStatus: 200 };
}

/** Forgets flows after seconds, as a bad router does after half a minute. */
const FORGETFUL = {
	afterMs: 0,
	host: 'router',
	command: [
		'sysctl',
		'-w',
		'net.netfilter.nf_conntrack_udp_timeout=3',
		'net.netfilter.nf_conntrack_udp_timeout_stream=3',
	],
} as const;

/** Bindings that do not last, or lead elsewhere. */
export const BINDINGS: readonly Scenario[] = [
	{
		name: 'nat-binding-expired',
		says: 'the NAT forgets within seconds, and gives another port at each refresh',
		twin: 'healthy-nat-mapping-changed',
		lab: { router: { nat: 'symmetric' }, server: REGISTRAR },
		events: [FORGETFUL],
		phone: { ...PHONE, refreshes: 3, refreshAfterMs: 22_000 },
		statuses: [401, 200, 401, 200, 401, 200, 401, 200],
		accounts: [ACCOUNT],
		truth: {
			phone: registeredBut('nat-binding-expired'),
			server: registeredBut('nat-binding-expired'),
		},
		shows: [registers('phone', 8), answers('phone', 200, 4), registers('server', 8)],
	},
	{
		name: 'healthy-nat-mapping-changed',
		says: 'the NAT gives another port once',
		twin: 'nat-binding-expired',
		lab: { router: { nat: 'symmetric' }, server: REGISTRAR },
		events: [FORGETFUL],
		phone: { ...PHONE, refreshes: 1, refreshAfterMs: 22_000 },
		statuses: [401, 200, 401, 200],
		accounts: [ACCOUNT],
		truth: { phone: REGISTERED, server: REGISTERED },
		shows: [registers('phone', 4), answers('phone', 200, 2), registers('server', 4)],
	},
	{
		name: 'healthy-public-address-changed',
		says: 'the site gets another public address between two refreshes',
		twin: 'nat-binding-expired',
		lab: { server: REGISTRAR },
		events: [
			{
				afterMs: 1500,
				host: 'router',
				command: ['ip', '-batch', '-'],
				stdin: [
					'addr del 198.51.100.32/24 dev wan',
					'addr add 198.51.100.33/24 dev wan',
					'route replace default via 198.51.100.1',
					'',
				].join('\n'),
			},
		],
		phone: { ...PHONE, refreshes: 1, refreshAfterMs: 3000 },
		statuses: [401, 200, 401, 200],
		accounts: [ACCOUNT],
		truth: { phone: REGISTERED, server: REGISTERED },
		shows: [
			shown('server', 'REGISTERs from the old address', 'sip.Method && ip.src == 198.51.100.32', 2),
			shown('server', 'REGISTERs from the new address', 'sip.Method && ip.src == 198.51.100.33', 2),
		],
	},
	{
		name: 'healthy-address-taught',
		says: 'the phone knows its address outside and writes it into Via and Contact',
		twin: 'wrong-external-address',
		lab: { server: { ...REGISTRAR, natFix: false, pingSeconds: 2 } },
		phone: {
			...PHONE,
			viaHost: '198.51.100.32',
			contact: 'sip:1001@198.51.100.32:5060',
			stayMs: 7000,
		},
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: { phone: REGISTERED, server: REGISTERED },
		shows: [
			shown('phone', 'OPTIONS', 'sip.Method == "OPTIONS"'),
			shown('server', 'answers to OPTIONS', 'sip.Status-Code && sip.CSeq.method == "OPTIONS"'),
		],
	},
	{
		name: 'healthy-removes-before-refresh',
		says: 'the phone removes its binding where it refreshes it, at half of its time',
		twin: 'registration-flapping',
		lab: { server: { ...REGISTRAR, maxExpires: 5 } },
		phone: { ...PHONE, refreshes: 4, refreshAfterMs: 3000, removesFirst: true, cacheNonce: true },
		statuses: [401, 200, 200, 200, 200, 200, 200, 200, 200, 200],
		accounts: [ACCOUNT],
		truth: { phone: REGISTERED, server: REGISTERED },
		shows: [shown('phone', 'removals', 'sip.Expires == 0 && sip.Method', 4)],
	},
	{
		name: 'healthy-server-takes-its-time',
		says: 'the registrar takes 300 ms for everything, which no phone repeats for',
		twin: 'server-slow',
		lab: { server: { ...REGISTRAR, delayMs: 300 } },
		phone: { ...PHONE, refreshes: 5, refreshAfterMs: 1000 },
		statuses: [401, 200, 401, 200, 401, 200, 401, 200, 401, 200, 401, 200],
		accounts: [ACCOUNT],
		truth: { phone: REGISTERED, server: REGISTERED },
		shows: [registers('server', 12), answers('server', 200, 6)],
	},
	{
		name: 'wrong-external-address',
		says: 'a fixed external address that is another one; the registrar pings it in vain',
		twin: 'healthy-options-answered',
		lab: { server: { ...REGISTRAR, natFix: false, pingSeconds: 2 } },
		phone: {
			...PHONE,
			viaHost: '198.51.100.99',
			contact: 'sip:1001@198.51.100.99:5060',
			stayMs: 7000,
		},
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: {
			phone: registeredBut('wrong-external-address'),
			server: registeredBut('wrong-external-address'),
		},
		shows: [
			shown(
				'server',
				'OPTIONS to the wrong address',
				'sip.Method == "OPTIONS" && ip.dst == 198.51.100.99 && !icmp',
			),
			answers('phone', 200, 1),
		],
	},
	{
		name: 'unusable-contact',
		says: 'the phone registers its address from before DHCP; the registrar pings it',
		twin: 'healthy-options-answered',
		lab: { server: { ...REGISTRAR, natFix: false, pingSeconds: 2 } },
		phone: { ...PHONE, contact: 'sip:1001@169.254.7.7:5060', stayMs: 7000 },
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: { phone: REGISTERED, server: registeredBut('unusable-contact') },
		shows: [
			shown(
				'server',
				'OPTIONS to the link-local address',
				'sip.Method == "OPTIONS" && ip.dst == 169.254.7.7 && !icmp',
			),
			answers('phone', 200, 1),
		],
	},
	{
		name: 'keepalive-unanswered',
		says: 'OPTIONS reach the phone, and it says nothing to them',
		twin: 'healthy-options-answered',
		lab: { server: { ...REGISTRAR, pingSeconds: 2 } },
		phone: { ...PHONE, answerRequests: false, stayMs: 14_000 },
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: { phone: REGISTERED, server: registeredBut('keepalive-unanswered') },
		shows: [
			shown('phone', 'OPTIONS', 'sip.Method == "OPTIONS"'),
			shown('server', 'answers to OPTIONS', 'sip.Status-Code && sip.CSeq.method == "OPTIONS"', 0),
		],
	},
	{
		name: 'binding-not-listed',
		says: 'the 200 lists another device and not the phone',
		lab: {
			server: {
				...REGISTRAR,
				challenge: 'none',
				answer: {
					code: 200,
					reason: 'OK',
					headers: ['Contact: <sip:7777@192.168.31.77:5062>;expires=1800'],
				},
			},
		},
		phone: PHONE,
		statuses: [200],
		accounts: [ACCOUNT],
		truth: {
			phone: { outcome: 'unregistered', cause: 'binding-not-listed', finalStatus: 200 },
			server: { outcome: 'unregistered', cause: 'binding-not-listed', finalStatus: 200 },
		},
		shows: [answers('phone', 200, 1), answers('server', 200, 1)],
	},
	{
		name: 'refresh-too-late',
		says: 'a binding lasts five seconds, and the phone comes back after nine',
		twin: 'healthy-expires-capped',
		lab: { server: { ...REGISTRAR, maxExpires: 5 } },
		phone: { ...PHONE, expires: 600, refreshes: 3, refreshAfterMs: 9000, cacheNonce: true },
		statuses: [401, 200, 200, 200, 200],
		accounts: [ACCOUNT],
		truth: {
			phone: registeredBut('refresh-too-late'),
			server: registeredBut('refresh-too-late'),
		},
		shows: [registers('phone', 5), answers('phone', 200, 4)],
	},
	{
		name: 'granted-expiry-ignored',
		says: 'five of 20 seconds are granted, and the phone comes back at half of the 20',
		twin: 'healthy-expires-capped',
		lab: { server: { ...REGISTRAR, maxExpires: 5 } },
		phone: { ...PHONE, expires: 20, refreshes: 3, refreshAfterMs: 10_000, cacheNonce: true },
		statuses: [401, 200, 200, 200, 200],
		accounts: [ACCOUNT],
		truth: {
			phone: registeredBut('granted-expiry-ignored'),
			server: registeredBut('granted-expiry-ignored'),
		},
		shows: [registers('phone', 5), answers('phone', 200, 4)],
	},
	{
		name: 'registration-flapping',
		says: 'every four seconds the phone removes its binding and makes it again',
		twin: 'healthy-refresh-unregister',
		lab: { server: REGISTRAR },
		phone: { ...PHONE, refreshes: 4, refreshAfterMs: 4000, removesFirst: true, cacheNonce: true },
		statuses: [401, 200, 200, 200, 200, 200, 200, 200, 200, 200],
		accounts: [ACCOUNT],
		truth: {
			phone: registeredBut('registration-flapping'),
			server: registeredBut('registration-flapping'),
		},
		shows: [shown('phone', 'removals', 'sip.Expires == 0 && sip.Method', 4)],
	},
	{
		name: 'server-slow',
		says: 'the registrar takes 700 ms for everything',
		twin: 'healthy-lost-packet',
		lab: { server: { ...REGISTRAR, delayMs: 700 } },
		phone: { ...PHONE, refreshes: 5, refreshAfterMs: 1500 },
		statuses: [401, 200, 401, 200, 401, 200, 401, 200, 401, 200, 401, 200],
		accounts: [ACCOUNT],
		truth: { phone: REGISTERED, server: registeredBut('server-slow') },
		shows: [registers('server', 24), answers('server', 200)],
	},
	{
		name: 'response-from-other-address',
		says: 'the server answers from its second address, and the NAT drops it',
		twin: 'healthy-nat',
		lab: { server: REGISTRAR },
		events: [
			{
				afterMs: 0,
				host: 'server',
				command: ['nft', '-f', '-'],
				stdin: [
					'table ip lab {',
					'chain second {',
					'type filter hook output priority -400;',
					'udp sport 5060 ip saddr set 203.0.113.11',
					'}',
					'}',
					'',
				].join('\n'),
			},
		],
		phone: PHONE,
		statuses: ['timeout'],
		accounts: [ACCOUNT],
		truth: {
			phone: failed('unanswered', 'no-response'),
			server: unheard('response-from-other-address'),
		},
		shows: [
			registers('phone', 11),
			shown(
				'server',
				'answers from the second address',
				'sip.Status-Code && ip.src == 203.0.113.11',
			),
		],
	},
	{
		name: 'asymmetric-port',
		says: 'the phone sends from 49152 and listens on 5060',
		twin: 'healthy-via-port-differs',
		lab: { server: REGISTRAR },
		phone: {
			...PHONE,
			localPort: 49_152,
			listenPort: 5060,
			viaPort: 5060,
			contact: 'sip:1001@192.168.31.30:5060',
		},
		statuses: ['timeout'],
		accounts: [ACCOUNT],
		truth: {
			phone: unheard('asymmetric-port'),
			server: unheard('response-lost'),
		},
		shows: [
			registers('phone', 11),
			shown(
				'phone',
				'answers to the source port',
				'sip.Status-Code && udp.dstport == 49152 && !icmp',
			),
		],
	},
];
