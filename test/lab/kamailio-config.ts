import type { Certificates } from './certificates.js';
import {
	type TransportOptions,
	transportDirectives,
	transportModules,
	transportRoutes,
} from './kamailio-transports.js';

/** A user the registrar knows, with a password or with HA1 (RFC 7616 §3.4.2). */
export type KamailioUser =
	| { readonly username: string; readonly password: string }
	| { readonly username: string; readonly ha1: string };

/** What a Kamailio of the lab does; defaults are those of Kamailio's stock configuration. */
export interface KamailioOptions extends TransportOptions {
	readonly realm?: string;
	readonly users?: readonly KamailioUser[];
	/** Takes every username, listed or not, with this password. */
	readonly passwordForAll?: string;
	readonly algorithm?: 'MD5' | 'SHA-256';
	readonly qop?: boolean;
	/** 401, 407, or a 200 for everybody (trust by address). Default 401. */
	readonly challenge?: 'www' | 'proxy' | 'none';
	/** Says `stale=true` (challenge flag 16) for an expired nonce. Stock Kamailio does not. */
	readonly stale?: boolean;
	readonly nonceExpireSeconds?: number;
	/** Refuses shorter ones with 423 (`min_expires_mode` 1). */
	readonly minExpires?: number;
	readonly maxExpires?: number;
	readonly maxContacts?: number;
	/** 403 before any challenge, for a User-Agent that contains this. */
	readonly refusedUserAgent?: string;
	readonly forbiddenAfterAuthentication?: boolean;
	/** 404 for users that are not listed; else they are challenged like all others. */
	readonly notFoundForUnknown?: boolean;
	/** Answers every REGISTER with this at once. */
	readonly answer?: {
		readonly code: number;
		readonly reason: string;
		/** Header lines to add. */
		readonly headers?: readonly string[];
	};
	/** Drops everything from an address that has failed to authenticate this often. */
	readonly banAfterFailures?: number;
	/** Relays everything to this registrar, with Via, Path and a transaction of its own. */
	readonly relayTo?: string;
	/** Stores where the REGISTER came from beside the Contact. Default true. */
	readonly natFix?: boolean;
	/** Answers to the source port although Via has no rport. Default false: only where asked. */
	readonly forceRport?: boolean;
	/** Does nothing for so long before it looks at a message. */
	readonly delayMs?: number;
	/** Sends OPTIONS to every stored contact at this interval. */
	readonly pingSeconds?: number;
	/** Asks for the first realm where CSeq is odd, for the second where it is even: two registrars behind one address. */
	readonly realms?: readonly [string, string];
	/** Asks for this realm from that CSeq on. */
	readonly realmFrom?: { readonly cseq: number; readonly realm: string };
	/** Takes each nonce once (`one_time_nonce`). */
	readonly nonceOnce?: boolean;
	/** Challenges with an opaque of its own, and refuses credentials without it. */
	readonly opaque?: string;
	/** 404 after authentication where To and the digest username are not one. */
	readonly comparesUser?: boolean;
	/** Keeps the latest contact alone. */
	readonly singleContact?: boolean;
	/** Relays without Path, as a registrar alone does. */
	readonly leavesPathOut?: boolean;
	/** Removes the credentials of what it relays. */
	readonly stripsCredentials?: boolean;
	/** Calls whatever credentials come stale, the right ones too. */
	readonly staleAlways?: boolean;
	/** `auth_checks_register`: ties the nonce to Call-ID (2), From tag (4), source address (8), added up. */
	readonly nonceTiedTo?: number;
	/** Challenges with 407 before it relays. */
	readonly challengeBeforeRelay?: boolean;
	/** Refuses a longer REGISTER with 513. */
	readonly maxBytes?: number;
	/** Answers 483 where Max-Forwards is 0, and counts it down (RFC 3261 §16.3). */
	readonly countsHops?: boolean;
	/** Names itself in Server. */
	readonly serverName?: string;
	/** What nonces are made with: servers that share it take each other's. */
	readonly secret?: string;
	/** Takes each nc of a nonce once. */
	readonly checksNonceCount?: boolean;
	/** Takes each nonce once. */
	readonly oneTimeNonces?: boolean;
	/** 403 where From and To name different users. */
	readonly refusesThirdParty?: boolean;
	/** Challenges everybody with this nonce for ever, and takes whoever answers it. */
	readonly fixedNonce?: string;
	/** Knows an account by the whole digest username, with its domain. */
	readonly wholeUsername?: boolean;
	/** 404 after authentication where To names another domain. */
	readonly onlyDomain?: string;
	/** Header lines added to the 200. */
	readonly addedHeaders?: readonly string[];
	/** Keeps the latest contact alone where a phone with this in its User-Agent registers. */
	readonly singleContactFor?: string;
}

const MODULES = [
	...['sl', 'tm', 'rr', 'pv', 'textops', 'siputils', 'usrloc', 'registrar'],
	...['auth', 'nathelper', 'path', 'kex', 'htable', 'cfgutils'],
];

/** A value inside Kamailio's quotes; the lab uses only harmless ones, anything else is a mistake. */
function harmless(text: string): string {
	if (!/^[\w .,:@;=<>/()-]*$/.test(text)) throw new Error(`not fit for kamailio.cfg: ${text}`);
	return text;
}

function quoted(text: string): string {
	return `"${harmless(text)}"`;
}

/** A header line for append_to_reply, which may have quotes of its own. */
function headerLine(line: string): string {
	return harmless(line.replaceAll('"', '')) === '' ? '' : line.replaceAll('"', '\\"');
}

function parameters(options: KamailioOptions): readonly string[] {
	const set = (module: string, name: string, value: number | string): string =>
		`modparam("${module}", "${name}", ${typeof value === 'number' ? value : quoted(value)})`;
	return [
		set('usrloc', 'db_mode', 0),
		'modparam("usrloc", "nat_bflag", 6)',
		'modparam("registrar|nathelper", "received_avp", "$avp(RECEIVED)")',
		set('registrar', 'use_path', 1),
		set('registrar', 'path_mode', 0),
		set('registrar', 'max_contacts', options.maxContacts ?? 10),
		...(options.minExpires === undefined
			? []
			: [
					set('registrar', 'min_expires', options.minExpires),
					set('registrar', 'min_expires_mode', 1),
				]),
		...(options.maxExpires === undefined
			? []
			: [set('registrar', 'max_expires', options.maxExpires)]),
		'modparam("htable", "htable", "failures=>size=4;initval=0")',
		set('auth', 'nonce_expire', options.nonceExpireSeconds ?? 300),
		...(options.secret === undefined ? [] : [set('auth', 'secret', options.secret)]),
		...(options.nonceOnce === true ? [set('auth', 'one_time_nonce', 1)] : []),
		...(options.checksNonceCount === true ? [set('auth', 'nonce_count', 1)] : []),
		...(options.oneTimeNonces === true ? [set('auth', 'one_time_nonce', 1)] : []),
		...(options.nonceTiedTo === undefined
			? []
			: [set('auth', 'auth_checks_register', options.nonceTiedTo)]),
		...(options.algorithm === undefined ? [] : [set('auth', 'algorithm', options.algorithm)]),
		...(options.pingSeconds === undefined
			? [set('nathelper', 'natping_interval', 0)]
			: [
					set('nathelper', 'natping_interval', options.pingSeconds),
					set('nathelper', 'ping_nated_only', 0),
					set('nathelper', 'sipping_bflag', 7),
					set('nathelper', 'sipping_from', 'sip:keepalive@pbx.example.com'),
					set('nathelper', 'sipping_method', 'OPTIONS'),
				]),
	];
}

/** Kamailio itself knows no opaque: a challenge of our own, and one that its text has to be in. */
function opaqueChallenge(opaque: string): readonly string[] {
	const challenge = `Digest realm=\\"$var(realm)\\", nonce=\\"$TV(s)$TV(u)\\", opaque=\\"${harmless(opaque)}\\"`;
	return [
		`if (!($hdr(Authorization) =~ ${quoted(opaque)})) {`,
		`append_to_reply("WWW-Authenticate: ${challenge}\\r\\n"); sl_send_reply("401", "Unauthorized"); exit; }`,
	];
}

/** Kamailio's own nonces run out: a challenge of our own, and every answer to it is taken. */
function fixedChallenge(realm: string, nonce: string): readonly string[] {
	const challenge = `Digest realm=\\"${harmless(realm)}\\", nonce=\\"${harmless(nonce)}\\"`;
	return [
		`if (!($hdr(Authorization) =~ ${quoted(nonce)})) {`,
		`append_to_reply("WWW-Authenticate: ${challenge}\\r\\n"); sl_send_reply("401", "Unauthorized"); exit; }`,
	];
}

function authentication(options: KamailioOptions): readonly string[] {
	if (options.challenge === 'none') return [];
	if (options.fixedNonce !== undefined)
		return fixedChallenge(options.realm ?? 'pbx.example.com', options.fixedNonce);
	const kind = options.challenge ?? 'www';
	const [odd = options.realm ?? 'pbx.example.com', even = odd] = options.realms ?? [];
	const realm = '"$var(realm)"';
	const qop = options.qop === true ? 1 : 0;
	const users = options.users ?? [];
	const stored = users.map((user) => {
		const secret = 'ha1' in user ? user.ha1 : user.password;
		const flag = 'ha1' in user ? 1 : 0;
		return [
			`if (${options.wholeUsername === true ? '$aU' : '$au'} == ${quoted(user.username)}) {`,
			`$var(known) = 1;`,
			`if (pv_${kind}_authenticate(${realm}, ${quoted(secret)}, "${flag}")) { $var(ok) = 1; }`,
			'$var(why) = $rc;',
			'}',
		].join(' ');
	});
	return [
		`$var(realm) = ${quoted(odd)};`,
		...(options.realmFrom === undefined
			? []
			: [
					`if ($cs >= ${options.realmFrom.cseq}) { $var(realm) = ${quoted(options.realmFrom.realm)}; }`,
				]),
		...(options.opaque === undefined ? [] : opaqueChallenge(options.opaque)),
		...(even === odd ? [] : [`if ($cs mod 2 == 0) { $var(realm) = ${quoted(even)}; }`]),
		...(options.staleAlways === true
			? [
					`if (is_present_hf("Authorization")) { ${kind}_challenge(${realm}, "${16 + qop}"); exit; }`,
				]
			: []),
		'$var(ok) = 0; $var(why) = 0;',
		...stored,
		...(options.passwordForAll === undefined
			? []
			: [
					`if (pv_${kind}_authenticate(${realm}, ${quoted(options.passwordForAll)}, "0")) { $var(ok) = 1; }`,
				]),
		'if ($var(ok) == 0) {',
		...(options.banAfterFailures === undefined
			? []
			: ['if ($var(why) == -2) { $sht(failures=>$si) = $sht(failures=>$si) + 1; }']),
		...(options.stale === true
			? [`if ($var(why) == -4) { ${kind}_challenge(${realm}, "${16 + qop}"); exit; }`]
			: []),
		`${kind}_challenge(${realm}, "${qop}");`,
		'exit;',
		'}',
	];
}

function refusals(options: KamailioOptions): readonly string[] {
	const { answer } = options;
	const users = options.users ?? [];
	return [
		...(options.banAfterFailures === undefined
			? []
			: [`if ($sht(failures=>$si) >= ${options.banAfterFailures}) { drop; }`]),
		...(answer === undefined
			? []
			: [
					...(answer.headers ?? []).map((line) => `append_to_reply("${headerLine(line)}\\r\\n");`),
					`sl_send_reply("${answer.code}", ${quoted(answer.reason)}); exit;`,
				]),
		...(options.refusedUserAgent === undefined
			? []
			: [
					`if ($ua =~ ${quoted(options.refusedUserAgent)}) { sl_send_reply("403", "Forbidden"); exit; }`,
				]),
		...(options.maxBytes === undefined
			? []
			: [`if ($ml > ${options.maxBytes}) { sl_send_reply("513", "Message Too Large"); exit; }`]),
		...(options.notFoundForUnknown === true
			? [
					`if (!($tU =~ ${`"^(${users.map((user) => user.username).join('|')})$"`})) {`,
					'sl_send_reply("404", "Not Found"); exit; }',
				]
			: []),
	];
}

function registering(options: KamailioOptions): readonly string[] {
	return [
		...refusals(options),
		...authentication(options),
		...(options.refusesThirdParty === true
			? ['if ($fU != $tU) { sl_send_reply("403", "Forbidden"); exit; }']
			: []),
		...(options.comparesUser === true
			? ['if ($tU != $au) { sl_send_reply("404", "Not Found"); exit; }']
			: []),
		...(options.onlyDomain === undefined
			? []
			: [`if ($td != ${quoted(options.onlyDomain)}) { sl_send_reply("404", "Not Found"); exit; }`]),
		...(options.forbiddenAfterAuthentication === true
			? ['sl_send_reply("403", "Forbidden"); exit;']
			: []),
		...(options.natFix === false ? [] : ['fix_nated_register(); setbflag(6);']),
		...(options.pingSeconds === undefined ? [] : ['setbflag(7);']),
		...(options.addedHeaders ?? []).map((line) => `append_to_reply("${headerLine(line)}\\r\\n");`),
		...(options.singleContactFor === undefined
			? []
			: [`if ($ua =~ ${quoted(options.singleContactFor)}) { save("location", "0x04"); exit; }`]),
		// save() has answered already where it fails; a reply on top of it would be a second final.
		options.singleContact === true ? 'save("location", "0x04"); exit;' : 'save("location"); exit;',
	];
}

/** The text of a `kamailio.cfg` that listens at these addresses, port 5060, UDP and TCP. */
export function kamailioConfig(
	addresses: readonly string[],
	options: KamailioOptions,
	certificates?: Certificates,
): string {
	return [
		'#!KAMAILIO',
		'debug=0',
		'log_stderror=yes',
		'children=1',
		'tcp_children=1',
		'auto_aliases=no',
		'dns=no',
		'rev_dns=no',
		...transportDirectives(addresses, options),
		...MODULES.map((module) => `loadmodule "${module}.so"`),
		...transportModules(options, certificates),
		...(options.countsHops === true ? ['loadmodule "maxfwd.so"'] : []),
		...(options.serverName === undefined
			? []
			: [`server_header="Server: ${harmless(options.serverName)}"`]),
		...parameters(options),
		'request_route {',
		...(options.delayMs === undefined ? [] : [`usleep("${options.delayMs * 1000}");`]),
		...(options.forceRport === true ? ['force_rport();'] : []),
		...(options.countsHops === true
			? ['if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }']
			: []),
		'if (is_method("OPTIONS")) {',
		// How many users have a binding, for tests that must leave none.
		'append_to_reply("X-Registered-Users: $stat(registered_users)\\r\\n");',
		'sl_send_reply("200", "OK"); exit; }',
		'if (!is_method("REGISTER")) { sl_send_reply("405", "Method Not Allowed"); exit; }',
		...(options.relayTo === undefined
			? registering(options)
			: [
					...(options.challengeBeforeRelay === true ? authentication(options) : []),
					...(options.stripsCredentials === true ? ['remove_hf("Authorization");'] : []),
					...(options.leavesPathOut === true ? [] : ['add_path_received();']),
					`$du = "sip:${options.relayTo}:5060";`,
					'if (!t_relay()) { sl_reply_error(); }',
					'exit;',
				]),
		'}',
		...transportRoutes(options),
		'',
	].join('\n');
}
