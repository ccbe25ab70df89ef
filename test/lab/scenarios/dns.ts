import type { DnsOptions } from '../dnsmasq.js';
import type { PhoneOptions } from '../phone-options.js';
import { ADDRESSES } from '../topology.js';
import {
	ACCOUNT,
	answers,
	DOMAIN,
	everywhere,
	failed,
	noAnswer,
	PHONE,
	REGISTERED,
	REGISTRAR,
	registers,
	type Scenario,
	shown,
} from './scenario.js';

/** The name server stands where a second registrar does elsewhere, and is asked over the internet. */
const ASKING: PhoneOptions = { ...PHONE, nameServer: ADDRESSES.upstream };
const SERVICE = `_sip._udp.${DOMAIN}`;
const LOCAL = 'local=/example.com/';

function records(...lines: readonly string[]): DnsOptions {
	return { records: [LOCAL, ...lines] };
}

const questions = (type: number) =>
	shown(
		'phone',
		type === 33 ? 'questions for SRV' : 'questions for an address',
		`dns.flags.response == 0 && dns.qry.type == ${type}`,
	);
const code = (says: string, rcode: number) =>
	shown('phone', says, `dns.flags.response == 1 && dns.flags.rcode == ${rcode}`);

/** Phones that ask the DNS for their registrar. */
export const DNS: readonly Scenario[] = [
	{
		name: 'healthy-dns-srv',
		says: 'the phone finds its registrar by SRV',
		twin: 'dns-nxdomain',
		lab: {
			server: REGISTRAR,
			upstream: records(
				`srv-host=${SERVICE},sip.example.com,5060,10`,
				`host-record=sip.example.com,${ADDRESSES.server}`,
			),
		},
		phone: ASKING,
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: { phone: REGISTERED, server: REGISTERED },
		shows: [questions(33), questions(1), registers('phone', 2), answers('phone', 200, 1)],
	},
	{
		name: 'healthy-dns-without-srv',
		says: 'no SRV for the domain; its address leads to the registrar',
		twin: 'dns-nxdomain',
		lab: { server: REGISTRAR, upstream: records(`host-record=${DOMAIN},${ADDRESSES.server}`) },
		phone: ASKING,
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: { phone: REGISTERED, server: REGISTERED },
		shows: [code('answers that there is no such name', 3), registers('phone', 2)],
	},
	{
		name: 'dns-nxdomain',
		says: 'the domain does not exist: no REGISTER leaves',
		twin: 'healthy-dns-srv',
		lab: { server: REGISTRAR, upstream: records() },
		phone: ASKING,
		statuses: [],
		accounts: [ACCOUNT],
		truth: { ...everywhere(failed('unreachable', 'dns-nxdomain')), server: { exit: 2 } },
		shows: [
			questions(33),
			questions(1),
			code('answers that there is no such name', 3),
			registers('phone', 0),
		],
	},
	{
		name: 'dns-failure',
		says: 'the name server refuses: no REGISTER leaves',
		twin: 'healthy-dns-srv',
		lab: { server: REGISTRAR, upstream: { records: [] } },
		phone: ASKING,
		statuses: [],
		accounts: [ACCOUNT],
		truth: { phone: failed('unreachable', 'dns-failure'), server: { exit: 2 } },
		shows: [questions(33), questions(1), code('refusals', 5), registers('phone', 0)],
	},
	{
		name: 'dns-timeout',
		says: 'the name server does not answer: no REGISTER leaves',
		twin: 'healthy-dns-srv',
		lab: { server: REGISTRAR, upstream: 'silent' },
		phone: ASKING,
		statuses: [],
		accounts: [ACCOUNT],
		truth: { ...everywhere(failed('unreachable', 'dns-timeout')), server: { exit: 2 } },
		shows: [
			questions(33),
			shown('phone', 'answers of the name server', 'dns.flags.response == 1', 0),
			registers('phone', 0),
		],
	},
	{
		name: 'dns-record-missing',
		says: 'the domain has SRV and no address; the phone asks only for the address',
		twin: 'healthy-dns-srv',
		lab: {
			server: REGISTRAR,
			upstream: records(
				'srv-host=_sip._udp.sip.example.com,pbx.example.com,5060,10',
				`host-record=${DOMAIN},${ADDRESSES.server}`,
				'txt-record=sip.example.com,domain',
			),
		},
		phone: { ...ASKING, domain: 'sip.example.com', srv: false },
		statuses: [],
		accounts: [ACCOUNT],
		truth: { phone: failed('unreachable', 'dns-record-missing'), server: { exit: 2 } },
		shows: [code('an answer without a record', 0), registers('phone', 0)],
	},
	{
		name: 'dns-dead-target',
		says: 'the first SRV target is dead, and the phone tries no other',
		twin: 'healthy-dns-srv',
		lab: {
			server: REGISTRAR,
			upstream: records(
				`srv-host=${SERVICE},old.example.com,5060,10`,
				`srv-host=${SERVICE},sip.example.com,5060,20`,
				`host-record=old.example.com,${ADDRESSES.upstream}`,
				`host-record=sip.example.com,${ADDRESSES.server}`,
			),
		},
		phone: ASKING,
		statuses: ['timeout'],
		accounts: [ACCOUNT],
		truth: { phone: failed('unreachable', 'dns-dead-target'), server: { exit: 2 } },
		shows: [registers('phone', 11), noAnswer('phone'), questions(33)],
	},
];
