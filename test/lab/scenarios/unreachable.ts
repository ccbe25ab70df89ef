import { ADDRESSES } from '../topology.js';
import { ACCOUNT, failed, PHONE, REGISTRAR, registers, type Scenario, shown } from './scenario.js';

/** RFC 3261 §17.1.2.2: sent at 0, 0.5, 1.5, 3.5, … 31.5 s. */
const ALL_SENDS = 11;

/** Registrations that end with the network's own words, or with no connection. */
export const UNREACHABLE: readonly Scenario[] = [
	{
		name: 'port-unreachable',
		says: 'nothing listens on port 5060; the phone heeds no ICMP',
		twin: 'healthy-nat',
		lab: { server: 'nothing' },
		phone: PHONE,
		statuses: ['timeout'],
		accounts: [ACCOUNT],
		truth: {
			phone: failed('unreachable', 'port-unreachable'),
			server: failed('unreachable', 'port-unreachable'),
		},
		shows: [
			registers('phone', ALL_SENDS),
			shown('phone', 'ICMP port unreachable', 'icmp.type == 3 && icmp.code == 3'),
			shown('server', 'ICMP port unreachable', 'icmp.type == 3 && icmp.code == 3'),
		],
	},
	{
		name: 'port-unreachable-heeded',
		says: 'nothing listens on port 5060; the phone gives up at the first ICMP',
		twin: 'healthy-nat',
		lab: { server: 'nothing' },
		phone: { ...PHONE, connected: true },
		statuses: ['error'],
		accounts: [ACCOUNT],
		truth: {
			phone: failed('unreachable', 'port-unreachable'),
			server: failed('unreachable', 'port-unreachable'),
		},
		shows: [
			registers('phone', 1),
			shown('phone', 'ICMP port unreachable', 'icmp.type == 3 && icmp.code == 3', 1),
		],
	},
	{
		name: 'host-unreachable',
		says: 'nobody has the address; the last router says so when ARP failed',
		twin: 'healthy-nat',
		lab: { server: 'nothing' },
		phone: { ...PHONE, server: ADDRESSES.nobody },
		statuses: ['timeout'],
		accounts: [ACCOUNT],
		truth: { phone: failed('unreachable', 'host-unreachable'), server: { exit: 2 } },
		shows: [
			registers('phone', ALL_SENDS),
			shown('phone', 'ICMP host unreachable', 'icmp.type == 3 && icmp.code == 1'),
			shown('server', 'ARP requests for nobody', `arp.dst.proto_ipv4 == ${ADDRESSES.nobody}`),
		],
	},
	{
		name: 'admin-prohibited',
		says: "the site's router refuses, and says so",
		twin: 'healthy-nat',
		lab: { router: { towardsServer: { reject: 'admin-prohibited' } }, server: REGISTRAR },
		phone: PHONE,
		statuses: ['timeout'],
		accounts: [ACCOUNT],
		truth: { phone: failed('unreachable', 'admin-prohibited'), server: { exit: 2 } },
		shows: [
			registers('phone', ALL_SENDS),
			shown('phone', 'refusals of the router', 'icmp.code == 13 && ip.src == 192.168.31.1'),
			registers('server', 0),
		],
	},
	{
		name: 'tcp-refused',
		says: 'RST to the SYN: no REGISTER leaves',
		twin: 'healthy-tcp',
		lab: { server: 'nothing' },
		phone: { ...PHONE, transport: 'tcp' },
		statuses: ['error'],
		accounts: [ACCOUNT],
		truth: {
			phone: failed('unreachable', 'tcp-refused'),
			server: failed('unreachable', 'tcp-refused'),
		},
		shows: [
			shown(
				'phone',
				'RST from the server',
				`tcp.flags.reset == 1 && ip.src == ${ADDRESSES.server}`,
				1,
			),
			registers('phone', 0),
		],
	},
	{
		name: 'tcp-connect-timeout',
		says: 'no answer to the SYN: no REGISTER leaves',
		twin: 'healthy-tcp',
		lab: { server: 'silent' },
		phone: { ...PHONE, transport: 'tcp' },
		statuses: ['error'],
		accounts: [ACCOUNT],
		truth: {
			phone: failed('unreachable', 'tcp-connect-timeout'),
			server: failed('unreachable', 'tcp-connect-timeout'),
		},
		shows: [
			shown('phone', 'SYNs', 'tcp.flags.syn == 1 && tcp.flags.ack == 0'),
			shown('phone', 'packets from the server', `ip.src == ${ADDRESSES.server}`, 0),
		],
	},
];
