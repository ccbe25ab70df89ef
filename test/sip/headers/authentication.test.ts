import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAuthenticate, readChallenges } from '../../../src/sip/headers/authenticate.js';
import { parseAuthenticationInfo } from '../../../src/sip/headers/authentication-info.js';
import { parseAuthorization, readCredentials } from '../../../src/sip/headers/authorization.js';
import { message, read, register } from '../message-text.js';

const challenges = (text: string) => parseAuthenticate(text, 'WWW-Authenticate');
const credentials = (text: string) => parseAuthorization(text, 'Authorization');
const fault = (entry: { readonly malformed?: unknown } | undefined) => entry?.malformed;

describe('a challenge', () => {
	it('has all its parameters', () => {
		const text =
			'Digest realm="a \\"b\\"", nonce="n==", qop="auth,AUTH-INT", opaque="", stale=TRUE, ' +
			'algorithm=SHA-256, domain="sip:a", charset=UTF-8, userhash=true, x=y';
		const [challenge] = challenges(text);
		expect(challenge).toMatchObject({ header: 'WWW-Authenticate', scheme: 'Digest' });
		expect(challenge?.digest).toMatchObject({
			realm: 'a "b"',
			nonce: 'n==',
			qop: ['auth', 'auth-int'],
			opaque: '',
			stale: true,
			algorithm: 'SHA-256',
			domain: 'sip:a',
			charset: 'UTF-8',
			userhash: true,
		});
		expect(challenge?.digest?.parameters.get('x')).toBe('y');
		expect(fault(challenge)).toBeUndefined();
	});

	it('tells what was not sent from what was empty', () => {
		const digest = challenges('Digest realm=""')[0]?.digest;
		expect(digest).toMatchObject({ realm: '', nonce: undefined, opaque: undefined, qop: [] });
	});

	it.each(['stale=false', 'stale=FALSE', 'stale="no"', 'x=true'])('is not stale by %s', (text) => {
		expect(challenges(`Digest realm="a", ${text}`)[0]?.digest?.stale).toBe(false);
	});

	it('takes any case of the scheme and the names, and blanks around =', () => {
		const [challenge] = challenges('DIGEST Realm = "a" ,\tNONCE="n"');
		expect(challenge?.digest).toMatchObject({ realm: 'a', nonce: 'n' });
		expect(fault(challenge)).toBeUndefined();
	});

	it('takes values without quotes', () => {
		const digest = challenges('Digest realm=pbx.example.com, nonce=ab/c+d==')[0]?.digest;
		expect(digest).toMatchObject({ realm: 'pbx.example.com', nonce: 'ab/c+d==' });
	});

	it('may share its line with others of any scheme', () => {
		const text = 'Digest realm="a", nonce="1", Basic realm="b, c", NTLM targetname="x"';
		const read = challenges(text);
		expect(read.map(({ scheme }) => scheme)).toEqual(['Digest', 'Basic', 'NTLM']);
		expect(read.map(({ raw }) => raw)).toEqual([
			'Digest realm="a", nonce="1"',
			'Basic realm="b, c"',
			'NTLM targetname="x"',
		]);
		expect(read[1]?.parameters.get('realm')).toBe('b, c');
		expect(read[1]?.digest).toBeUndefined();
	});

	it.each(['Negotiate', 'NTLM TlRMTVNTUAACAAAA==', 'Basic'])(
		'is found behind %s, which has no parameters',
		(other) => {
			const read = challenges(`${other}, Digest realm="a", nonce="n"`);
			expect(read.map(({ scheme }) => scheme)).toEqual([other.split(' ')[0], 'Digest']);
			expect(read[1]?.digest).toMatchObject({ realm: 'a', nonce: 'n' });
			expect(read.map(fault)).toEqual([undefined, undefined]);
		},
	);

	it('does not take a stray word for a scheme where no comma stands before it', () => {
		const read = challenges('Digest stray realm="a", nonce="n"');
		expect(read.map(({ scheme }) => scheme)).toEqual(['Digest']);
		expect(read[0]?.digest).toMatchObject({ realm: 'a', nonce: 'n' });
		expect(fault(read[0])).toMatchObject({ offset: 7, problem: { field: 'parameter' } });
	});

	it('may share its line with another Digest', () => {
		const text = 'Digest realm="a", nonce="1", algorithm=SHA-256, Digest realm="a", nonce="1"';
		expect(challenges(text).map(({ digest }) => digest?.algorithm)).toEqual(['SHA-256', undefined]);
	});

	it.each([
		['Digest realm="a" nonce="n"', 'nonce', 17, 'a comma before the parameter'],
		['Digest realm="a", realm="b"', 'realm', 18, 'the parameter only once'],
		['Digest realm="a', 'realm', 13, 'a closing quote'],
		['Digest realm=, nonce="n"', 'realm', 13, 'a value after ='],
		['Digest realm="a", =b', 'parameter', 18, 'name=value'],
		['Digest realm="a", qop=auth,auth-int', 'parameter', 27, 'name=value'],
		['', 'scheme', 0, 'an authentication scheme'],
	])('%s is malformed', (text, field, offset, expected) => {
		const [challenge] = challenges(text);
		expect(fault(challenge)).toMatchObject({ offset, problem: { field, expected } });
	});

	it('with a quote that is not closed in its midst is malformed', () => {
		expect(fault(challenges('Digest realm="a, nonce="n"')[0])).toBeDefined();
	});

	it('of repeated parameters counts the first', () => {
		expect(challenges('Digest realm="a", realm="b"')[0]?.digest?.realm).toBe('a');
	});

	it('never makes the reader throw or hang, whatever the text', () => {
		const piece = fc.oneof(
			fc.constantFrom('Digest', 'realm', '=', '"', ',', ' ', '\\', 'Basic '),
			fc.string({ unit: 'binary-ascii', maxLength: 5 }),
		);
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
				expect(challenges(pieces.join('')).length).toBeGreaterThan(0);
			}),
		);
	});
});

describe('the challenges of a message', () => {
	it('come in the order of the lines, those of proxies too', () => {
		const text = message(
			'SIP/2.0 401 Unauthorized',
			'Proxy-Authenticate: Digest realm="p", nonce="1"',
			'WWW-Authenticate: Digest realm="w", nonce="2", algorithm=SHA-256',
			'WWW-Authenticate: Digest realm="w", nonce="2"',
		);
		const found = readChallenges(read(text));
		expect(found.map(({ header, digest }) => [header, digest?.realm])).toEqual([
			['Proxy-Authenticate', 'p'],
			['WWW-Authenticate', 'w'],
			['WWW-Authenticate', 'w'],
		]);
	});
});

describe('credentials', () => {
	it('have all their parameters', () => {
		const text =
			'Digest username="1001", realm="a", nonce="n", uri="sip:a", response="r", ' +
			'algorithm=MD5, cnonce="c", opaque="o", qop=auth, nc=00000001';
		const [found] = credentials(text);
		expect(found?.digest).toMatchObject({
			username: '1001',
			usernameExtended: undefined,
			realm: 'a',
			nonce: 'n',
			uri: 'sip:a',
			response: 'r',
			algorithm: 'MD5',
			cnonce: 'c',
			opaque: 'o',
			qop: 'auth',
			nc: '00000001',
			userhash: false,
		});
		expect(fault(found)).toBeUndefined();
	});

	it('keep a UTF-8 username byte for byte', () => {
		const [found] = credentials('Digest username="J\xc3\xa4s\xc3\xb8n"');
		expect(found?.digest?.username).toBe('J\xc3\xa4s\xc3\xb8n');
	});

	it('decode username* to the same bytes', () => {
		const [found] = credentials('Digest username*=UTF-8\'\'J%C3%A4s%C3%B8n%20Doe, realm="a"');
		expect(found?.digest).toMatchObject({
			username: undefined,
			usernameExtended: 'J\xc3\xa4s\xc3\xb8n Doe',
		});
	});

	it('do not decode username* of another charset', () => {
		const [found] = credentials("Digest username*=ISO-8859-1''J%E4s");
		expect(found?.digest?.usernameExtended).toBeUndefined();
	});

	it('take an unquoted URI with a port', () => {
		const [found] = credentials('Digest uri=sip:a:5060;transport=udp, nc=1');
		expect(found?.digest).toMatchObject({ uri: 'sip:a:5060;transport=udp', nc: '1' });
	});

	it.each([
		['Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==', 'Basic'],
		['Bearer eyJhbGciOi.eyJzdWIi.abc-_', 'Bearer'],
	])('of another scheme are no digest: %s', (text, scheme) => {
		expect(credentials(text)).toEqual([
			{ header: 'Authorization', scheme, digest: undefined, raw: text },
		]);
	});

	it('tell no value in a failure, as it may be a secret', () => {
		const texts = ['Digest response="s3cret', 'Digest a="b", response="x", response="s3cret"'];
		for (const text of [...texts, 'Digest a="b", s3cret']) {
			expect(fault(credentials(text)[0])).toBeDefined();
			expect(JSON.stringify(fault(credentials(text)[0]))).not.toContain('s3cret');
		}
	});

	it('of a message come from both header fields', () => {
		const text = register(
			'Authorization: Digest realm="w"',
			'Proxy-Authorization: Digest realm="p"',
		);
		const found = readCredentials(read(text));
		expect(found.map(({ header, digest }) => [header, digest?.realm])).toEqual([
			['Authorization', 'w'],
			['Proxy-Authorization', 'p'],
		]);
	});
});

describe('an Authentication-Info', () => {
	it('has rspauth and nextnonce', () => {
		const info = parseAuthenticationInfo('nextnonce="n", qop=auth, rspauth="r", cnonce="c", nc=1');
		const expected = { nextnonce: 'n', qop: 'auth', rspauth: 'r', cnonce: 'c', nc: '1' };
		expect(info).toEqual(expected);
	});

	it('says what is malformed', () => {
		expect(parseAuthenticationInfo('nextnonce="n')).toMatchObject({
			nextnonce: 'n',
			malformed: { problem: { field: 'nextnonce' } },
		});
	});
});
