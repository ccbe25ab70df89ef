import {
	ACCOUNT,
	answers,
	failed,
	finding,
	PHONE,
	REGISTERED,
	REGISTRAR,
	registers,
	type Scenario,
	shown,
	unheard,
	type Verdict,
} from './scenario.js';

function registeredBut(cause: string): Verdict {
	return { outcome: 'registered', cause, finalStatus: 200 };
}

/** Faults that NAT and SIP ALGs make. */
export const NAT: readonly Scenario[] = [
	{
		name: 'private-contact',
		says: 'the registrar keeps the private Contact; its OPTIONS go where nobody is',
		twin: 'healthy-options-answered',
		lab: { server: { ...REGISTRAR, natFix: false, pingSeconds: 2 } },
		phone: { ...PHONE, stayMs: 7000 },
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: { phone: REGISTERED, server: registeredBut('private-contact') },
		shows: [
			shown(
				'server',
				'OPTIONS to the private address',
				'sip.Method == "OPTIONS" && ip.dst == 192.168.31.30',
			),
			shown('server', 'answers to OPTIONS', 'sip.Status-Code && sip.CSeq.method == "OPTIONS"', 0),
			shown('phone', 'OPTIONS', 'sip.Method == "OPTIONS"', 0),
		],
	},
	{
		name: 'missing-rport',
		says: 'no rport, and the NAT changed the port: the answer goes to the Via port',
		twin: 'healthy-symmetric-nat',
		lab: { router: { nat: 'symmetric' }, server: REGISTRAR },
		phone: { ...PHONE, rport: false },
		statuses: ['timeout'],
		accounts: [ACCOUNT],
		truth: {
			phone: failed('unanswered', 'no-response'),
			server: unheard('missing-rport'),
		},
		shows: [
			registers('phone', 11),
			registers('server', 11),
			shown('server', 'REGISTERs from a port of the NAT', 'sip.Method && udp.srcport >= 30000', 11),
			shown(
				'server',
				'answers to port 5060 instead',
				'sip.Status-Code == 401 && udp.dstport == 5060',
				11,
			),
		],
	},
	{
		name: 'sip-alg',
		says: "the kernel's SIP ALG rewrites Via and Contact",
		twin: 'healthy-nat',
		lab: { router: { alg: true }, server: REGISTRAR },
		phone: PHONE,
		statuses: [401, 200],
		accounts: [ACCOUNT],
		// From the phone alone a network without any NAT looks the same: found, and no cause.
		truth: { phone: REGISTERED, server: REGISTERED },
		shows: [
			shown(
				'phone',
				'answers with received= of the phone itself',
				'sip.Via.received == 192.168.31.30',
				2,
			),
			shown('server', 'Contacts rewritten', 'sip.Method && sip.contact.host == 198.51.100.32', 2),
			answers('phone', 200, 1),
		],
	},
	{
		name: 'sip-alg-contact-left-public',
		says: 'the ALG rewrites a Contact on the way out and not on the way back',
		twin: 'healthy-nat',
		lab: { router: { alg: true }, server: REGISTRAR },
		phone: { ...PHONE, contact: 'sip:1001@192.168.31.30:5066' },
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: {
			phone: finding(registeredBut('sip-alg'), 'contact-rewritten-by-server'),
			server: REGISTERED,
		},
		shows: [
			shown(
				'phone',
				'a Contact of the router in the 200',
				'sip.Status-Code == 200 && sip.contact.host == 198.51.100.32',
				1,
			),
		],
	},
	{
		name: 'sip-alg-port-added',
		says: 'the account has the address of the phone as its domain; it comes back with a port',
		twin: 'healthy-nat',
		lab: { router: { alg: true }, server: REGISTRAR },
		phone: { ...PHONE, domain: '192.168.31.30' },
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: {
			phone: finding(registeredBut('sip-alg'), 'ip-as-domain'),
			server: finding(REGISTERED, 'ip-as-domain'),
		},
		shows: [
			shown('phone', 'answers with a port in To', 'sip.Status-Code && sip.to.port == 5060', 2),
		],
	},
	{
		name: 'sip-alg-no-rport',
		says: 'the same ALG, and a phone that does not ask for rport',
		twin: 'healthy-no-rport-port-preserved',
		lab: { router: { alg: true }, server: REGISTRAR },
		phone: { ...PHONE, rport: false },
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: { phone: REGISTERED, server: REGISTERED },
		shows: [
			shown(
				'phone',
				'received in any answer (the Via fits its source already)',
				'sip.Via.received',
				0,
			),
			shown('server', 'Contacts rewritten', 'sip.Method && sip.contact.host == 198.51.100.32', 2),
			answers('phone', 200, 1),
		],
	},
	{
		name: 'sip-alg-redirects-response',
		says: 'the ALG sends every answer to the Via port, where the phone does not listen',
		twin: 'healthy-via-port-differs',
		lab: { router: { alg: true }, server: REGISTRAR },
		phone: { ...PHONE, localPort: 5064, viaPort: 5070 },
		statuses: ['timeout'],
		accounts: [ACCOUNT],
		truth: {
			phone: unheard('sip-alg-redirects-response'),
			server: unheard('response-lost'),
		},
		shows: [
			shown('phone', 'REGISTERs from 5064', 'sip.Method && udp.srcport == 5064 && !icmp', 11),
			shown(
				'phone',
				'answers to 5070',
				'sip.Status-Code == 401 && udp.dstport == 5070 && !icmp',
				11,
			),
			answers('server', 401, 11),
		],
	},
];
