import {
	ACCOUNT,
	answers,
	both,
	finding,
	PHONE,
	REGISTERED,
	REGISTRAR,
	registers,
	type Scenario,
	shown,
} from './scenario.js';

const NONCE = '5f0e3a91c7d24b68';

/** What takes minutes, or an hour. */
export const IN_TIME: readonly Scenario[] = [
	{
		name: 'static-nonce',
		says: 'the registrar offers one nonce, and the same an hour later',
		twin: 'healthy-refresh-unregister',
		lab: { router: { nat: 'none' }, server: { ...REGISTRAR, fixedNonce: NONCE } },
		phone: { ...PHONE, expires: 7200, refreshes: 1, refreshAfterMs: 3_603_000 },
		lastsMs: 3_700_000,
		statuses: [401, 200, 401, 200],
		accounts: [ACCOUNT],
		truth: both(finding(REGISTERED, 'static-nonce')),
		shows: [
			answers('phone', 401, 2),
			shown(
				'phone',
				'one nonce',
				`sip.Status-Code == 401 && sip.auth.nonce == "\\"${NONCE}\\""`,
				2,
			),
		],
	},
	{
		name: 'keepalive-missing',
		says: 'nothing passes the NAT for two minutes between two REGISTERs',
		twin: 'healthy-kept-alive',
		lab: { server: REGISTRAR },
		phone: { ...PHONE, refreshes: 1, refreshAfterMs: 123_000 },
		lastsMs: 150_000,
		statuses: [401, 200, 401, 200],
		accounts: [ACCOUNT],
		truth: both(finding(REGISTERED, 'keepalive-missing')),
		shows: [answers('phone', 200, 2), shown('phone', 'OPTIONS', 'sip.Method == "OPTIONS"', 0)],
	},
	{
		name: 'healthy-kept-alive',
		says: 'the registrar asks the phone with OPTIONS every 25 s between two REGISTERs',
		twin: 'keepalive-missing',
		lab: { server: { ...REGISTRAR, pingSeconds: 25 } },
		phone: { ...PHONE, refreshes: 1, refreshAfterMs: 123_000 },
		lastsMs: 150_000,
		statuses: [401, 200, 401, 200],
		accounts: [ACCOUNT],
		truth: both(REGISTERED),
		shows: [registers('phone', 4), shown('phone', 'OPTIONS', 'sip.Method == "OPTIONS"')],
	},
];
