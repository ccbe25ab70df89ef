import { ADDRESSES } from '../topology.js';
import {
	ACCOUNT,
	both,
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

/** Two phones of one place. */
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
		truth: both({ ...REGISTERED, others: [ALSO_REGISTERED] }),
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
];
