import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findAlgorithm } from '../../src/digest/algorithm.js';
import { headerValues } from '../../src/sip/header-fields.js';
import { readChallenges } from '../../src/sip/headers/authenticate.js';
import { readAuthenticationInfo } from '../../src/sip/headers/authentication-info.js';
import { readCredentials } from '../../src/sip/headers/authorization.js';
import { type ContactAddress, readContacts } from '../../src/sip/headers/contact.js';
import { readCSeq } from '../../src/sip/headers/cseq.js';
import { readExpires } from '../../src/sip/headers/expires.js';
import { readFrom, readTo } from '../../src/sip/headers/from-to.js';
import { parseVia, readVias, topVia } from '../../src/sip/headers/via.js';
import { findFieldDefects } from '../../src/sip/mandatory-fields.js';
import type { SipMessage } from '../../src/sip/message.js';
import { parseDatagram } from '../../src/sip/parse-message.js';
import { StreamFramer } from '../../src/sip/stream-framer.js';
import { addressOfRecord, parseUri } from '../../src/sip/uri.js';
import { defectsOf, read, value } from './message-text.js';

const folder = (path: string) => new URL(`../../fixtures/vectors/${path}`, import.meta.url);
const fixture = (path: string) => new Uint8Array(readFileSync(folder(path)));
const torture = (name: string) => read(fixture(`rfc4475/${name}.dat`));
const tortureDefects = (name: string) => defectsOf(fixture(`rfc4475/${name}.dat`));
const ipv6 = (name: string) => read(fixture(`rfc5118/${name}`));
const rfc3665 = (start: string) => {
	const name = readdirSync(folder('rfc3665')).find((file) => file.startsWith(start));
	return read(fixture(`rfc3665/${name ?? ''}`));
};

function contacts(message: SipMessage): readonly ContactAddress[] {
	return readContacts(message).map((parsed) => {
		const contact = value(parsed);
		if (contact.kind !== 'address') throw new Error('a wildcard');
		return contact;
	});
}

function requestUri(message: SipMessage): string {
	if (message.kind !== 'request') throw new Error('a response');
	return message.requestUri;
}

describe('RFC 4475', () => {
	const names = readdirSync(folder('rfc4475')).filter((name) => name.endsWith('.dat'));

	it('has 49 messages, and every one is read', () => {
		expect(names).toHaveLength(49);
		const unread = names.filter((name) => !parseDatagram(fixture(`rfc4475/${name}`)).ok);
		expect(unread).toEqual([]);
	});

	it.each([
		...['esc01', 'escnull', 'esc02', 'lwsdisp', 'longreq', 'semiuri', 'transports', 'mpart01'],
		...['unreason', 'noreason', 'regaut01', 'regescrt', 'cparam01', 'cparam02', 'unksm2'],
	])('%s is well-formed (§3.1.1, §3.3)', (name) => {
		expect(tortureDefects(name)).toEqual([]);
	});

	it('dblreq: a datagram has one REGISTER and no INVITE', () => {
		const message = torture('dblreq');
		expect(message).toMatchObject({ kind: 'request', method: 'REGISTER' });
		expect(message.body).toHaveLength(0);
		expect(Buffer.from(message.bytes).toString()).not.toContain('INVITE');
	});

	it('dblreq: the same octets on a stream are two messages, and five octets too many', () => {
		const framed = new StreamFramer().push(fixture('rfc4475/dblreq.dat'));
		const methods = framed.map(
			(parsed) => parsed.ok && 'method' in parsed.value && parsed.value.method,
		);
		expect(methods).toEqual(['REGISTER', 'INVITE', false]);
	});

	it('escnull: the two Contacts are different bindings', () => {
		const users = contacts(torture('escnull')).map(({ uri }) => uri.userUnescaped);
		expect(users).toEqual(['\0', '\0\0']);
		expect(value(readTo(torture('escnull'))).uri.userUnescaped).toBe('null-\0-null');
	});

	it('esc02: RE%47IST%45R is not REGISTER', () => {
		expect(torture('esc02')).toMatchObject({ method: 'RE%47IST%45R' });
	});

	it('scalar02: numbers that are too large are malformed and do not wrap', () => {
		const message = torture('scalar02');
		expect(readCSeq(message)).toMatchObject({ ok: false });
		expect(readExpires(message)).toMatchObject({ ok: false });
		expect(readContacts(message)).toMatchObject([{ ok: false }]);
	});

	it('regbadct: a Contact with ? needs angle brackets', () => {
		expect(readContacts(torture('regbadct'))).toMatchObject([
			{ ok: false, malformed: { offset: 20, problem: { expected: 'angle brackets around it' } } },
		]);
	});

	it('regescrt: within angle brackets the same is legal', () => {
		const [contact] = contacts(torture('regescrt'));
		expect(contact?.uri.headers).toEqual([['Route', '%3Csip:sip.example.com%3E']]);
	});

	it('trws: blanks end the request line', () => {
		expect(tortureDefects('trws')).toEqual(['end of request line']);
	});

	it('lwsruri: blanks in the Request-URI', () => {
		expect(tortureDefects('lwsruri')).toEqual(['Request-URI']);
	});

	it('lwsstart: more than one blank in the request line', () => {
		const field = 'blanks in request line';
		expect(tortureDefects('lwsstart')).toEqual([field, field]);
	});

	it('ltgtruri: the Request-URI in angle brackets', () => {
		expect(tortureDefects('ltgtruri')).toEqual(['Request-URI']);
	});

	it('unksm2: a REGISTER for an unknown scheme is read', () => {
		const message = torture('unksm2');
		expect(addressOfRecord(value(readTo(message)).uri)).toBe('isbn:2983792873');
		expect(value(readFrom(message)).uri).toMatchObject({ scheme: 'http' });
		expect(contacts(message)[0]?.uri).toMatchObject({ scheme: 'name', opaque: 'John_Smith' });
	});

	it('bext01: the unknown extensions are in Require and Proxy-Require', () => {
		const message = torture('bext01');
		const required = 'nothingSupportsThis, nothingSupportsThisEither';
		expect(headerValues(message, 'require')).toEqual([required]);
		expect(headerValues(message, 'proxy-require')).toHaveLength(1);
	});

	it('regaut01: an unknown scheme gives no digest credentials', () => {
		const [credentials] = readCredentials(torture('regaut01'));
		expect(credentials).toMatchObject({ scheme: 'NoOneKnowsThisScheme', digest: undefined });
		expect(credentials?.malformed).toBeUndefined();
	});

	it('cparam01: without brackets the parameter is the header field’s', () => {
		const [contact] = contacts(torture('cparam01'));
		expect(contact?.parameters.has('unknownparam')).toBe(true);
		expect(contact?.uri.parameters.size).toBe(0);
	});

	it('cparam02: within brackets the parameter is the URI’s', () => {
		const [contact] = contacts(torture('cparam02'));
		expect(contact?.parameters.size).toBe(0);
		expect(contact?.uri.parameters.has('unknownparam')).toBe(true);
	});

	it('insuf: Call-ID, From, To and Max-Forwards are missing', () => {
		const missing = findFieldDefects(torture('insuf')).map(({ problem }) => problem);
		expect(missing).toMatchObject([
			{ field: 'From' },
			{ field: 'To' },
			{ field: 'Call-ID' },
			{ field: 'Max-Forwards' },
		]);
	});

	it('multi01: CSeq, Call-ID, To, From and Max-Forwards are repeated', () => {
		const repeated = findFieldDefects(torture('multi01')).map(({ problem }) => problem);
		expect(repeated).toMatchObject([
			{ field: 'CSeq' },
			{ field: 'Call-ID' },
			{ field: 'To' },
			{ field: 'From' },
			{ field: 'Max-Forwards' },
		]);
	});

	it('mcl01: two Content-Lengths that differ', () => {
		expect(tortureDefects('mcl01')).toContain('Content-Length');
		expect(findFieldDefects(torture('mcl01'))).toHaveLength(1);
	});

	it('ncl: a negative Content-Length', () => {
		expect(tortureDefects('ncl')).toEqual(['Content-Length']);
	});

	it('clerr: a Content-Length beyond the datagram', () => {
		expect(tortureDefects('clerr')).toEqual(['too short: end of datagram']);
	});

	it('bigcode: the status code does not wrap', () => {
		expect(torture('bigcode')).toMatchObject({ statusCode: 4294967301 });
		expect(tortureDefects('bigcode')).toEqual(['status code']);
	});

	it('badvers: SIP/7.0', () => {
		expect(torture('badvers')).toMatchObject({ version: 'SIP/7.0' });
		expect(tortureDefects('badvers')).toEqual(['SIP version']);
	});

	it('noreason: an empty reason phrase', () => {
		expect(torture('noreason')).toMatchObject({ statusCode: 100, reasonPhrase: '' });
	});

	it('unreason: a reason phrase in UTF-8 is kept byte for byte', () => {
		const message = torture('unreason');
		if (message.kind !== 'response') throw new Error('a request');
		const bytes = Buffer.from(message.reasonPhrase, 'latin1');
		expect(bytes.toString('utf8')).toMatch(/^= 2\*\*3 \* 5\*\*2 но /);
	});

	it('wsinv: a tortuous INVITE is read as what it says', () => {
		const message = torture('wsinv');
		const vias = readVias(message).map(value);
		expect(vias.map(({ transport, sentBy, branch }) => [transport, sentBy.host, branch])).toEqual([
			['UDP', '192.0.2.2', '390skdjuw'],
			['TCP', 'spindle.example.com', 'z9hG4bK9ikj8'],
			['UDP', '192.168.255.111', 'z9hG4bK30239'],
		]);
		expect(value(readTo(message)).tag).toBe('1918181833n');
		expect(value(readFrom(message))).toMatchObject({
			displayName: 'J Rosenberg \\"',
			tag: '98asjd8',
		});
		expect(value(readCSeq(message))).toEqual({ number: 9, method: 'INVITE' });
		expect(contacts(message)[0]).toMatchObject({ displayName: 'Quoted string ""', q: 0.33 });
		expect(message.defects).toEqual([]);
	});

	it('intmeth: a method and texts of every legal character', () => {
		const message = torture('intmeth');
		expect(message).toMatchObject({ method: "!interesting-Method0123456789_*+`.%indeed'~" });
		expect(value(parseUri(requestUri(message))).host).toBe('example.com');
		expect(value(readFrom(message)).tag).toBe("_token~1'+`*%!-.");
		expect(value(readTo(message)).displayName).toContain('NUL:\0');
	});

	it('quotbal: a quote that is not closed is malformed', () => {
		expect(readTo(torture('quotbal'))).toMatchObject({
			ok: false,
			malformed: { problem: { field: 'display name', expected: 'a closing quote' } },
		});
	});

	it('baddn: a comma in a display name needs quotes', () => {
		expect(readFrom(torture('baddn'))).toMatchObject({ ok: false, malformed: { offset: 4 } });
	});

	it('badaspec: blanks within the angle brackets are malformed', () => {
		expect(readTo(torture('badaspec'))).toMatchObject({ ok: false });
	});

	it('lwsdisp: no blank is needed before the angle bracket', () => {
		expect(value(readFrom(torture('lwsdisp')))).toMatchObject({
			displayName: 'caller',
			tag: '323',
		});
	});
});

describe('RFC 5118', () => {
	it('has 12 messages, and of them three whose Content-Length is too short', () => {
		const names = readdirSync(folder('rfc5118'));
		expect(names).toHaveLength(12);
		const odd = names.filter((name) => ipv6(name).defects.length > 0);
		expect(odd).toEqual(['ipv4-mapped-ipv6', 'ipv6-in-sdp', 'mult-ip-in-sdp']);
		expect(odd.flatMap((name) => defectsOf(fixture(`rfc5118/${name}`)))).toEqual([
			'Content-Length',
			'Content-Length',
			'Content-Length',
		]);
	});

	it('ipv6-good: an IPv6 reference as the host', () => {
		expect(parseUri(requestUri(ipv6('ipv6-good')))).toMatchObject({
			ok: true,
			value: { host: '2001:db8::10', port: undefined },
		});
		expect(topVia(ipv6('ipv6-good'))?.sentBy).toEqual({ host: '2001:db8::9:1', port: undefined });
	});

	it('ipv6-bad: an IPv6 address without brackets', () => {
		expect(parseUri(requestUri(ipv6('ipv6-bad')))).toMatchObject({ ok: false });
	});

	it('port-ambiguous: all within the brackets is the address', () => {
		expect(parseUri(requestUri(ipv6('port-ambiguous')))).toMatchObject({
			value: { host: '2001:db8::10:5070', port: undefined },
		});
	});

	it('port-unambiguous: the port is behind the brackets', () => {
		expect(parseUri(requestUri(ipv6('port-unambiguous')))).toMatchObject({
			value: { host: '2001:db8::10', port: 5070 },
		});
	});

	it.each(['via-received-param-no-delim', 'via-received-param-with-delim'])(
		'%s: both forms are one address',
		(name) => {
			expect(topVia(ipv6(name))?.received).toBe('2001:db8::9:255');
		},
	);

	it.each(['ipv6-bug-abnf-3-colons', 'ipv6-correct-abnf-2-colons'])('%s is tolerated', (name) => {
		expect(parseUri(requestUri(ipv6(name)))).toMatchObject({ ok: true });
		expect(readTo(ipv6(name))).toMatchObject({ ok: true });
	});

	it('mult-ip-in-header: IPv4 and IPv6 in one path', () => {
		const hosts = readVias(ipv6('mult-ip-in-header')).map((via) => value(via).sentBy.host);
		expect(hosts).toEqual(['2001:db8::9:1', '192.0.2.1', '2001:db8::9:255']);
	});

	it('ipv4-mapped-ipv6: a mapped address with a port', () => {
		expect(topVia(ipv6('ipv4-mapped-ipv6'))?.sentBy).toEqual({
			host: '192.0.2.10',
			port: 19823,
		});
	});
});

describe('RFC 3261 §24.1', () => {
	const request = read(fixture('rfc3261/s24.1-F1-REGISTER.sip'));
	const response = read(fixture('rfc3261/s24.1-F2-200_OK.sip'));

	it('asks for two hours for bob', () => {
		expect(addressOfRecord(value(readTo(request)).uri)).toBe('sip:bob@biloxi.com');
		expect(value(readExpires(request))).toBe(7200);
	});

	it('is answered with the same Via, received added', () => {
		expect(topVia(response)).toMatchObject({ received: '192.0.2.4', rport: undefined });
		expect(topVia(response)?.branch).toBe(topVia(request)?.branch);
	});
});

describe('RFC 3581 §6', () => {
	const vias = (name: string) =>
		readFileSync(folder(`rfc3581/${name}.via.txt`), 'latin1')
			.replace(/\r?\n[ \t]+/g, ' ')
			.split(/\r?\n/)
			.filter((line) => line !== '')
			.map((line) => value(parseVia(line.replace(/^Via: /, ''))));

	it('asks for rport', () => {
		expect(vias('s6-request-as-sent')).toMatchObject([{ rport: 'requested', received: undefined }]);
	});

	it('is told where it came from', () => {
		expect(vias('s6-response-to-client')).toMatchObject([
			{ sentBy: { host: '10.1.1.1', port: 4540 }, received: '192.0.2.1', rport: 9988 },
		]);
	});
});

describe('RFC 3665 §2', () => {
	it('has 14 messages, and every one is read without a defect', () => {
		const names = readdirSync(folder('rfc3665'));
		expect(names).toHaveLength(14);
		expect(names.filter((name) => read(fixture(`rfc3665/${name}`)).defects.length > 0)).toEqual([]);
	});

	it('2.1 F2: a challenge over folded lines', () => {
		const [challenge] = readChallenges(rfc3665('s2.1-F2'));
		expect(challenge?.digest).toMatchObject({
			realm: 'atlanta.example.com',
			nonce: 'ea9c8e88df84f1cec4341ae6cbe5a359',
			qop: ['auth'],
			opaque: '',
			stale: false,
			algorithm: 'MD5',
		});
		expect(challenge?.malformed).toBeUndefined();
	});

	it('2.1 F3: lacks a comma after the realm, and is read all the same', () => {
		const [credentials] = readCredentials(rfc3665('s2.1-F3'));
		expect(credentials?.malformed).toMatchObject({
			problem: { field: 'nonce', expected: 'a comma before the parameter' },
		});
		expect(credentials?.digest).toMatchObject({
			realm: 'atlanta.example.com',
			nonce: 'ea9c8e88df84f1cec4341ae6cbe5a359',
		});
	});

	it('2.1 F3: the response has 31 digits, where MD5 has 32', () => {
		const digest = readCredentials(rfc3665('s2.1-F3'))[0]?.digest;
		expect(digest?.response).toHaveLength(31);
		expect(findAlgorithm(digest?.algorithm)?.hexLength).toBe(32);
	});

	it('2.1: the second REGISTER has a From tag of its own', () => {
		const tags = ['s2.1-F1', 's2.1-F3'].map((name) => value(readFrom(rfc3665(name))).tag);
		expect(tags[0]).not.toBe(tags[1]);
	});

	it('2.2 F1: qop without nc and cnonce', () => {
		const digest = readCredentials(rfc3665('s2.2-F1'))[0]?.digest;
		expect(digest).toMatchObject({ qop: 'auth', nc: undefined, cnonce: undefined });
	});

	it('2.3 F1, 2.5 F4: a nonce need not be hexadecimal', () => {
		const answered = readCredentials(rfc3665('s2.3-F1'))[0]?.digest;
		const offered = readChallenges(rfc3665('s2.5-F4'))[0]?.digest;
		expect(answered?.nonce).toBe('df84f1cec4341ae6cbe5ap359a9c8e88');
		expect(offered?.nonce).toBe('84f1c1ae6cbe5ua9c8e88dfa3ecm3459');
	});

	it('2.4 F1: removes all bindings', () => {
		expect(readContacts(rfc3665('s2.4-F1'))).toMatchObject([{ value: { kind: 'wildcard' } }]);
		expect(value(readExpires(rfc3665('s2.4-F1')))).toBe(0);
	});

	it('2.5 F1: received in a request, and no Max-Forwards', () => {
		const request = rfc3665('s2.5-F1');
		expect(topVia(request)?.received).toBe('192.0.2.201');
		expect(findFieldDefects(request)).toMatchObject([{ problem: { field: 'Max-Forwards' } }]);
	});
});

describe('RFC 3310 §4', () => {
	it('401: an AKA challenge', () => {
		const [challenge] = readChallenges(read(fixture('rfc3310/s4-2-401.sip')));
		expect(challenge?.digest).toMatchObject({ algorithm: 'AKAv1-MD5', qop: ['auth', 'auth-int'] });
	});

	it('200: an Authentication-Info', () => {
		expect(readAuthenticationInfo(read(fixture('rfc3310/s4-4-200.sip')))).toEqual({
			rspauth: '6629fae49393a05397450978507c4ef1',
			nextnonce: undefined,
			qop: 'auth-int',
			cnonce: '0a4f113b',
			nc: '00000001',
		});
	});
});
