import type { KamailioOptions } from '../kamailio-config.js';
import { ADDRESSES } from '../topology.js';
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

function challenged(cause: string): Verdict {
	return { outcome: 'challenged', cause, finalStatus: 401 };
}

/** Registrations that go round and round between challenge and answer, and the extensions that nobody agreed on. */
export const CHALLENGES: readonly Scenario[] = [
	{
		name: 'challenge-missing',
		says: '401 without WWW-Authenticate',
		twin: 'healthy-nat',
		lab: { server: { answer: { code: 401, reason: 'Unauthorized' } } },
		phone: { ...PHONE, tries: 3 },
		statuses: [401, 401, 401],
		accounts: [ACCOUNT],
		truth: both(challenged('challenge-missing')),
		shows: [answers('phone', 401, 3), shown('phone', 'challenges', 'sip.WWW-Authenticate', 0)],
	},
	{
		name: 'challenge-malformed',
		says: 'the challenge has no nonce',
		twin: 'healthy-nat',
		lab: {
			server: {
				answer: {
					code: 401,
					reason: 'Unauthorized',
					headers: [`WWW-Authenticate: Digest realm="${DOMAIN}", algorithm=MD5`],
				},
			},
		},
		phone: { ...PHONE, answerChallenge: false, tries: 3 },
		statuses: [401, 401, 401],
		accounts: [ACCOUNT],
		truth: both(challenged('challenge-malformed')),
		shows: [
			shown('phone', 'challenges', `sip.auth.realm == "\\"${DOMAIN}\\""`, 3),
			shown('phone', 'nonces', 'sip.auth.nonce', 0),
		],
	},
	{
		name: 'credentials-in-wrong-header',
		says: 'a 401 is answered with Proxy-Authorization',
		twin: 'healthy-407',
		lab: { server: REGISTRAR },
		phone: { ...PHONE, wrongCredentialsHeader: true },
		statuses: [401, 401],
		accounts: [ACCOUNT],
		truth: both(rejected('credentials-in-wrong-header', 401)),
		shows: [
			shown('phone', 'Proxy-Authorization', 'sip.Proxy-Authorization', 1),
			shown('phone', 'Authorization', 'sip.Authorization', 0),
			answers('phone', 401, 2),
		],
	},
	{
		name: 'qop-malformed',
		says: 'qop=auth without cnonce',
		twin: 'healthy-qop',
		lab: { server: { ...REGISTRAR, qop: true } },
		phone: { ...PHONE, leftOut: ['cnonce'] },
		statuses: [401, 401],
		accounts: [ACCOUNT],
		truth: both(rejected('qop-malformed', 401)),
		shows: [
			shown('phone', 'credentials with qop', 'sip.Authorization && sip.auth.qop', 1),
			shown('phone', 'cnonce', 'sip.auth.cnonce', 0),
		],
	},
	{
		name: 'stale-loop',
		says: 'every answer, fresh and right, is called stale',
		twin: 'healthy-stale',
		lab: { server: { ...REGISTRAR, staleAlways: true } },
		phone: { ...PHONE, maxChallenges: 4 },
		statuses: [401, 401, 401, 401, 401],
		accounts: [ACCOUNT],
		truth: both(rejected('stale-loop', 401)),
		shows: [
			registers('phone', 5),
			shown('phone', 'challenges with stale=true', 'sip.WWW-Authenticate contains "stale=true"', 4),
		],
	},
	{
		name: 'nonce-from-other-server',
		says: 'two registrars that do not share their nonces, and the phone turns to each of them in turn',
		twin: 'healthy-nat',
		lab: { server: REGISTRAR, upstream: REGISTRAR },
		// Slow, so that the time in their nonces differs.
		phone: {
			...PHONE,
			otherServer: ADDRESSES.upstream,
			maxChallenges: 4,
			answerDelayMs: 1200,
		},
		statuses: [401, 401, 401, 401, 401],
		accounts: [ACCOUNT],
		truth: both(rejected('nonce-from-other-server', 401)),
		shows: [
			registers('phone', 5),
			registers('server', 3),
			shown('phone', 'REGISTERs to the other', `sip.Method && ip.dst == ${ADDRESSES.upstream}`, 2),
		],
	},
	{
		name: 'call-id-changed',
		says: 'a new Call-ID for each REGISTER, and a registrar that ties its nonce to it',
		twin: 'healthy-nat',
		lab: { server: { ...REGISTRAR, nonceTiedTo: 2 } },
		phone: { ...PHONE, keepCallId: false, maxChallenges: 3 },
		statuses: [401, 401, 401, 401],
		accounts: [ACCOUNT],
		truth: both(rejected('call-id-changed', 401)),
		shows: [registers('phone', 4), answers('phone', 401, 4)],
	},
	{
		name: 'realm-varies',
		says: 'two registrars with two realms behind one address, in turn',
		twin: 'healthy-nat',
		lab: { server: { ...REGISTRAR, realms: [DOMAIN, 'old.example.com'] } },
		phone: { ...PHONE, maxChallenges: 3 },
		statuses: [401, 401, 401, 401],
		accounts: [ACCOUNT],
		truth: both(rejected('realm-varies', 401)),
		shows: [
			shown(
				'phone',
				'challenges for the one',
				`sip.Status-Code && sip.auth.realm == "\\"${DOMAIN}\\""`,
				2,
			),
			shown(
				'phone',
				'challenges for the other',
				'sip.Status-Code && sip.auth.realm == "\\"old.example.com\\""',
				2,
			),
		],
	},
	{
		name: 'second-challenge-unanswered',
		says: 'proxy and registrar both ask, and the phone answers only the last that asked',
		twin: 'healthy-proxy',
		lab: {
			server: {
				...REGISTRAR,
				challenge: 'proxy',
				realm: 'sbc.example.com',
				challengeBeforeRelay: true,
				relayTo: ADDRESSES.upstream,
			},
			upstream: REGISTRAR,
		},
		phone: { ...PHONE, maxChallenges: 3 },
		statuses: [407, 401, 407, 401],
		accounts: [ACCOUNT],
		truth: {
			phone: rejected('second-challenge-unanswered', 401),
			proxy: rejected('second-challenge-unanswered', 401),
			server: rejected('second-challenge-unanswered', 401),
		},
		shows: [
			answers('phone', 407, 2),
			answers('phone', 401, 2),
			shown('server', 'answers to the registrar', 'sip.Authorization', 0),
		],
	},
	{
		name: 'extension-required',
		says: '420: the phone requires outbound, which the registrar does not know',
		twin: 'healthy-nat',
		lab: {
			server: {
				...REGISTRAR,
				answer: { code: 420, reason: 'Bad Extension', headers: ['Unsupported: outbound'] },
			},
		},
		phone: { ...PHONE, headers: ['Require: outbound'] },
		statuses: [420],
		accounts: [ACCOUNT],
		truth: both(rejected('extension-required', 420)),
		shows: [registers('phone', 1), answers('phone', 420, 1)],
	},
	{
		name: 'message-too-large',
		says: '513 to a REGISTER of more bytes than the registrar takes',
		twin: 'healthy-nat',
		lab: { server: { ...REGISTRAR, maxBytes: 1000 } },
		phone: { ...PHONE, paddingBytes: 700 },
		statuses: [513],
		accounts: [ACCOUNT],
		truth: both(rejected('message-too-large', 513)),
		shows: [registers('phone', 1), answers('phone', 513, 1)],
	},
];
