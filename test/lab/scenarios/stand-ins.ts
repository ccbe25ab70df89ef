import { ADDRESSES } from '../topology.js';
import {
	ACCOUNT,
	answers,
	both,
	DOMAIN,
	finding,
	PASSWORD,
	PHONE,
	REGISTERED,
	REGISTRAR,
	registers,
	rejected,
	type Scenario,
	shown,
} from './scenario.js';

const ALSO_REGISTERED = { outcome: 'registered', cause: null } as const;

/** An SBC that registers with its own account at the registrar behind it. */
function sbc(password: string) {
	const options = { upstream: ADDRESSES.upstream, domain: DOMAIN, username: '1001', password };
	return { server: { program: 'sbc', options }, upstream: REGISTRAR } as const;
}

/** Who registers, and as whom: an SBC in place of the phone, another device, another name. */
export const STAND_INS: readonly Scenario[] = [
	{
		name: 'healthy-sbc-own-account',
		says: 'an SBC challenges the phone and registers it with an account of its own',
		twin: 'sbc-account-refused',
		lab: sbc(PASSWORD),
		phone: PHONE,
		statuses: [401, 200],
		accounts: [],
		truth: { phone: REGISTERED, proxy: REGISTERED, server: REGISTERED },
		shows: [registers('phone', 2), registers('server', 2), answers('server', 200, 1)],
	},
	{
		name: 'sbc-account-refused',
		says: 'the registrar refuses the account of the SBC, and the SBC the phone because of it',
		twin: 'healthy-sbc-own-account',
		lab: sbc('s3cret-lab-of-last-year'),
		phone: PHONE,
		statuses: [401, 480],
		accounts: [],
		truth: {
			phone: rejected('undetermined', 480),
			proxy: rejected('sbc-account-refused', 480),
			server: rejected('wrong-password', 401),
		},
		shows: [registers('phone', 2), registers('server', 2), answers('server', 401, 2)],
	},
	{
		name: 'auth-username-with-domain',
		says: 'the phone authenticates as 1001@pbx.example.com, and the account is 1001',
		twin: 'healthy-nat',
		lab: { server: { ...REGISTRAR, wholeUsername: true } },
		phone: { ...PHONE, authUsername: `1001@${DOMAIN}` },
		statuses: [401, 401],
		accounts: [ACCOUNT],
		truth: both(rejected('auth-username-with-domain', 401)),
		shows: [registers('phone', 2), answers('phone', 401, 2)],
	},
	{
		name: 'binding-replaced',
		says: 'two phones share an account; a third one takes the place of both',
		twin: 'healthy-two-devices',
		lab: { server: { ...REGISTRAR, singleContactFor: 'Softphone' } },
		phone: { ...PHONE, stayMs: 3500 },
		beside: [
			{ afterMs: 800, phone: { ...PHONE, localPort: 5062, userAgent: 'OtherPhone/2.1' } },
			{ afterMs: 1800, phone: { ...PHONE, localPort: 5064, userAgent: 'Softphone/3.0' } },
		],
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: both({
			outcome: 'registered',
			cause: 'binding-replaced',
			finalStatus: 200,
			others: [{ outcome: 'registered', cause: 'binding-replaced' }, ALSO_REGISTERED],
		}),
		shows: [registers('phone', 6), answers('phone', 200, 3)],
	},
	{
		name: 'symmetric-nat',
		says: 'the phone registers what STUN told it, and the NAT has another port for the registrar',
		twin: 'healthy-stun',
		lab: {
			router: { nat: 'symmetric' },
			server: { ...REGISTRAR, natFix: false },
			upstream: 'coturn',
		},
		phone: { ...PHONE, stun: ADDRESSES.upstream, contactFromStun: true },
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: {
			phone: { outcome: 'registered', cause: 'symmetric-nat', finalStatus: 200 },
			server: REGISTERED,
		},
		shows: [shown('phone', 'STUN', 'stun', 2), answers('phone', 200, 1)],
	},
	{
		name: 'healthy-stun',
		says: 'the phone registers what STUN told it, and the NAT keeps the port for everybody',
		twin: 'symmetric-nat',
		lab: { server: { ...REGISTRAR, natFix: false }, upstream: 'coturn' },
		phone: { ...PHONE, stun: ADDRESSES.upstream, contactFromStun: true },
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: both(REGISTERED),
		shows: [shown('phone', 'STUN', 'stun', 2), answers('phone', 200, 1)],
	},
	{
		name: 'symmetric-nat-not-registered',
		says: 'the phone asks STUN and registers its own address all the same, which the registrar mends',
		twin: 'symmetric-nat',
		lab: { router: { nat: 'symmetric' }, server: REGISTRAR, upstream: 'coturn' },
		phone: { ...PHONE, stun: ADDRESSES.upstream },
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: { phone: finding(REGISTERED, 'symmetric-nat'), server: REGISTERED },
		shows: [shown('phone', 'STUN', 'stun', 2), answers('phone', 200, 1)],
	},
];
