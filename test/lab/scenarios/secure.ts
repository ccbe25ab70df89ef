import type { KamailioOptions } from '../kamailio-config.js';
import type { PhoneOptions } from '../phone-options.js';
import {
	ACCOUNT,
	DOMAIN,
	failed,
	PHONE,
	REGISTERED,
	registers,
	type Scenario,
	type Shown,
	shown,
	USER,
} from './scenario.js';

const REGISTRAR: KamailioOptions = { users: [USER], tls: { name: DOMAIN } };
/** A phone that has TLS and takes the registrar's own port for it. */
const SECURE: PhoneOptions = { ...PHONE, transport: 'tls', serverPort: 5061, localPort: 50611 };
const OF_TLS12: PhoneOptions = { ...SECURE, tls: { version: '1.2' } };
const WEB: PhoneOptions = { ...PHONE, transport: 'ws', serverPort: 8080 };

const alert = (description: number, frames?: number): Shown =>
	shown('phone', `TLS alerts ${description}`, `tls.alert_message.desc == ${description}`, frames);
const version = (number: string): Shown => {
	const filter = `tls.handshake.type == 2 && tls.handshake.extensions.supported_version == ${number}`;
	return shown('phone', `ServerHellos for version ${number}`, filter, 1);
};

function refused(
	name: string,
	says: string,
	lab: Scenario['lab'],
	phone: PhoneOptions,
	shows: readonly Shown[],
	cause = name,
): Scenario {
	const truth = failed('unreachable', cause);
	return {
		name,
		says,
		twin: phone.tls?.version === '1.3' ? 'healthy-tls13' : 'healthy-tls12',
		lab,
		phone,
		statuses: ['error'],
		accounts: [ACCOUNT],
		truth: { phone: truth, server: truth },
		shows: [registers('phone', 0), ...shows],
	};
}

/** Nothing of an encrypted registration can be read, and nothing may be said of it. */
const HIDDEN = { phone: { exit: 2 }, server: { exit: 2 } } as const;

const TLS: readonly Scenario[] = [
	{
		name: 'healthy-tls12',
		says: 'the phone registers over TLS 1.2: its handshake is all that can be read',
		twin: 'tls-untrusted-certificate',
		lab: { server: REGISTRAR },
		phone: OF_TLS12,
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: HIDDEN,
		shows: [
			shown('phone', 'certificates of the server', 'tls.handshake.type == 11', 1),
			registers('phone', 0),
		],
	},
	{
		name: 'healthy-tls13',
		says: 'the same over TLS 1.3',
		twin: 'tls-untrusted-certificate-tls13',
		lab: { server: REGISTRAR },
		phone: { ...SECURE, tls: { version: '1.3' } },
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: HIDDEN,
		shows: [version('0x0304'), registers('phone', 0)],
	},
	refused(
		'tls-untrusted-certificate',
		'the phone does not know who issued the certificate',
		{ server: REGISTRAR },
		{ ...OF_TLS12, tls: { ...OF_TLS12.tls, trusts: 'other' } },
		[alert(48, 1)],
	),
	refused(
		'tls-untrusted-certificate-tls13',
		'the same with TLS 1.3, which hides the certificate',
		{ server: REGISTRAR },
		{ ...SECURE, tls: { version: '1.3', trusts: 'other' } },
		[version('0x0304'), alert(48, 1)],
		'tls-untrusted-certificate',
	),
	refused(
		'tls-expired-certificate',
		'the certificate ran out before the phone connects',
		{ server: { ...REGISTRAR, tls: { name: DOMAIN, expired: true } } },
		OF_TLS12,
		[alert(45, 1)],
	),
	refused(
		'tls-clock',
		"the phone's clock is years ahead: to it a valid certificate has run out",
		{ server: REGISTRAR },
		{ ...OF_TLS12, tls: { ...OF_TLS12.tls, clock: 2_500_000_000 } },
		[alert(45, 1)],
	),
	refused(
		'tls-name-mismatch',
		'the certificate is for another name',
		{ server: { ...REGISTRAR, tls: { name: 'sip.example.net' } } },
		OF_TLS12,
		[shown('phone', 'fatal alerts of the phone', 'tls.alert_message.level == 2', 1)],
	),
	refused(
		'tls-name-mismatch-tls13',
		'the same with TLS 1.3: bad_certificate, and which fault it has is hidden',
		{ server: { ...REGISTRAR, tls: { name: 'sip.example.net' } } },
		{ ...SECURE, tls: { version: '1.3' } },
		[version('0x0304'), alert(42, 1)],
		'tls-handshake-failed',
	),
	refused(
		'tls-version-mismatch',
		'the phone is old and speaks TLS 1.0, the server TLS 1.2 and 1.3',
		{ server: REGISTRAR },
		{ ...SECURE, tls: { version: '1.0' } },
		[alert(70, 1)],
	),
	refused(
		'tls-handshake-failed',
		"no cipher of the phone fits the server's certificate",
		{ server: REGISTRAR },
		{ ...OF_TLS12, tls: { ...OF_TLS12.tls, cipher: 'AES128-SHA' } },
		[alert(40, 1)],
	),
	refused(
		'tls-client-certificate-required',
		'the server wants a certificate of the phone, which has none',
		{ server: { ...REGISTRAR, tls: { name: DOMAIN, clientCertificate: true } } },
		OF_TLS12,
		[shown('phone', 'requests for a certificate', 'tls.handshake.type == 13', 1)],
	),
	refused(
		'tls-client-certificate-required-tls13',
		'the same with TLS 1.3: only after the handshake the server says so, and encrypted',
		{ server: { ...REGISTRAR, tls: { name: DOMAIN, clientCertificate: true } } },
		{ ...SECURE, tls: { version: '1.3' } },
		[version('0x0304')],
		'tls-handshake-failed',
	),
	{
		name: 'healthy-tls-client-certificate',
		says: 'the server wants a certificate of the phone, and gets it',
		twin: 'tls-client-certificate-required',
		lab: { server: { ...REGISTRAR, tls: { name: DOMAIN, clientCertificate: true } } },
		phone: { ...OF_TLS12, tls: { ...OF_TLS12.tls, clientCertificate: true } },
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: HIDDEN,
		shows: [shown('phone', 'requests for a certificate', 'tls.handshake.type == 13', 1)],
	},
	{
		...refused(
			'tls-on-plain-port',
			'the phone speaks TLS to port 5060, and waits',
			{ server: { users: [USER] } },
			{ ...SECURE, serverPort: 5060 },
			[shown('phone', 'ClientHellos', 'tcp.payload[0:2] == 16:03', 1)],
		),
		statuses: ['timeout'],
	},
	{
		name: 'plain-on-tls-port',
		says: 'the phone speaks plain SIP over TCP to port 5061',
		twin: 'healthy-tcp',
		lab: { server: REGISTRAR },
		phone: { ...PHONE, transport: 'tcp', serverPort: 5061 },
		statuses: ['error'],
		accounts: [ACCOUNT],
		truth: {
			phone: failed('unreachable', 'tls-on-plain-port'),
			server: failed('unreachable', 'tls-on-plain-port'),
		},
		shows: [registers('phone', 1)],
	},
];

const WEB_SOCKET: readonly Scenario[] = [
	{
		name: 'healthy-ws',
		says: 'the phone registers over WebSocket',
		twin: 'ws-handshake-refused',
		lab: { server: { users: [USER], webSocket: true } },
		phone: WEB,
		statuses: [401, 200],
		accounts: [ACCOUNT],
		truth: { phone: REGISTERED, server: REGISTERED },
		shows: [
			shown('phone', 'WebSocket upgrades', 'http.response.code == 101', 1),
			registers('phone', 2),
		],
	},
	{
		name: 'ws-handshake-refused',
		says: 'the path of the WebSocket is wrong: 403, and no REGISTER leaves',
		twin: 'healthy-ws',
		lab: { server: { users: [USER], webSocket: true } },
		phone: { ...WEB, path: '/' },
		statuses: ['error'],
		accounts: [ACCOUNT],
		truth: {
			phone: failed('unreachable', 'ws-handshake-refused'),
			server: failed('unreachable', 'ws-handshake-refused'),
		},
		shows: [shown('phone', 'HTTP 403', 'http.response.code == 403', 1), registers('phone', 0)],
	},
];

/** Registrations over TLS and WebSocket. */
export const SECURED: readonly Scenario[] = [...TLS, ...WEB_SOCKET];
