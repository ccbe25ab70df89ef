import { ADDRESSES } from '../topology.js';
import {
	ACCOUNT,
	answers,
	both,
	everywhere,
	finding,
	PHONE,
	REGISTERED,
	REGISTRAR,
	registers,
	type Scenario,
	shown,
} from './scenario.js';

const SECOND = { ...PHONE, localPort: 5062, userAgent: 'OtherPhone/2.1' } as const;
const ALSO_REGISTERED = { outcome: 'registered', cause: null } as const;

const FIVE_MORE = Array.from({ length: 5 }, () => ALSO_REGISTERED);

/** A program that says what it is: three OPTIONS, five names, two calls. */
const SCANNER = [
	"const socket = require('node:dgram').createSocket('udp4');",
	"const requests = ['OPTIONS 100', 'OPTIONS 100', 'OPTIONS 100', 'INVITE 00441', 'INVITE 00442',",
	"...[100, 101, 102, 103, 104].map((user) => 'REGISTER ' + user)];",
	'for (const [n, request] of requests.entries()) {',
	"const [method, user] = request.split(' ');",
	"const to = '<sip:' + user + '@203.0.113.10>';",
	"socket.send([method + ' sip:' + user + '@203.0.113.10 SIP/2.0',",
	"'Via: SIP/2.0/UDP 203.0.113.140:5072;branch=z9hG4bK-scan-' + n + ';rport', 'Max-Forwards: 70',",
	"'From: \"sipvicious\"<sip:100@1.1.1.1>;tag=' + n, 'To: ' + to, 'Call-ID: scan-' + n,",
	"'CSeq: 1 ' + method, 'Contact: <sip:100@203.0.113.140:5072>', 'User-Agent: friendly-scanner',",
	"'Content-Length: 0', '', ''].join('\\r\\n'), 5060, '203.0.113.10');",
	'}',
	'setTimeout(() => socket.close(), 500);',
].join(' ');

/** Two phones of one place, and more. */
export const SEVERAL_PHONES: readonly Scenario[] = [
	{
		name: 'healthy-two-devices',
		says: 'two phones share one address-of-record, and the registrar keeps both',
		twin: 'binding-replaced-by-turns',
		lab: { server: REGISTRAR },
		phone: { ...PHONE, refreshes: 2, refreshAfterMs: 2000 },
		beside: [{ afterMs: 1000, phone: { ...SECOND, refreshes: 1, refreshAfterMs: 2000 } }],
		statuses: [401, 200, 401, 200, 401, 200],
		accounts: [ACCOUNT],
		truth: everywhere({ ...REGISTERED, others: [ALSO_REGISTERED] }),
		shows: [registers('phone', 10)],
	},
	{
		name: 'binding-replaced-by-turns',
		says: 'two phones share one address-of-record, and the registrar keeps the latest alone',
		twin: 'healthy-two-devices',
		lab: { server: { ...REGISTRAR, singleContact: true } },
		phone: { ...PHONE, refreshes: 1, refreshAfterMs: 4000 },
		beside: [{ afterMs: 1500, phone: SECOND }],
		statuses: [401, 200, 401, 200],
		accounts: [ACCOUNT],
		truth: both({ ...REGISTERED, others: [ALSO_REGISTERED] }),
		shows: [registers('phone', 6)],
	},
	{
		name: 'wildcard-unregister',
		says: 'a second phone starts up and removes all bindings of the account',
		twin: 'healthy-two-devices',
		lab: { server: REGISTRAR },
		phone: { ...PHONE, stayMs: 6000 },
		beside: [
			{
				afterMs: 1500,
				phone: { ...SECOND, expires: 3600, removesAll: true, unregister: true },
			},
		],
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: both({
			outcome: 'registered',
			cause: 'wildcard-unregister',
			finalStatus: 200,
			others: [ALSO_REGISTERED],
		}),
		shows: [registers('phone', 5)],
	},
	{
		name: 'call-id-shared',
		says: 'two phones with one firmware image use the same Call-ID',
		twin: 'healthy-two-devices',
		lab: { server: REGISTRAR },
		phone: {
			...PHONE,
			callId: '0f5e1d2c',
			instance: '00000000-0000-1000-8000-000a959e6f01',
			refreshes: 2,
			refreshAfterMs: 2000,
		},
		beside: [
			{
				afterMs: 1000,
				phone: {
					...SECOND,
					callId: '0f5e1d2c',
					instance: '00000000-0000-1000-8000-000a959e6f02',
					firstCSeq: 100,
					refreshes: 2,
					refreshAfterMs: 2000,
				},
			},
		],
		statuses: [401, 200, 401, 200, 401, 200],
		accounts: [ACCOUNT],
		truth: both({
			...finding(REGISTERED, 'call-id-shared'),
			others: [ALSO_REGISTERED],
		}),
		shows: [registers('phone', 12)],
	},
	{
		name: 'stale-bindings',
		says: 'the phone was restarted and took another port; the registrar lists the old one, too',
		twin: 'healthy-two-devices',
		lab: { server: REGISTRAR },
		before: { ...PHONE, localPort: 5064 },
		phone: PHONE,
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: both(finding(REGISTERED, 'stale-bindings')),
		shows: [
			shown(
				'phone',
				'the old Contact in the 200',
				'sip.Status-Code == 200 && sip.contact.port == 5064',
				1,
			),
		],
	},
	{
		name: 'path-missing',
		says: 'the proxy adds no Path: the registrar keeps the private Contact alone',
		twin: 'healthy-proxy',
		lab: {
			server: { relayTo: ADDRESSES.upstream, leavesPathOut: true },
			upstream: { ...REGISTRAR, natFix: false },
		},
		phone: PHONE,
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: {
			phone: REGISTERED,
			proxy: finding(REGISTERED, 'path-missing'),
			server: finding(REGISTERED, 'path-missing'),
		},
		shows: [shown('server', 'REGISTERs with Path', 'sip.Path', 0), registers('server', 2)],
	},
	{
		name: 'banned-by-a-neighbour',
		says: 'another phone behind the same NAT has a wrong password, and the server bans the address',
		twin: 'banned-after-failures',
		lab: { server: { ...REGISTRAR, banAfterFailures: 3 } },
		phone: { ...PHONE, refreshes: 1, refreshAfterMs: 9000 },
		beside: [
			{
				afterMs: 1000,
				phone: {
					...SECOND,
					password: 's3cret-old',
					user: '1001',
					instance: '00000000-0000-1000-8000-000a959e6f02',
					tries: 4,
					retryAfterMs: 500,
				},
			},
		],
		statuses: [401, 200, 'timeout'],
		accounts: [ACCOUNT],
		truth: both({
			outcome: 'unanswered',
			cause: 'banned-after-failures',
			finalStatus: null,
			others: [{ outcome: 'unanswered', cause: 'banned-after-failures' }],
		}),
		shows: [registers('phone')],
	},
	{
		name: 'healthy-many-phones',
		says: 'six phones of a site register from one public address',
		twin: 'banned-by-a-neighbour',
		lab: { server: REGISTRAR },
		phone: { ...PHONE, instance: '00000000-0000-1000-8000-000a959e6f00', stayMs: 3000 },
		beside: [1, 2, 3, 4, 5].map((n) => ({
			afterMs: 200 * n,
			phone: {
				...PHONE,
				localPort: 5060 + 2 * n,
				instance: `00000000-0000-1000-8000-000a959e6f0${n}`,
			},
		})),
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: {
			phone: { ...REGISTERED, others: FIVE_MORE },
			server: { ...finding(REGISTERED, 'shared-public-address'), others: FIVE_MORE },
		},
		shows: [registers('server', 12), answers('server', 200, 6)],
	},
	{
		name: 'scanner-traffic',
		says: 'a scanner asks the server with OPTIONS, REGISTER and INVITE while a phone registers',
		twin: 'healthy-nat',
		lab: { server: REGISTRAR },
		phone: { ...PHONE, stayMs: 3000 },
		events: [{ afterMs: 500, host: 'upstream', command: ['node', '-e', SCANNER] }],
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: { phone: REGISTERED, server: finding(REGISTERED, 'scanner-traffic') },
		shows: [
			shown(
				'server',
				'OPTIONS of the scanner',
				'sip.Method == "OPTIONS" && ip.src == 203.0.113.140',
				3,
			),
			shown('server', 'INVITEs of the scanner', 'sip.Method == "INVITE"', 2),
		],
	},
];
