import type { KamailioOptions } from '../kamailio-config.js';
import type { SoftphoneOptions } from '../softphone.js';
import { ADDRESSES } from '../topology.js';
import {
	ACCOUNT,
	answers,
	DOMAIN,
	everywhere,
	failed,
	finding,
	PASSWORD,
	REGISTERED,
	REGISTRAR,
	registers,
	rejected,
	type Scenario,
	shown,
	USER,
	type Verdict,
} from './scenario.js';

type Name = SoftphoneOptions['softphone'];

/** Grants the twenty seconds that are asked for, so that the refresh comes soon. */
const BRIEF: KamailioOptions = { ...REGISTRAR, minExpires: 10 };

function softphone(
	name: Name,
	quitAfter: number,
	more: Partial<SoftphoneOptions> = {},
): SoftphoneOptions {
	const account = { user: USER.username, password: PASSWORD, domain: DOMAIN };
	return { softphone: name, ...account, transport: 'udp', expires: 20, quitAfter, ...more };
}

function registeredBut(cause: string): Verdict {
	return { ...REGISTERED, cause };
}

/** The binding is removed at the end. */
const REMOVED = shown(
	'phone',
	'answers to a removal',
	'sip.Status-Code == 200 && !sip.contact.uri && !icmp',
	1,
);

/** Registers, refreshes once and removes its binding: this many REGISTERs. */
function healthy(name: Name, requests: number, more: Partial<Scenario> = {}): Scenario {
	return {
		name: `healthy-${name}`,
		says: `${name} behind a NAT registers, refreshes and removes its binding`,
		lab: { server: BRIEF },
		phone: softphone(name, 25),
		statuses: [],
		accounts: [ACCOUNT],
		truth: everywhere(REGISTERED),
		...more,
		shows: [registers('phone', requests), answers('phone', 200, 3), REMOVED, ...(more.shows ?? [])],
	};
}

function wrongPassword(
	name: Name,
	quitAfter: number,
	{ says, refusals }: { readonly says: string; readonly refusals: number },
): Scenario {
	return {
		name: `wrong-password-${name}`,
		says,
		twin: `healthy-${name}`,
		lab: { server: REGISTRAR },
		phone: softphone(name, quitAfter, { password: 's3cret-old' }),
		statuses: [],
		accounts: [ACCOUNT],
		truth: everywhere(rejected('wrong-password', 401)),
		shows: [registers('phone', refusals), answers('phone', 401, refusals), registers('server')],
	};
}

/** Softphones of others: how they retry, refresh, look up names and quit is their own. */
export const SOFTPHONES: readonly Scenario[] = [
	healthy('baresip', 6),
	healthy('linphone', 4),
	healthy('twinkle', 6),
	healthy('linphone', 4, {
		name: 'healthy-tcp-linphone',
		says: 'linphone over TCP, with a keep-alive that the registrar answers',
		twin: 'tcp-refused',
		phone: softphone('linphone', 35, { transport: 'tcp' }),
		shows: [
			shown('phone', 'TCP connections', 'tcp.flags.syn == 1 && tcp.flags.ack == 0', 1),
			shown('phone', 'CRLF keep-alives (RFC 5626 §3.5.1)', 'tcp.payload == 0d:0a:0d:0a', 1),
		],
	}),
	wrongPassword('baresip', 5, {
		says: 'baresip has another password than the registrar: it answers fifteen challenges at once',
		refusals: 16,
	}),
	wrongPassword('linphone', 65, {
		says: 'linphone has another password than the registrar, and tries it again a minute later',
		refusals: 4,
	}),
	wrongPassword('twinkle', 5, {
		says: 'twinkle has another password than the registrar, and gives up at once',
		refusals: 2,
	}),
	{
		name: 'sip-alg-twinkle',
		says: "the kernel's SIP ALG adds a port to the Via of twinkle, which has none",
		twin: 'healthy-twinkle',
		lab: { router: { alg: true }, server: BRIEF },
		phone: softphone('twinkle', 25),
		statuses: [],
		accounts: [ACCOUNT],
		truth: { phone: registeredBut('sip-alg'), wan: REGISTERED, server: REGISTERED },
		shows: [
			shown('phone', 'a port in the Via of a REGISTER', 'sip.Method && sip.Via.sent-by.port', 0),
			shown(
				'phone',
				'a port in the Via of a 200',
				'sip.Status-Code == 200 && sip.Via.sent-by.port',
				3,
			),
			shown('server', 'Contacts rewritten', 'sip.Method && sip.contact.host == 198.51.100.32', 6),
			REMOVED,
		],
	},
	{
		name: 'dns-dead-target-baresip',
		says: 'baresip tries the first SRV target, which is dead, for 32 s each time, and is switched off within a refresh',
		twin: 'dns-dead-target',
		lab: {
			server: REGISTRAR,
			upstream: 'silent',
			names: {
				records: [
					'local=/example.com/',
					`srv-host=_sip._udp.${DOMAIN},old.example.com,5060,10`,
					`srv-host=_sip._udp.${DOMAIN},sip.example.com,5060,20`,
					`host-record=old.example.com,${ADDRESSES.upstream}`,
					`host-record=sip.example.com,${ADDRESSES.server}`,
				],
			},
		},
		phone: softphone('baresip', 125, { expires: 60, nameServer: ADDRESSES.internetWan }),
		lastsMs: 200_000,
		statuses: [],
		accounts: [ACCOUNT],
		truth: {
			phone: registeredBut('dns-dead-target'),
			wan: registeredBut('dns-dead-target'),
			// Where nothing is seen of the dead one, the refresh comes late, and without a reason.
			server: finding(REGISTERED, 'refresh-too-late'),
		},
		shows: [
			shown(
				'phone',
				'REGISTERs to the dead one',
				`sip.Method && ip.dst == ${ADDRESSES.upstream}`,
				44,
			),
			registers('server', 4),
			shown(
				'server',
				'credentials that removes the binding, for the challenge to a refresh',
				'sip.Method && sip.Authorization && sip.contact.parameter contains "expires=0"',
				1,
			),
			REMOVED,
		],
	},
	{
		name: 'slow-registrar-linphone',
		says: 'the registrar behind a proxy takes 2.5 s for each message, copies too; nothing is lost',
		twin: 'intermittent-loss',
		lab: { server: { relayTo: ADDRESSES.upstream }, upstream: { ...REGISTRAR, delayMs: 2500 } },
		phone: softphone('linphone', 22, { expires: 60 }),
		statuses: [],
		accounts: [ACCOUNT],
		truth: { ...everywhere(REGISTERED), proxy: REGISTERED },
		shows: [
			shown(
				'server',
				'401 answers more than 2 s after their REGISTER',
				'sip.Status-Code == 401 && sip.response-time > 2000',
			),
			registers('phone'),
			registers('proxy'),
			REMOVED,
		],
	},
	{
		name: 'upstream-timeout-twinkle',
		says: 'a proxy answers 408 for the registrar behind it, and the capture ends within the next try',
		twin: 'healthy-proxy',
		lab: { server: { relayTo: ADDRESSES.upstream }, upstream: 'silent' },
		phone: softphone('twinkle', 62),
		statuses: [],
		accounts: [ACCOUNT],
		truth: {
			...everywhere(rejected('upstream-timeout', 408)),
			proxy: rejected('upstream-timeout', 408),
			server: failed('unanswered', 'server-silent'),
		},
		shows: [
			answers('phone', 408, 1),
			shown(
				'phone',
				'REGISTERs half a minute after the 408',
				'sip.Method && frame.time_relative > 59',
			),
			shown('proxy', 'packets of the registrar', `ip.src == ${ADDRESSES.upstream}`, 0),
		],
	},
	{
		name: 'algorithm-unsupported-baresip',
		says: 'SHA-256 is offered, which baresip 1.0 does not know: a minute later it asks without credentials again',
		twin: 'healthy-sha256',
		lab: { server: { ...REGISTRAR, algorithm: 'SHA-256', qop: true } },
		phone: softphone('baresip', 65),
		statuses: [],
		accounts: [ACCOUNT],
		truth: everywhere({ outcome: 'challenged', cause: 'algorithm-unsupported', finalStatus: 401 }),
		shows: [
			registers('phone', 2),
			shown('phone', 'SHA-256 challenges', 'sip.Status-Code && sip.auth.algorithm == "SHA-256"', 2),
			shown('phone', 'credentials', 'sip.Authorization', 0),
		],
	},
];
