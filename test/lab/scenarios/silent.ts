import {
	deadRuleset,
	LATER_FRAGMENTS_LOST_RULESET,
	SILENT_SERVER_RULESET,
} from '../packet-filter.js';
import {
	ACCOUNT,
	answers,
	everywhere,
	failed,
	filterAt,
	noAnswer,
	PHONE,
	REGISTERED,
	REGISTRAR,
	registers,
	type Scenario,
	shown,
	unheard,
} from './scenario.js';

/** RFC 3261 §17.1.2.2: sent at 0, 0.5, 1.5, 3.5, … 31.5 s. */
const ALL_SENDS = 11;
const NO_RESPONSE = failed('unanswered', 'no-response');

/** Registrations that end in silence. */
export const SILENT: readonly Scenario[] = [
	{
		name: 'no-response-inbound-blocked',
		says: 'the registrar answers, a filter drops the answers on their way to the phone',
		twin: 'healthy-nat',
		lab: { router: { fromServer: 'drop' }, server: REGISTRAR },
		phone: PHONE,
		statuses: ['timeout'],
		accounts: [ACCOUNT],
		truth: { ...everywhere(unheard('response-lost')), phone: NO_RESPONSE },
		shows: [
			registers('phone', ALL_SENDS),
			noAnswer('phone'),
			registers('server', ALL_SENDS),
			answers('server', 401, ALL_SENDS),
		],
	},
	{
		name: 'no-response-outbound-blocked',
		says: 'a filter drops the REGISTERs; the registrar never hears of the phone',
		twin: 'healthy-nat',
		lab: { router: { towardsServer: 'drop' }, server: REGISTRAR },
		phone: PHONE,
		statuses: ['timeout'],
		accounts: [ACCOUNT],
		truth: { phone: NO_RESPONSE, server: { exit: 2 } },
		shows: [registers('phone', ALL_SENDS), noAnswer('phone'), registers('server', 0)],
	},
	{
		name: 'server-silent',
		says: "the server's own firewall swallows everything",
		twin: 'healthy-nat',
		lab: { server: 'silent' },
		phone: PHONE,
		statuses: ['timeout'],
		accounts: [ACCOUNT],
		truth: { ...everywhere(NO_RESPONSE), server: failed('unanswered', 'server-silent') },
		shows: [registers('phone', ALL_SENDS), registers('server', ALL_SENDS), noAnswer('server')],
	},
	{
		name: 'no-final-response',
		says: '100 Trying, and then nothing',
		twin: 'healthy-nat',
		lab: { server: { answer: { code: 100, reason: 'Trying' } } },
		phone: PHONE,
		statuses: ['timeout'],
		accounts: [ACCOUNT],
		truth: {
			phone: failed('unanswered', 'no-final-response'),
			server: failed('unanswered', 'no-final-response'),
		},
		shows: [
			registers('phone'),
			answers('phone', 100),
			shown('phone', 'final answers', 'sip.Status-Code >= 200', 0),
		],
	},
	{
		name: 'credentials-unanswered',
		says: 'a filter drops larger packets: the REGISTER with credentials gets no answer',
		twin: 'healthy-qop',
		lab: {
			router: { rules: ['iifname "lan" udp length > 480 drop'] },
			server: { ...REGISTRAR, qop: true },
		},
		phone: PHONE,
		statuses: [401, 'timeout'],
		accounts: [ACCOUNT],
		truth: { phone: failed('unanswered', 'credentials-unanswered') },
		shows: [
			answers('phone', 401, 1),
			shown('phone', 'REGISTERs with credentials', 'sip.Authorization', ALL_SENDS),
			answers('phone', 200, 0),
		],
	},
	{
		name: 'fragment-lost',
		says: 'the REGISTER with credentials is fragmented, and its second fragment is lost',
		twin: 'healthy-fragmented',
		lab: { server: REGISTRAR, internet: LATER_FRAGMENTS_LOST_RULESET },
		phone: { ...PHONE, paddingBytes: 1000 },
		statuses: [401, 'timeout'],
		accounts: [ACCOUNT],
		truth: {
			phone: failed('unanswered', 'fragment-lost'),
			// No REGISTER but the first is ever complete there.
			server: failed('unanswered', 'fragment-lost'),
		},
		shows: [
			shown('phone', 'second fragments', 'ip.frag_offset > 0', ALL_SENDS),
			shown('server', 'first fragments', 'ip.flags.mf == 1 && !icmp', ALL_SENDS),
			shown('server', 'second fragments', 'ip.frag_offset > 0', 0),
			registers('server', 1),
		],
	},
	{
		name: 'banned-after-failures',
		says: 'after three failed authentications the server falls silent',
		twin: 'wrong-password',
		lab: { server: { ...REGISTRAR, banAfterFailures: 3 } },
		phone: { ...PHONE, password: 's3cret-old', tries: 4, retryAfterMs: 1000 },
		statuses: [401, 401, 401, 401, 401, 401, 'timeout'],
		accounts: [ACCOUNT],
		truth: {
			phone: failed('unanswered', 'banned-after-failures'),
			server: failed('unanswered', 'banned-after-failures'),
		},
		shows: [
			answers('phone', 401, 6),
			registers('server', 6 + ALL_SENDS),
			answers('server', 401, 6),
		],
	},
	{
		name: 'server-went-silent',
		says: 'registered; from one moment on the server sends nothing any more',
		twin: 'healthy-refresh-unregister',
		lab: { server: REGISTRAR },
		phone: { ...PHONE, refreshes: 3, refreshAfterMs: 2000, cacheNonce: true },
		events: [filterAt(5000, 'server', SILENT_SERVER_RULESET)],
		statuses: [401, 200, 200, 200, 'timeout'],
		accounts: [ACCOUNT],
		truth: {
			phone: failed('unanswered', 'server-went-silent'),
			server: failed('unanswered', 'server-went-silent'),
		},
		shows: [
			answers('phone', 200, 3),
			registers('server', 4 + ALL_SENDS),
			answers('server', 200, 3),
		],
	},
	{
		name: 'gateway-unreachable',
		says: "registered; then the phone's gateway dies and answers no ARP",
		twin: 'healthy-refresh-unregister',
		lab: { server: REGISTRAR },
		phone: { ...PHONE, refreshes: 1, refreshAfterMs: 4000, cacheNonce: true },
		events: [
			// Else the phone believes its ARP entry for half a minute.
			{
				afterMs: 0,
				host: 'phone',
				command: ['sysctl', '-qw', 'net.ipv4.neigh.eth0.base_reachable_time_ms=1000'],
			},
			filterAt(3000, 'router', deadRuleset('lan')),
		],
		statuses: [401, 200, 'timeout'],
		accounts: [ACCOUNT],
		truth: { phone: failed('unanswered', 'gateway-unreachable'), server: REGISTERED },
		shows: [
			answers('phone', 200, 1),
			shown('phone', 'ARP requests', 'arp.opcode == 1 && arp.src.proto_ipv4 == 192.168.31.30'),
			shown(
				'phone',
				'packets of the gateway after it died',
				'frame.time_relative > 3.2 && (arp.src.proto_ipv4 == 192.168.31.1 || ip.dst == 192.168.31.30)',
				0,
			),
			registers('server', 2),
		],
	},
	{
		name: 'intermittent-loss',
		says: 'every other packet towards the server is lost: registered, with retransmissions',
		twin: 'healthy-lost-packet',
		lab: {
			router: { rules: ['iifname "lan" udp dport 5060 numgen inc mod 2 == 0 drop'] },
			server: REGISTRAR,
		},
		phone: PHONE,
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: {
			phone: { outcome: 'registered', cause: 'intermittent-loss', finalStatus: 200 },
			server: REGISTERED,
		},
		shows: [registers('phone', 4), registers('server', 2), answers('phone', 200, 1)],
	},
];
