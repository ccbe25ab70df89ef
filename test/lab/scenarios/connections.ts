import type { PhoneOptions } from '../phone-options.js';
import { ADDRESSES } from '../topology.js';
import {
	ACCOUNT,
	answers,
	DOMAIN,
	failed,
	PHONE,
	REGISTERED,
	REGISTRAR,
	registers,
	type Scenario,
	shown,
	unheard,
} from './scenario.js';

const STREAM: PhoneOptions = { ...PHONE, transport: 'tcp' };

/** A firewall that lets a connection come up, and cuts it with the first data. */
const cutAtFirstData = [
	'table ip lab {',
	'chain cut {',
	'type filter hook input priority filter;',
	'tcp dport 5060 tcp flags & psh == psh reject with tcp reset',
	'}',
	'}',
].join('\n');

/** A path whose routers drop what does not fit, and say nothing. */
const narrowAndSilent = [
	'table ip lab {',
	'chain narrow {',
	'type filter hook forward priority filter;',
	'ip length > 1100 drop',
	'}',
	'}',
].join('\n');

/** A phone whose own firewall takes ICMP away from its network stack. */
const deafToIcmp = [
	'table ip lab {',
	'chain deaf {',
	'type filter hook input priority filter;',
	'ip protocol icmp drop',
	'}',
	'}',
].join('\n');

/** A packet that comes much later, so that the capture shows that nothing else did. */
const ANY_PACKET = 'echo > /dev/udp/203.0.113.10/9';

/** The Kamailio of this very namespace. */
const END_KAMAILIO = [
	'for process in $(ip netns pids $(ip netns identify)); do',
	'[ "$(cat /proc/$process/comm)" != kamailio ] || kill -9 $process;',
	'done',
].join(' ');

/** Connections that are cut, swallow, or lead to something else. */
export const CONNECTIONS: readonly Scenario[] = [
	{
		name: 'tcp-reset',
		says: "the server's firewall resets the connection at the REGISTER",
		twin: 'healthy-tcp',
		lab: { server: REGISTRAR },
		prepare: [{ host: 'server', command: ['nft', '-f', '-'], stdin: cutAtFirstData }],
		phone: STREAM,
		statuses: ['error'],
		accounts: [ACCOUNT],
		truth: {
			phone: failed('unreachable', 'tcp-reset'),
			server: failed('unreachable', 'tcp-reset'),
		},
		shows: [
			registers('phone', 1),
			shown('phone', 'RSTs', `tcp.flags.reset == 1 && ip.src == ${ADDRESSES.server}`, 1),
		],
	},
	{
		name: 'tcp-reset-on-the-path',
		says: 'a firewall on the path resets the connection in the name of the server',
		twin: 'healthy-tcp',
		lab: { server: REGISTRAR, internet: cutAtFirstData.replace('hook input', 'hook forward') },
		phone: STREAM,
		statuses: ['error'],
		accounts: [ACCOUNT],
		truth: { phone: failed('unreachable', 'tcp-reset'), server: { exit: 2 } },
		shows: [registers('phone', 1), registers('server', 0)],
	},
	{
		name: 'healthy-tcp-fallback',
		says: 'too large for UDP with its credentials, the REGISTER goes over TCP',
		twin: 'tcp-fallback-refused',
		lab: { server: REGISTRAR },
		phone: { ...PHONE, paddingBytes: 760, tcpAbove: 1300 },
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: { phone: REGISTERED, server: REGISTERED },
		shows: [
			registers('phone', 2),
			shown('phone', 'REGISTERs over TCP', 'tcp && sip.Method == "REGISTER"', 1),
		],
	},
	{
		name: 'tcp-fallback-refused',
		says: 'too large for UDP with its credentials, and the server takes no TCP',
		twin: 'healthy-tcp-fallback',
		lab: { server: { ...REGISTRAR, tcp: false } },
		phone: { ...PHONE, paddingBytes: 760, tcpAbove: 1300 },
		events: [{ afterMs: 5000, host: 'phone', command: ['bash', '-c', ANY_PACKET] }],
		statuses: [401, 'error'],
		accounts: [ACCOUNT],
		truth: {
			phone: unheard('tcp-fallback-refused'),
			server: unheard('tcp-fallback-refused'),
		},
		shows: [registers('phone', 1), answers('phone', 401, 1)],
	},
	{
		name: 'flow-closed',
		says: 'the server goes away and closes the connection; the phone does not register again',
		twin: 'healthy-tcp',
		lab: { server: { ...REGISTRAR, maxExpires: 10 } },
		phone: { ...STREAM, stayMs: 15_000 },
		events: [
			{ afterMs: 4000, host: 'server', command: ['sh', '-c', END_KAMAILIO] },
			{ afterMs: 14_000, host: 'phone', command: ['bash', '-c', ANY_PACKET] },
		],
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: {
			phone: { ...REGISTERED, cause: 'flow-closed' },
			server: { ...REGISTERED, cause: 'flow-closed' },
		},
		shows: [
			registers('phone', 2),
			shown('phone', 'FINs', `tcp.flags.fin == 1 && ip.src == ${ADDRESSES.server}`),
		],
	},
	{
		name: 'mtu-blackhole',
		says: 'over TCP: what is larger than 1100 bytes never arrives, and nobody says so',
		twin: 'healthy-tcp',
		lab: { server: REGISTRAR, internet: narrowAndSilent },
		phone: { ...STREAM, paddingBytes: 600 },
		statuses: [401, 'timeout'],
		accounts: [ACCOUNT],
		truth: {
			phone: failed('unanswered', 'mtu-blackhole'),
			// The 401 was acknowledged: why nothing follows cannot be seen from there.
			server: unheard('undetermined'),
		},
		shows: [registers('server', 1), answers('phone', 401, 1)],
	},
	{
		name: 'mtu-blackhole-tls',
		says: "over TLS: the server's certificate is too large for the path, and nobody says so",
		twin: 'healthy-tls13',
		lab: { server: { ...REGISTRAR, tls: { name: DOMAIN } }, internet: narrowAndSilent },
		phone: { ...STREAM, transport: 'tls', serverPort: 5061, localPort: 50611 },
		statuses: ['timeout'],
		accounts: [ACCOUNT],
		truth: {
			phone: failed('unreachable', 'tls-handshake-failed'),
			server: failed('unreachable', 'mtu-blackhole'),
		},
		shows: [registers('phone', 0)],
	},
	{
		name: 'tls-port-refused',
		says: 'RST to the SYN: the server has no TLS',
		twin: 'healthy-tls13',
		lab: { server: REGISTRAR },
		phone: { ...STREAM, transport: 'tls', serverPort: 5061, localPort: 50611 },
		statuses: ['error'],
		accounts: [ACCOUNT],
		truth: {
			phone: failed('unreachable', 'tcp-refused'),
			server: failed('unreachable', 'tcp-refused'),
		},
		shows: [shown('phone', 'RSTs', `tcp.flags.reset == 1 && ip.src == ${ADDRESSES.server}`, 1)],
	},
	{
		name: 'mtu-blackhole-icmp',
		says: 'over UDP: a router says that the REGISTER does not fit, and the phone does not listen',
		twin: 'healthy-fragmented',
		lab: { server: REGISTRAR },
		prepare: [
			{ host: 'phone', command: ['nft', '-f', '-'], stdin: deafToIcmp },
			{ host: 'router', command: ['ip', 'link', 'set', 'wan', 'mtu', '900'] },
		],
		phone: { ...PHONE, paddingBytes: 760 },
		statuses: ['timeout'],
		accounts: [ACCOUNT],
		truth: { phone: failed('unanswered', 'mtu-blackhole'), server: { exit: 2 } },
		shows: [
			registers('phone', 11),
			shown('phone', 'ICMP fragmentation needed', 'icmp.type == 3 && icmp.code == 4', 11),
		],
	},
	{
		name: 'wrong-service',
		says: 'a web server listens on the port',
		twin: 'healthy-tcp',
		lab: { server: 'nothing' },
		prepare: [
			{
				host: 'server',
				command: ['sh', '-c', 'python3 -m http.server 5060 >/dev/null 2>&1 & sleep 2'],
			},
		],
		phone: STREAM,
		statuses: ['error'],
		accounts: [ACCOUNT],
		truth: {
			phone: failed('unreachable', 'wrong-service'),
			server: failed('unreachable', 'wrong-service'),
		},
		shows: [registers('phone', 1)],
	},
];
