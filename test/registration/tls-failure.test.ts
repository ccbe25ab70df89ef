/* RFC 8446 §6: what a handshake that failed shows without keys. */
import { describe, expect, it } from 'vitest';
import { alertName, tlsFailureOf } from '../../src/registration/tls-failure.js';
import type { TlsEvent } from '../../src/trace/observed.js';

const DAY = 86_400_000_000;
const NOW = 20_000 * DAY;

const VALID = {
	subject: 'CN=sip.example.com',
	issuer: 'CN=Root',
	names: ['sip.example.com'],
	notBefore: NOW - 100 * DAY,
	notAfter: NOW + 100 * DAY,
};

function handshake(parts: Partial<TlsEvent>): TlsEvent {
	return {
		...{ kind: 'tls', at: NOW, source: 's', frame: 1 },
		src: { address: '192.0.2.1', port: 49_152 },
		dst: { address: '203.0.113.5', port: 5061 },
		reached: 'certificate',
		serverName: 'sip.example.com',
		offeredVersion: 'TLS 1.2',
		chosenVersion: 'TLS 1.2',
		certificates: [VALID],
		certificateRequested: false,
		alert: undefined,
		closedBy: undefined,
		foreignAnswer: undefined,
		...parts,
	};
}

function told(parts: Partial<TlsEvent>): string {
	const failure = tlsFailureOf(handshake(parts));
	if (failure === undefined) return 'no failure';
	const { reason, confidence, hidden } = failure;
	return `${reason} ${confidence}${hidden ? ' hidden' : ''}`;
}

const byClient = (description: number) => ({ by: 'client', level: 2, description }) as const;
const byServer = (description: number) => ({ by: 'server', level: 2, description }) as const;

describe('no failure', () => {
	it('is a handshake under way, one that came up, and a farewell', () => {
		expect(told({})).toBe('no failure');
		expect(told({ reached: 'application-data' })).toBe('no failure');
		expect(told({ alert: { by: 'client', level: 1, description: 0 } })).toBe('no failure');
	});

	it('is a warning after which the handshake goes on', () => {
		expect(told({ alert: { by: 'server', level: 1, description: 112 } })).toBe('no failure');
	});

	it('of TLS is what is cut after the handshake', () => {
		expect(told({ reached: 'application-data', closedBy: 'server' })).toBe('no failure');
		expect(told({ reached: 'application-data', closedBy: 'client' })).toBe('no failure');
	});
});

describe('an alert of the phone', () => {
	it.each([
		['unknown_ca', 48, 'untrusted proven'],
		['protocol_version', 70, 'version proven'],
		['certificate_expired for a valid certificate', 45, 'clock strong'],
		['certificate_unknown for a certificate without a visible fault', 46, 'untrusted likely'],
		['decode_error', 50, 'other proven'],
	])('%s', (_name, description, expected) => {
		expect(told({ alert: byClient(description), closedBy: 'client' })).toBe(expected);
	});

	it('certificate_expired is true where the certificate has run out', () => {
		const certificates = [{ ...VALID, notAfter: NOW - DAY }];
		expect(told({ alert: byClient(45), certificates })).toBe('expired proven');
	});

	it('bad_certificate is explained by the first fault that shows', () => {
		const alert = byClient(42);
		const late = { ...VALID, notBefore: NOW + DAY };
		expect(told({ alert, certificates: [{ ...late, names: ['other'] }] })).toBe('expired strong');
		expect(told({ alert, certificates: [{ ...VALID, names: ['other'] }] })).toBe('name strong');
		expect(told({ alert, certificates: [{ ...VALID, issuer: VALID.subject }] })).toBe(
			'untrusted strong',
		);
	});

	it('bad_certificate says nothing of the fault where TLS 1.3 hides the certificate', () => {
		const alert = byClient(42);
		expect(told({ alert, certificates: [], chosenVersion: 'TLS 1.3' })).toBe('other proven hidden');
	});

	it('bad_certificate says nothing of the fault where the wanted name is not shown', () => {
		expect(told({ alert: byClient(42), serverName: undefined })).toBe('other proven hidden');
	});
});

describe('an alert of the server', () => {
	it('about a certificate is about that of the phone, where one was asked for', () => {
		expect(told({ alert: byServer(48), certificateRequested: true })).toBe(
			'client-certificate proven',
		);
		expect(told({ alert: byServer(40), certificateRequested: true })).toBe(
			'client-certificate strong',
		);
		expect(told({ alert: byServer(116) })).toBe('client-certificate proven');
	});

	it('handshake_failure to an old version is likely about the version', () => {
		expect(told({ alert: byServer(40), offeredVersion: 'TLS 1.0' })).toBe('version likely');
		expect(told({ alert: byServer(40), offeredVersion: 'TLS 1.3' })).toBe('other proven');
	});
});

describe('a close without an alert', () => {
	it('by the phone is never more than likely', () => {
		const certificates = [{ ...VALID, notAfter: NOW - DAY }];
		expect(told({ closedBy: 'client', certificates })).toBe('expired likely');
	});

	it('by the phone in TLS 1.3 hides its reason', () => {
		const parts = { chosenVersion: 'TLS 1.3', reached: 'server-hello', certificates: [] } as const;
		expect(told({ ...parts, closedBy: 'client' })).toBe('other likely hidden');
	});

	it('by the server after it asked for a certificate is likely about that', () => {
		expect(told({ closedBy: 'server', certificateRequested: true })).toBe(
			'client-certificate likely',
		);
	});
});

describe('the names of a certificate', () => {
	it.each([
		['a DNS name in other case', ['SIP.Example.COM'], 'untrusted likely'],
		['a SIP URI of the domain', ['other', 'sip:sip.example.com'], 'untrusted likely'],
		['a wildcard, which RFC 5922 §7.2 forbids', ['*.example.com'], 'name strong'],
		['the name as a part of another', ['sip.example.com.attacker.example'], 'name strong'],
	])('%s', (_what, names, expected) => {
		const certificates = [{ ...VALID, names }];
		expect(told({ alert: byClient(46), certificates })).toBe(expected);
	});

	it('are not compared where the phone sends no name', () => {
		const certificates = [{ ...VALID, names: ['other'] }];
		expect(told({ alert: byClient(46), certificates, serverName: undefined })).toBe(
			'other proven hidden',
		);
	});
});

describe('an answer that is no TLS', () => {
	it('is plain SIP, another service, or something unknown', () => {
		expect(told({ foreignAnswer: 'SIP/2.0 400 Bad Request' })).toBe('plain-port proven');
		expect(told({ foreignAnswer: 'HTTP/1.1 400 Bad Request' })).toBe('wrong-service proven');
		expect(told({ foreignAnswer: '\x01\x02' })).toBe('wrong-service strong');
	});
});

describe('the name of an alert', () => {
	it('is that of RFC 8446, with its number', () => {
		expect(alertName(48)).toBe('unknown_ca (48)');
		expect(alertName(200)).toBe('alert 200');
	});
});
