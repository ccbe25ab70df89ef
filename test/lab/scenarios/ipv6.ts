import type { LabOptions } from '../lab.js';
import { ADDRESSES6, PRIVATE_LAN6, PUBLIC_LAN6 } from '../topology.js';
import {
	ACCOUNT,
	answers,
	both,
	failed,
	PHONE,
	REGISTERED,
	REGISTRAR,
	registers,
	type Scenario,
	shown,
} from './scenario.js';

const PUBLIC: LabOptions = { families: [6], router: { nat: 'none' }, server: REGISTRAR };

/** What is another thing over IPv6: errors of ICMPv6, fragments that only the sender makes, unique local addresses. */
export const IPV6: readonly Scenario[] = [
	{
		name: 'healthy-ipv6',
		says: 'everything over IPv6, without a NAT',
		twin: 'healthy-no-nat',
		lab: PUBLIC,
		phone: { ...PHONE, refreshes: 1, unregister: true },
		statuses: [401, 200, 401, 200, 200],
		accounts: [ACCOUNT],
		truth: both(REGISTERED),
		shows: [
			registers('phone', 5),
			answers('phone', 200, 3),
			shown('server', 'packets of the phone', `ipv6.src == ${PUBLIC_LAN6.phone} && sip`, 5),
		],
	},
	{
		name: 'healthy-ipv6-packet-too-big',
		says: 'a router says that the REGISTER is too big, and the phone sends it again in fragments',
		twin: 'mtu-blackhole-icmp',
		lab: PUBLIC,
		prepare: [{ host: 'router', command: ['ip', 'link', 'set', 'wan', 'mtu', '1280'] }],
		phone: { ...PHONE, paddingBytes: 900 },
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: both(REGISTERED),
		shows: [
			shown('phone', 'ICMPv6 packet too big', 'icmpv6.type == 2', 1),
			shown('server', 'fragments', 'ipv6.fraghdr'),
		],
	},
	{
		name: 'private-contact-ipv6',
		says: 'NAT66, and the registrar keeps the unique local address; its OPTIONS go where nobody is',
		twin: 'healthy-ipv6',
		lab: {
			families: [6],
			router: { nat: 'symmetric' },
			server: { ...REGISTRAR, natFix: false, pingSeconds: 2 },
		},
		phone: { ...PHONE, stayMs: 7000 },
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: { phone: REGISTERED, server: { ...REGISTERED, cause: 'private-contact' } },
		shows: [
			shown('server', 'packets of the router', `ipv6.src == ${ADDRESSES6.routerWan} && sip`, 2),
			shown(
				'server',
				'OPTIONS to the unique local address',
				`sip.Method == "OPTIONS" && ipv6.dst == ${PRIVATE_LAN6.phone}`,
			),
		],
	},
	{
		name: 'admin-prohibited-tcp-ipv6',
		says: 'the first packet of the TCP connection is refused with ICMPv6: no REGISTER leaves',
		twin: 'tcp-connect-timeout',
		lab: { ...PUBLIC, router: { nat: 'none', towardsServer: { reject: 'admin-prohibited' } } },
		phone: { ...PHONE, transport: 'tcp' },
		statuses: ['error'],
		accounts: [ACCOUNT],
		truth: { phone: failed('unreachable', 'admin-prohibited'), server: { exit: 2 } },
		shows: [
			shown(
				'phone',
				'refusals of the router',
				`icmpv6.code == 1 && ipv6.src == ${PUBLIC_LAN6.router}`,
			),
			registers('phone', 0),
		],
	},
	{
		name: 'host-unreachable-tcp',
		says: 'over IPv4: a router says to the first packet of the TCP connection that the host is not there',
		twin: 'tcp-connect-timeout',
		lab: { server: 'nothing', router: { towardsServer: { reject: 'host-unreachable' } } },
		phone: { ...PHONE, transport: 'tcp' },
		statuses: ['error'],
		accounts: [ACCOUNT],
		truth: { phone: failed('unreachable', 'host-unreachable'), server: { exit: 2 } },
		shows: [
			shown('phone', 'ICMP host unreachable', 'icmp.type == 3 && icmp.code == 1'),
			registers('phone', 0),
		],
	},
];
