import type { KamailioOptions } from '../kamailio-config.js';
import {
	ACCOUNT,
	answers,
	DOMAIN,
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

/** Registrations that fail over challenge and credentials. */
export const CREDENTIALS: readonly Scenario[] = [
	{
		name: 'wrong-password',
		says: 'the phone has another password than the registrar',
		twin: 'healthy-nat',
		lab: { server: REGISTRAR },
		phone: { ...PHONE, password: 's3cret-old' },
		statuses: [401, 401],
		accounts: [ACCOUNT],
		truth: both(rejected('wrong-password', 401)),
		shows: [registers('phone', 2), answers('phone', 401, 2), registers('server', 2)],
	},
	{
		name: 'auth-username-differs',
		says: 'the digest username is not the one the account has',
		twin: 'healthy-nat',
		lab: { server: REGISTRAR },
		phone: { ...PHONE, authUsername: 'desk-1001' },
		statuses: [401, 401],
		accounts: [ACCOUNT],
		truth: both(rejected('auth-username-differs', 401)),
		shows: [
			answers('phone', 401, 2),
			shown('phone', 'credentials of another user', 'sip.auth.username == "\\"desk-1001\\""', 1),
		],
	},
	{
		name: 'realm-mismatch',
		says: 'the phone answers with a realm of its own, not the one offered',
		twin: 'healthy-nat',
		lab: { server: REGISTRAR },
		phone: { ...PHONE, realm: 'asterisk' },
		statuses: [401, 401],
		accounts: [ACCOUNT],
		truth: both(rejected('realm-mismatch', 401)),
		shows: [
			answers('phone', 401, 2),
			shown(
				'phone',
				'credentials for another realm',
				'sip.Method && sip.auth.realm == "\\"asterisk\\""',
				1,
			),
			shown('phone', 'challenges', `sip.Status-Code && sip.auth.realm == "\\"${DOMAIN}\\""`, 2),
		],
	},
	{
		name: 'realm-case-mismatch',
		says: 'the realm of the credentials differs only in upper and lower case',
		twin: 'healthy-nat',
		lab: { server: { ...REGISTRAR, realm: 'PBX.example.com' } },
		phone: { ...PHONE, realm: DOMAIN },
		statuses: [401, 401],
		accounts: [{ ...ACCOUNT, realm: 'PBX.example.com' }],
		truth: both(rejected('realm-case-mismatch', 401)),
		shows: [
			answers('phone', 401, 2),
			shown(
				'phone',
				'challenges',
				'sip.Status-Code && sip.auth.realm == "\\"PBX.example.com\\""',
				2,
			),
		],
	},
	{
		name: 'challenge-unanswered',
		says: 'the phone starts again without credentials at every challenge',
		twin: 'healthy-nat',
		lab: { server: REGISTRAR },
		phone: { ...PHONE, answerChallenge: false, tries: 3 },
		statuses: [401, 401, 401],
		accounts: [ACCOUNT],
		truth: both({ outcome: 'challenged', cause: 'challenge-unanswered', finalStatus: 401 }),
		shows: [
			registers('phone', 3),
			answers('phone', 401, 3),
			shown('server', 'credentials', 'sip.Authorization', 0),
		],
	},
	{
		name: 'algorithm-unsupported',
		says: 'SHA-256 is offered, the phone answers with MD5',
		twin: 'healthy-sha256',
		lab: { server: { ...REGISTRAR, algorithm: 'SHA-256', qop: true } },
		phone: { ...PHONE, algorithm: 'MD5' },
		statuses: [401, 401],
		accounts: [ACCOUNT],
		truth: both(rejected('algorithm-unsupported', 401)),
		shows: [
			shown('phone', 'MD5 credentials', 'sip.Method && sip.auth.algorithm == "MD5"', 1),
			shown('phone', 'SHA-256 challenges', 'sip.Status-Code && sip.auth.algorithm == "SHA-256"', 2),
		],
	},
	{
		name: 'stale-nonce-reused',
		says: 'challenged again with stale=true, the phone goes on answering with its first nonce',
		twin: 'healthy-stale',
		lab: { server: { ...REGISTRAR, stale: true, nonceExpireSeconds: 2 } },
		phone: { ...PHONE, reuseFirstNonce: true, answerDelayMs: 3500, maxChallenges: 3 },
		statuses: [401, 401, 401, 401],
		accounts: [ACCOUNT],
		truth: both(rejected('stale-nonce-reused', 401)),
		shows: [
			registers('phone', 4),
			shown('phone', 'challenges with stale=true', 'sip.WWW-Authenticate contains "stale=true"', 3),
		],
	},
	{
		name: 'stale-nonce-reused-on-refresh',
		says: 'registered once; from the first refresh on the phone sticks to its first nonce',
		twin: 'healthy-stale',
		lab: { server: { ...REGISTRAR, stale: true, nonceExpireSeconds: 2 } },
		phone: {
			...PHONE,
			reuseFirstNonce: true,
			cacheNonce: true,
			refreshes: 1,
			refreshAfterMs: 3500,
			maxChallenges: 3,
		},
		statuses: [401, 200, 401, 401, 401, 401],
		accounts: [ACCOUNT],
		truth: both(rejected('stale-nonce-reused', 401)),
		shows: [
			answers('phone', 200, 1),
			shown('phone', 'challenges with stale=true', 'sip.WWW-Authenticate contains "stale=true"', 4),
		],
	},
];
