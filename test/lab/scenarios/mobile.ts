import type { LabOptions } from '../lab.js';
import {
	ACCOUNT,
	answers,
	both,
	finding,
	PHONE,
	REGISTERED,
	REGISTRAR,
	registers,
	rejected,
	type Scenario,
	shown,
} from './scenario.js';

/** The network of the numbers for tests (3GPP TS 23.003 §13.2). */
const HOME = 'ims.mnc001.mcc001.3gppnetwork.org';
const IDENTITY = `001010000001001@${HOME}`;
/** Made up, and of no operator. */
const SIM = {
	k: '5b1d0c3e9a7f42866d0e51b2c4f3a798',
	opc: '21c8e6f7045b9d3a8e10472fb6d5c39e',
} as const;
const OTHER_K = '5b1d0c3e9a7f42866d0e51b2c4f3a799';

const NETWORK = {
	router: { nat: 'none' },
	server: {
		program: 'mobile-registrar',
		options: { realm: HOME, ...SIM, sqn: '000000000100' },
	},
} as const satisfies LabOptions;

const MOBILE = {
	user: '001010000001001',
	authUsername: IDENTITY,
	domain: HOME,
	namesItselfFirst: true,
	sim: SIM,
} as const;

const AUTS = 'sip.Authorization contains "auts="';
const EMPTY =
	'sip.Authorization contains "response=\\"\\"" && !(sip.Authorization contains "nonce=\\"\\"")';

/** A registrar that says this to everybody. */
function saying(code: number, reason: string, ...headers: readonly string[]) {
	return { ...REGISTRAR, challenge: 'none', answer: { code, reason, headers } } as const;
}

const AUTHORIZATION_SERVER = 'WWW-Authenticate: Bearer authz_server="https://login.example.com/"';

/** Phones with a SIM, and phones with a token in place of a password. */
export const MOBILES: readonly Scenario[] = [
	{
		name: 'healthy-aka',
		says: 'the network challenges the SIM (AKAv1-MD5), and the SIM answers',
		lab: NETWORK,
		phone: MOBILE,
		statuses: [401, 200],
		accounts: [],
		truth: both(REGISTERED),
		shows: [registers('phone', 2), answers('phone', 200, 1)],
	},
	{
		name: 'healthy-aka-resynchronised',
		says: 'the SIM is ahead of the network and says so with auts; the network follows',
		twin: 'aka-sync-failure',
		lab: NETWORK,
		phone: { ...MOBILE, sim: { ...SIM, sqn: '000000004000' }, maxChallenges: 2 },
		statuses: [401, 401, 200],
		accounts: [],
		truth: both(REGISTERED),
		shows: [shown('phone', 'auts', AUTS, 1), answers('phone', 200, 1)],
	},
	{
		name: 'aka-sync-failure',
		says: 'the SIM is ahead of the network and says so with auts; the network takes no notice',
		twin: 'healthy-aka-resynchronised',
		lab: {
			...NETWORK,
			server: { ...NETWORK.server, options: { ...NETWORK.server.options, ignoresAuts: true } },
		},
		phone: { ...MOBILE, sim: { ...SIM, sqn: '000000004000' }, maxChallenges: 2 },
		statuses: [401, 401, 401],
		accounts: [],
		truth: both({ outcome: 'challenged', cause: 'aka-sync-failure', finalStatus: 401 }),
		shows: [shown('phone', 'auts', AUTS, 2), answers('phone', 401, 3)],
	},
	{
		name: 'aka-mac-failure',
		says: 'the SIM has another key than the network: it refuses the MAC',
		twin: 'healthy-aka',
		lab: NETWORK,
		phone: { ...MOBILE, sim: { ...SIM, k: OTHER_K } },
		statuses: [401, 403],
		accounts: [],
		truth: both(rejected('aka-mac-failure', 403)),
		shows: [
			shown('phone', 'empty responses to a nonce', EMPTY, 1),
			shown('phone', 'auts', AUTS, 0),
		],
	},
	{
		name: 'aka-res-wrong',
		says: 'the phone hashes RES as text, and the network as bytes',
		twin: 'healthy-aka',
		lab: NETWORK,
		phone: { ...MOBILE, sim: { ...SIM, hashesText: true } },
		statuses: [401, 403],
		accounts: [],
		truth: both(rejected('aka-res-wrong', 403)),
		shows: [registers('phone', 2), answers('phone', 403, 1)],
	},
	{
		name: 'aka-not-supported',
		says: 'the network challenges a SIM, and the phone has a password',
		twin: 'healthy-aka',
		lab: NETWORK,
		phone: { ...PHONE, domain: HOME, algorithm: 'MD5' },
		statuses: [401, 403],
		accounts: [],
		truth: both(rejected('aka-not-supported', 403)),
		shows: [
			shown(
				'phone',
				'challenges of AKA',
				'sip.Status-Code == 401 && sip.auth.algorithm == "AKAv1-MD5"',
				1,
			),
			shown('phone', 'answers with MD5', 'sip.Method && sip.auth.algorithm == "MD5"', 1),
		],
	},
	{
		name: 'ims-forbidden',
		says: 'the phone names its private identity, and the network forbids it without a challenge',
		twin: 'healthy-aka',
		lab: { ...NETWORK, server: saying(403, 'Forbidden') },
		phone: MOBILE,
		statuses: [403],
		accounts: [],
		truth: both(rejected('ims-forbidden', 403)),
		shows: [registers('phone', 1), answers('phone', 403, 1)],
	},
	{
		name: 'ims-initial-authorization',
		says: 'the first REGISTER to the IMS does not name the private identity',
		twin: 'healthy-aka',
		lab: { ...NETWORK, server: saying(403, 'Forbidden') },
		phone: {
			...MOBILE,
			namesItselfFirst: false,
			headers: ['P-Access-Network-Info: 3GPP-E-UTRAN-FDD; utran-cell-id-3gpp=0010100010019B01'],
		},
		statuses: [403],
		accounts: [],
		truth: both(rejected('ims-initial-authorization', 403)),
		shows: [registers('phone', 1), shown('phone', 'Authorization', 'sip.Authorization', 0)],
	},
	{
		name: 'bearer-token-missing',
		says: 'the registrar takes tokens alone, and the phone has a password',
		twin: 'healthy-nat',
		lab: { server: saying(401, 'Unauthorized', AUTHORIZATION_SERVER) },
		phone: { ...PHONE, answerChallenge: false, tries: 3, retryAfterMs: 2500 },
		statuses: [401, 401, 401],
		accounts: [ACCOUNT],
		truth: both({ outcome: 'challenged', cause: 'bearer-token-missing', finalStatus: 401 }),
		shows: [shown('phone', 'challenges for a token', 'sip.WWW-Authenticate contains "Bearer"', 3)],
	},
	{
		name: 'bearer-token-refused',
		says: 'the token has run out',
		twin: 'cleartext-bearer',
		lab: {
			server: saying(401, 'Unauthorized', `${AUTHORIZATION_SERVER}, error="invalid_token"`),
		},
		phone: {
			...PHONE,
			answerChallenge: false,
			tries: 3,
			retryAfterMs: 2500,
			headers: ['Authorization: Bearer bGFiLXRva2VuLW9mLW5vLXVzZQ'],
		},
		statuses: [401, 401, 401],
		accounts: [ACCOUNT],
		truth: both(finding(rejected('bearer-token-refused', 401), 'cleartext-bearer')),
		shows: [
			registers('phone', 3),
			shown('phone', 'error in the challenge', 'sip.WWW-Authenticate contains "invalid_token"', 3),
		],
	},
];
