/* Knowledge of what phones do: each alteration planted, and found as the smallest change. */
import { describe, expect, it } from 'vitest';
import type { DigestCredentials } from '../../../src/digest/digest.js';
import { alterationWords } from '../../../src/digest/search/alteration.js';
import { LatestIdentities } from '../../../src/digest/search/identity-candidates.js';
import { searchDigest } from '../../../src/digest/search/search-digest.js';
import { DEFAULT_LIMITS } from '../../../src/digest/search/search-limits.js';
import { foundIn, type Hashed, NO_NAMES, planted, search } from './planted.js';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const HA1 = 'a2bf7bce7c2bf37c7246e2088b45f279';

describe('a password that reached the digest altered', () => {
	it.each<[string, string, string | Uint8Array, string]>([
		['s3cret!', 'a blank behind it', 's3cret! ', 'blank-behind'],
		['s3cret!', 'a blank before it', ' s3cret!', 'blank-before'],
		['s3cret!', 'a carriage return behind it', 's3cret!\r', 'carriage-return'],
		['s3cret!', 'a line feed behind it', 's3cret!\n', 'line-feed'],
		['s3cret!', 'both behind it', 's3cret!\r\n', 'line-end'],
		['s3cret!', 'a tab behind it', 's3cret!\t', 'tab-behind'],
		[' s3cret!\t', 'no blanks around it', 's3cret!', 'trimmed'],
		[' s3cret! ', 'no blank before it', 's3cret! ', 'trimmed-start'],
		[' s3cret! ', 'no blank behind it', ' s3cret!', 'trimmed-end'],
		['s3cret!Ab', 'Caps Lock', 'S3CRET!aB', 'case-swapped'],
		['s3cret!Ab', 'lower case', 's3cret!ab', 'lower-case'],
		['s3cret!Ab', 'upper case', 'S3CRET!AB', 'upper-case'],
		['s3cret!Ab', 'a capital', 'S3cret!Ab', 'first-letter-case'],
		['s3cr;et#x', 'cut at ;', 's3cr', 'cut-at-special'],
		['s3cr;et#x', 'cut at #', 's3cr;et', 'cut-at-special'],
		['s3cr et', 'without the blank', 's3cret', 'special-removed'],
		['a&b<c', 'escaped for XML', 'a&amp;b&lt;c', 'html-escaped'],
		['a&amp;b', 'unescaped from XML', 'a&b', 'html-unescaped'],
		['a b!c', 'percent-encoded', 'a%20b%21c', 'percent-encoded'],
		['a%20b', 'percent-decoded', 'a b', 'percent-decoded'],
		['a+b', 'blank for plus', 'a b', 'plus-as-blank'],
		['a"b', 'backslash-escaped', 'a\\"b', 'backslash-escaped'],
		['a\\nb', 'backslash-unescaped', 'anb', 'backslash-unescaped'],
		['s3cret!', 'quoted', '"s3cret!"', 'double-quoted'],
		['"s3cret!"', 'unquoted', 's3cret!', 'unquoted'],
		['correct horse battery', 'cut to 16', 'correct horse ba', 'cut-to-16'],
		['correcthorsebattery', 'cut to 8', 'correcth', 'cut-short'],
		['s3cret!', 'empty', '', 'empty'],
		['s3cret!', 'the username', '1001', 'username'],
		['s3cret!', 'HA1', HA1, 'hashed-before'],
		['Pässwörd', 'in ISO-8859-1', latin1('Pässwörd'), 'latin-1'],
		['Gehe€im', 'in Windows-1252', latin1('Gehe\x80im'), 'windows-1252'],
		['Pässwörd', 'in UTF-8 twice', Buffer.from('PÃ¤sswÃ¶rd'), 'utf-8-twice'],
		['Pässwörd', 'decomposed', 'Pässwörd'.normalize('NFD'), 'decomposed'],
		["it's", 'typographic', 'it’s', 'typographic'],
	])('is found: %s, %s', (given, _words, password, name) => {
		expect(foundIn(search(planted({ password }), given))).toBe(`password:${name}`);
	});

	it('is found where the password given is HA1 already', () => {
		expect(foundIn(search(planted({}), HA1))).toBe('password:taken-as-ha1');
	});

	it('names the character that cut it, and nothing else of it', () => {
		const result = search(planted({ password: 'correct' }), 'correct;horse');
		if (result.kind !== 'found') throw new Error(result.kind);
		expect(alterationWords(result.alterations)).toBe('with the password cut at ";"');
	});

	it('does not tell the length of a short one', () => {
		const result = search(planted({ password: 'correcth' }), 'correcthorsebattery');
		expect(JSON.stringify(result)).not.toMatch(/\b8\b/);
	});
});

describe('a password typed with a slip', () => {
	it.each([
		['neighbours exchanged', 's3crte!', 'neighbours-exchanged'],
		['a character missing', 's3cet!', 'one-missing'],
		['a character more', 's3crett!', 'one-more'],
		['another character', 's3creT!', 'one-other'],
	])('is found: %s', (_words, password, name) => {
		expect(foundIn(search(planted({ password })))).toBe(`typing:${name}`);
	});

	it('is found where O stands for 0', () => {
		expect(foundIn(search(planted({ password: 'a0b0' }), 'aObO'))).toBe('typing:look-alike');
	});
});

describe('another input than the one written', () => {
	const names = {
		usernames: [{ value: '201', from: 'the user of To' }],
		realms: [{ value: 'old.example.com', from: 'an earlier challenge' }],
		domains: [{ value: '203.0.113.5', from: 'the address of the server' }],
	};
	const seen = {
		uris: [{ value: 'sip:pbx.example.com', from: 'the Request-URI' }],
		nonces: ['old-nonce'],
	};

	it.each<[string, Hashed, Partial<DigestCredentials>]>([
		['username:another-name', { username: '201' }, {}],
		['username:with-domain', { username: '1001@203.0.113.5' }, {}],
		['username:without-domain', { username: '1001' }, { username: '1001@example.com' }],
		['username:lower-case', { username: 'abc' }, { username: 'ABC' }],
		['username:without-plus', { username: '4930' }, { username: '+4930' }],
		['username:quoted', { username: '"1001"' }, {}],
		['username:empty', { username: '' }, {}],
		['realm:another-realm', { realm: 'old.example.com' }, {}],
		['realm:domain-as-realm', { realm: '203.0.113.5' }, {}],
		['realm:lower-case', { realm: 'sip.example.com' }, { realm: 'SIP.example.com' }],
		['realm:default-realm', { realm: 'asterisk' }, {}],
		['realm:trimmed', { realm: 'x' }, { realm: 'x ' }],
		['realm:backslashes-kept', { realm: 'a\\"b' }, { realm: 'a"b' }],
		['realm:empty', { realm: '' }, {}],
		['uri:another-uri', { uri: 'sip:pbx.example.com' }, {}],
		['uri:default-port-added', { uri: 'sip:sip.example.com:5060' }, {}],
		['uri:port-removed', { uri: 'sip:a.example' }, { uri: 'sip:a.example:5062' }],
		['uri:transport-added', { uri: 'sip:sip.example.com;transport=tcp' }, {}],
		['uri:parameters-removed', { uri: 'sip:a.example' }, { uri: 'sip:a.example;transport=udp' }],
		['uri:sips', { uri: 'sips:sip.example.com' }, {}],
		['uri:with-user', { uri: 'sip:201@sip.example.com' }, {}],
		['uri:lower-case', { uri: 'sip:a.example' }, { uri: 'sip:A.Example' }],
		['uri:empty', { uri: '' }, {}],
		['method:another-method', { method: 'INVITE' }, {}],
		['method:another-method', { method: 'register' }, {}],
		['method:another-method', { method: '' }, {}],
		['nonce:another-nonce', { nonce: 'old-nonce' }, {}],
		['nonce:cut-at-equals', { nonce: 'abc' }, { nonce: 'abc==' }],
		['nonce:percent-decoded', { nonce: 'a=' }, { nonce: 'a%3D' }],
		['formula:qop-left-out', { qop: undefined }, {}],
		['formula:qop-added', { qop: 'auth' }, { qop: undefined }],
		['formula:nc-without-zeros', { nc: '1' }, {}],
		['formula:nc-one-more', { nc: '00000003' }, { nc: '00000002' }],
		['formula:nc-first', { nc: '00000001' }, { nc: '00000007' }],
		['formula:cnonce-quoted', { cnonce: '"0a4f113b"' }, {}],
		['formula:qop-list', { qop: 'auth,auth-int' }, {}],
		['formula:qop-auth-int', { qop: 'auth-int' }, {}],
		['formula:session-added', { algorithm: 'MD5-sess' }, {}],
		['formula:session-left-out', { algorithm: 'MD5' }, { algorithm: 'MD5-sess' }],
		['algorithm:another-hash', { algorithm: 'SHA-512-256' }, { algorithm: 'SHA-256' }],
		['algorithm:another-length', { algorithm: 'SHA-256' }, { algorithm: 'MD5' }],
	])('is found: %s %j', (name, hashed, written) => {
		expect(foundIn(search(planted(hashed, written, seen), undefined, names))).toBe(name);
	});

	it('is found although it is two things', () => {
		const request = planted({ password: 's3cret! ', realm: 'asterisk' });
		const result = search(request);
		expect(foundIn(result)).toBe('password:blank-behind realm:default-realm');
		if (result.kind !== 'found') throw new Error(result.kind);
		expect(alterationWords(result.alterations)).toBe(
			'with a blank behind the password and for the realm "asterisk"',
		);
	});

	it('is found although it is three things', () => {
		const uri = 'sip:sip.example.com:5060';
		const request = planted({ password: 'S3CRET!', username: '201', uri }, {}, seen);
		expect(foundIn(search(request, undefined, names))).toBe(
			'password:case-swapped username:another-name uri:default-port-added',
		);
	});

	it('is found with an HA1 where it does not enter HA1', () => {
		const result = searchDigest({
			secret: { kind: 'ha1', ha1: HA1, algorithm: 'MD5' },
			requests: [planted({ uri: 'sip:sip.example.com:5060' })],
			names: NO_NAMES,
			limits: { ...DEFAULT_LIMITS, now: undefined },
		});
		expect(foundIn(result)).toBe('uri:default-port-added');
	});
});

describe('several requests', () => {
	const second = { nonce: 'n2', nc: '00000002' };

	it('must agree', () => {
		const hashed = { password: 's3cret!\n' };
		const result = search([planted(hashed), planted(hashed, second)]);
		expect(result).toMatchObject({ kind: 'found', agreeing: 2, of: 2 });
	});

	it('agree where each was computed over the nonce before it', () => {
		const first = planted({ nonce: 'n0' }, { nonce: 'n1' }, { nonces: ['n0'] });
		const next = planted({ nonce: 'n1' }, { nonce: 'n2' }, { nonces: ['n1', 'n0'] });
		expect(search([first, next])).toMatchObject({ kind: 'found', agreeing: 2, of: 2 });
	});

	it('are counted where they do not agree', () => {
		const result = search([planted({ password: 'other' }), planted({ password: '' }, second)]);
		expect(result).toMatchObject({ kind: 'found', agreeing: 1, of: 2 });
	});

	it('verify where all of them do', () => {
		expect(search([planted({}), planted({}, second)])).toEqual({ kind: 'verifies' });
	});

	it('count as agreeing where they verify as they are', () => {
		const result = search([planted({}), planted({ method: 'INVITE' }, second)]);
		expect(foundIn(result)).toBe('method:another-method');
		expect(result).toMatchObject({ agreeing: 2, of: 2 });
	});
});

describe('nothing found', () => {
	it('is the answer for another password', () => {
		const result = search(planted({ password: 'entirely different' }));
		expect(result).toMatchObject({ kind: 'not-found', stoppedBy: undefined });
	});

	it('says that the number of trials stopped it', () => {
		const result = searchDigest({
			secret: { kind: 'password', password: 's3cret!' },
			requests: [planted({ password: 'entirely different' })],
			names: NO_NAMES,
			limits: { ...DEFAULT_LIMITS, trials: 100, now: undefined },
		});
		expect(result).toEqual({ kind: 'not-found', trials: 100, stoppedBy: 'trials' });
	});

	it('says that time ran out', () => {
		let clock = 0;
		const now = () => {
			clock += 1500;
			return clock;
		};
		const result = searchDigest({
			secret: { kind: 'password', password: 's3cret!' },
			requests: [planted({ password: 'entirely different' })],
			names: NO_NAMES,
			limits: { ...DEFAULT_LIMITS, now },
		});
		expect(result).toMatchObject({ kind: 'not-found', stoppedBy: 'time' });
	});

	it.each([
		['an algorithm that is not known', { algorithm: 'AKAv1-MD5' }],
		['a response that is too short', { response: 'abc' }],
		['a hashed username', { userhash: true }],
		['a nonce that is as long as a message', { nonce: 'n'.repeat(60_000) }],
	])('cannot be looked for with %s', (_words, written) => {
		const { credentials, ...request } = planted({});
		expect(search({ ...request, credentials: { ...credentials, ...written } }).kind).toBe(
			'not-searchable',
		);
	});
});

describe('a search after another', () => {
	const given = { kind: 'password', password: 's3cret!' } as const;
	const other = { kind: 'password', password: 'other!' } as const;
	const blank = planted({ password: 's3cret! ' });
	const elsewhere = { ...NO_NAMES, realms: [{ value: 'office', from: 'another registration' }] };

	it.each([
		['for the same names', { secret: given, requests: [blank], names: NO_NAMES }],
		['for another password', { secret: other, requests: [blank], names: NO_NAMES }],
		[
			'for another username',
			{
				secret: given,
				requests: [planted({ username: '1002' }, { username: '1002@sip' })],
				names: NO_NAMES,
			},
		],
		[
			'for another hash',
			{
				secret: given,
				requests: [planted({ password: 's3cret! ' }, { algorithm: 'SHA-256' })],
				names: NO_NAMES,
			},
		],
		[
			'where another realm was seen meanwhile',
			{ secret: given, requests: [planted({ realm: 'office' })], names: elsewhere },
		],
	])('says what it says alone, %s', (_words, second) => {
		const limits = { ...DEFAULT_LIMITS, now: undefined };
		const latest = new LatestIdentities();
		searchDigest({ secret: given, requests: [blank], names: NO_NAMES, limits, latest });
		const alone = searchDigest({ ...second, limits });
		expect(searchDigest({ ...second, limits, latest })).toEqual(alone);
	});
});
