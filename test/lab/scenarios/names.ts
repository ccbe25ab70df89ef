import type { DnsOptions } from '../dnsmasq.js';
import type { PhoneOptions } from '../phone-options.js';
import { ADDRESSES, PRIVATE_LAN } from '../topology.js';
import {
	ACCOUNT,
	DOMAIN,
	type Event,
	failed,
	noAnswer,
	PHONE,
	REGISTERED,
	REGISTRAR,
	registers,
	type Scenario,
	type Shown,
	shown,
} from './scenario.js';

/** A name server on the internet. */
const ASKING: PhoneOptions = { ...PHONE, nameServer: ADDRESSES.upstream };
const SERVICE = `_sip._udp.${DOMAIN}`;
/** Private, and in no network of the lab; the internet swallows what goes there. */
const INTERNAL = '192.168.77.10';
const OTHER_PHONE = '192.168.31.31';

function records(...lines: readonly string[]): DnsOptions {
	return { records: ['local=/example.com/', ...lines] };
}

const withOtherPhone = {
	host: 'phone',
	command: ['ip', 'addr', 'add', `${OTHER_PHONE}/24`, 'dev', 'eth0'],
} as const;

/** Another device of the same network asks as well. */
function otherPhoneAsks(question: string, server: string): Event {
	const ask = [
		"const dns = new (require('node:dns').promises.Resolver)({ timeout: 1000, tries: 1 });",
		`dns.setServers(['${server}']);`,
		`dns.setLocalAddress('${OTHER_PHONE}');`,
		`dns.${question}.catch(() => undefined);`,
	].join(' ');
	return { afterMs: 1000, host: 'phone', command: ['node', '-e', ask] };
}

/** The host of the domain's own address, a web server say: no SIP, and no word about it. */
const silentWebServer = {
	host: 'upstream',
	command: ['nft', '-f', '-'],
	stdin: [
		'table ip lab {',
		'chain closed {',
		'type filter hook input priority filter;',
		'udp dport 5060 drop',
		'}',
		'}',
	].join('\n'),
} as const;

/** A name server in the site's router, beside the one on the internet. */
const siteResolver = {
	host: 'router',
	command: [
		'sh',
		'-c',
		[
			'dnsmasq --keep-in-foreground --no-resolv --no-hosts --user=root --pid-file= --bind-interfaces',
			`--listen-address=${PRIVATE_LAN.router} --local=/example.com/`,
			`--host-record=${DOMAIN},${INTERNAL} >/dev/null 2>&1 & sleep 1`,
		].join(' '),
	],
} as const;

const serviceElsewhere = records(
	`srv-host=${SERVICE},sip.example.com,5060,10`,
	`host-record=sip.example.com,${ADDRESSES.server}`,
	`host-record=${DOMAIN},${ADDRESSES.upstream}`,
);

const answered = (says: string, address: string): Shown =>
	shown('phone', says, `dns.flags.response == 1 && dns.a == ${address}`);

interface Astray extends Pick<Scenario, 'name' | 'says' | 'lab' | 'phone' | 'prepare' | 'events'> {
	readonly outcome: 'unanswered' | 'unreachable';
	readonly cause?: string;
	readonly shows: readonly Shown[];
}

/** A REGISTER that went where the name led, and was never heard. */
function astray({ outcome, cause, shows, ...scenario }: Astray): Scenario {
	return {
		...scenario,
		twin: 'healthy-dns-srv',
		statuses: ['timeout'],
		accounts: [ACCOUNT],
		truth: { phone: failed(outcome, cause ?? scenario.name), server: { exit: 2 } },
		shows: [noAnswer('phone'), ...shows],
	};
}

/** Names that lead to a wrong place. */
export const NAMES: readonly Scenario[] = [
	astray({
		name: 'srv-not-used',
		says: 'the service is where SRV says; the phone asks only for the address of its domain',
		lab: { server: REGISTRAR, upstream: serviceElsewhere },
		prepare: [silentWebServer, withOtherPhone],
		phone: { ...ASKING, srv: false },
		events: [otherPhoneAsks(`resolveSrv('${SERVICE}')`, ADDRESSES.upstream)],
		outcome: 'unanswered',
		shows: [registers('phone', 11), answered('the address of the domain', ADDRESSES.upstream)],
	}),
	astray({
		name: 'dns-port-suppresses-srv',
		says: 'the same, because a port stands behind the domain',
		lab: { server: REGISTRAR, upstream: serviceElsewhere },
		prepare: [silentWebServer, withOtherPhone],
		phone: { ...ASKING, srv: false, domainPort: 5060 },
		events: [otherPhoneAsks(`resolveSrv('${SERVICE}')`, ADDRESSES.upstream)],
		outcome: 'unanswered',
		shows: [registers('phone', 11), answered('the address of the domain', ADDRESSES.upstream)],
	}),
	astray({
		name: 'dns-private-address',
		says: 'the public name server gives a private address, in a network where the phone is not',
		lab: { server: REGISTRAR, upstream: records(`host-record=${DOMAIN},${INTERNAL}`) },
		phone: ASKING,
		outcome: 'unanswered',
		shows: [registers('phone', 11), answered('a private address', INTERNAL)],
	}),
	astray({
		name: 'dns-split-horizon',
		says: "the site's name server gives the inner address of the registrar, the public one the outer",
		lab: { server: REGISTRAR, upstream: records(`host-record=${DOMAIN},${ADDRESSES.server}`) },
		prepare: [siteResolver, withOtherPhone],
		phone: { ...PHONE, nameServer: PRIVATE_LAN.router },
		events: [otherPhoneAsks(`resolve4('${DOMAIN}')`, ADDRESSES.upstream)],
		outcome: 'unanswered',
		shows: [answered('the inner address', INTERNAL), answered('the outer one', ADDRESSES.server)],
	}),
	astray({
		name: 'dns-rewritten',
		says: 'a filter answers with 127.0.0.1: the REGISTER does not leave the phone',
		lab: { server: REGISTRAR, upstream: records(`host-record=${DOMAIN},127.0.0.1`) },
		phone: ASKING,
		outcome: 'unreachable',
		shows: [registers('phone', 0), answered('the address of nobody', '127.0.0.1')],
	}),
	astray({
		name: 'dns-rewritten-search-page',
		says: 'the provider gives the address of its search page for every name',
		lab: { server: REGISTRAR, upstream: { records: [`address=/#/${ADDRESSES.upstream}`] } },
		prepare: [withOtherPhone],
		phone: ASKING,
		events: [otherPhoneAsks(`resolve4('${DOMAIN}.lan')`, ADDRESSES.upstream)],
		outcome: 'unreachable',
		cause: 'dns-rewritten',
		shows: [registers('phone', 11), answered('one address', ADDRESSES.upstream)],
	}),
	{
		name: 'healthy-dns-two-resolvers',
		says: 'two name servers give different addresses, and the one that the phone uses is right',
		twin: 'dns-split-horizon',
		lab: { server: REGISTRAR, upstream: records(`host-record=${DOMAIN},${ADDRESSES.server}`) },
		prepare: [siteResolver, withOtherPhone],
		phone: ASKING,
		events: [otherPhoneAsks(`resolve4('${DOMAIN}')`, PRIVATE_LAN.router)],
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: { phone: REGISTERED, server: REGISTERED },
		shows: [answered('the inner address', INTERNAL), answered('the outer one', ADDRESSES.server)],
	},
];
