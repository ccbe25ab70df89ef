import type { KamailioOptions } from '../kamailio-config.js';
import { ADDRESSES } from '../topology.js';
import {
	ACCOUNT,
	answers,
	DOMAIN,
	failed,
	PASSWORD,
	PHONE,
	registers,
	rejected,
	type Scenario,
	shown,
	USER,
	type Verdict,
} from './scenario.js';

const REGISTRAR: KamailioOptions = { users: [USER] };

function both(verdict: Verdict): Scenario['truth'] {
	return { phone: verdict, server: verdict };
}

/** Registrations that end with a refusal: somebody answers, and says no. */
export const REFUSED: readonly Scenario[] = [
	{
		name: 'forbidden-before-challenge',
		says: '403 to the first REGISTER, because of the User-Agent',
		twin: 'healthy-nat',
		lab: { server: { ...REGISTRAR, refusedUserAgent: 'OldPhone' } },
		phone: { ...PHONE, userAgent: 'OldPhone/0.9' },
		statuses: [403],
		accounts: [ACCOUNT],
		truth: both(rejected('forbidden-before-challenge', 403)),
		shows: [registers('phone', 1), answers('phone', 403, 1), answers('phone', 401, 0)],
	},
	{
		name: 'forbidden-after-authentication',
		says: '403 although the credentials are right',
		twin: 'healthy-nat',
		lab: { server: { ...REGISTRAR, forbiddenAfterAuthentication: true } },
		phone: PHONE,
		statuses: [401, 403],
		accounts: [ACCOUNT],
		truth: both(rejected('forbidden-after-authentication', 403)),
		shows: [registers('phone', 2), answers('phone', 401, 1), answers('phone', 403, 1)],
	},
	{
		name: 'unknown-user',
		says: '404: the registrar does not know the address-of-record',
		twin: 'healthy-nat',
		lab: { server: { ...REGISTRAR, notFoundForUnknown: true } },
		phone: { ...PHONE, user: '1010' },
		statuses: [404],
		accounts: [{ username: '1010', password: PASSWORD, realm: DOMAIN }],
		truth: both(rejected('unknown-user', 404)),
		shows: [registers('phone', 1), answers('phone', 404, 1)],
	},
	{
		name: 'upstream-timeout',
		says: 'the proxy gets no answer from the registrar behind it: a genuine 408 after 30 s',
		twin: 'healthy-proxy',
		lab: { server: { relayTo: ADDRESSES.upstream }, upstream: 'silent' },
		phone: PHONE,
		statuses: [408],
		accounts: [ACCOUNT],
		truth: {
			phone: rejected('upstream-timeout', 408),
			proxy: rejected('upstream-timeout', 408),
			server: failed('unanswered', 'server-silent'),
		},
		shows: [
			answers('phone', 408, 1),
			answers('proxy', 408, 1),
			shown(
				'proxy',
				'REGISTERs to the registrar behind',
				`sip.Method && ip.dst == ${ADDRESSES.upstream}`,
			),
			shown('proxy', 'packets from it', `ip.src == ${ADDRESSES.upstream}`, 0),
			registers('server'),
		],
	},
	{
		name: 'interval-too-brief',
		says: '423 with Min-Expires, and the phone asks for the same again',
		twin: 'healthy-423-followed',
		lab: { server: { ...REGISTRAR, minExpires: 300 } },
		phone: { ...PHONE, expires: 60, tries: 2, cacheNonce: true },
		statuses: [401, 423, 423],
		accounts: [ACCOUNT],
		truth: both(rejected('interval-too-brief', 423)),
		shows: [registers('phone', 3), answers('phone', 423, 2)],
	},
	{
		name: 'server-overloaded',
		says: '503 with Retry-After',
		twin: 'healthy-nat',
		lab: {
			server: {
				...REGISTRAR,
				answer: { code: 503, reason: 'Service Unavailable', headers: ['Retry-After: 120'] },
			},
		},
		phone: PHONE,
		statuses: [503],
		accounts: [ACCOUNT],
		truth: both(rejected('server-overloaded', 503)),
		shows: [answers('phone', 503, 1), shown('phone', 'Retry-After', 'sip.Retry-After == 120', 1)],
	},
	{
		name: 'server-error',
		says: '500',
		twin: 'healthy-nat',
		lab: { server: { ...REGISTRAR, answer: { code: 500, reason: 'Server Internal Error' } } },
		phone: PHONE,
		statuses: [500],
		accounts: [ACCOUNT],
		truth: both(rejected('server-error', 500)),
		shows: [registers('phone', 1), answers('phone', 500, 1)],
	},
	{
		name: 'too-many-contacts',
		says: 'another device already holds the one binding the account may have: 503',
		twin: 'healthy-nat',
		lab: { server: { ...REGISTRAR, maxContacts: 1 } },
		before: { ...PHONE, localPort: 5080 },
		phone: PHONE,
		statuses: [401, 503],
		accounts: [ACCOUNT],
		truth: both(rejected('too-many-contacts', 503)),
		shows: [
			registers('phone', 2),
			shown('phone', 'the reason in words', 'sip contains "Too many registered contacts"', 1),
		],
	},
	{
		name: 'not-a-registrar',
		says: '405: what was reached registers nobody',
		twin: 'healthy-nat',
		lab: {
			server: {
				answer: {
					code: 405,
					reason: 'Method Not Allowed',
					headers: ['Allow: INVITE, ACK, BYE, CANCEL, OPTIONS'],
				},
			},
		},
		phone: PHONE,
		statuses: [405],
		accounts: [ACCOUNT],
		truth: both(rejected('not-a-registrar', 405)),
		shows: [registers('phone', 1), answers('phone', 405, 1)],
	},
	{
		name: 'declined-globally',
		says: '603, which no registrar may send (RFC 3261 §10.3)',
		twin: 'healthy-nat',
		lab: { server: { answer: { code: 603, reason: 'Decline' } } },
		phone: PHONE,
		statuses: [603],
		accounts: [ACCOUNT],
		truth: both(rejected('declined-globally', 603)),
		shows: [registers('phone', 1), answers('phone', 603, 1)],
	},
	{
		name: 'redirect-not-followed',
		says: '302 to another server, and the phone does not go there',
		twin: 'healthy-nat',
		lab: {
			server: {
				answer: {
					code: 302,
					reason: 'Moved Temporarily',
					headers: [`Contact: <sip:${ADDRESSES.upstream}>`],
				},
			},
		},
		// It tries again where it was sent away from: that it does not go there is not only the end of the capture.
		phone: { ...PHONE, tries: 2, retryAfterMs: 5000 },
		statuses: [302, 302],
		accounts: [ACCOUNT],
		truth: both({ outcome: 'redirected', cause: 'redirect-not-followed', finalStatus: 302 }),
		shows: [
			registers('phone', 2),
			answers('phone', 302, 2),
			shown('phone', 'REGISTERs to the other server', `ip.dst == ${ADDRESSES.upstream}`, 0),
		],
	},
];
