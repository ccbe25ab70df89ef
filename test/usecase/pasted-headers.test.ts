import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePastedHeaders } from '../../src/usecase/pasted-headers.js';

describe('pasted header lines', () => {
	it('are found among others, with the request line above them', () => {
		const { credentials, method, requestUri } = parsePastedHeaders(
			'INVITE sip:201@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1\r\nProxy-Authorization: Digest username="1001", realm="a"\r\nContact: <sip:1001@192.0.2.1>\r\n',
		);
		expect(credentials.map(({ username, realm }) => [username, realm])).toEqual([['1001', 'a']]);
		expect(method).toBe('INVITE');
		expect(requestUri).toBe('sip:201@example.com');
	});

	it('may be indented, quoted as in a mail, and broken anywhere between parameters', () => {
		const { challenges } = parsePastedHeaders(
			'> \tWWW-Authenticate: Digest realm="a",\n>  nonce="n",\nqop="auth"\n',
		);
		expect(challenges[0]).toMatchObject({ realm: 'a', nonce: 'n', qop: ['auth'] });
	});

	it('may be several', () => {
		const { challenges } = parsePastedHeaders(
			'www-authenticate: Digest realm="a", nonce="1"\nProxy-Authenticate: Digest realm="b", nonce="2"',
		);
		expect(challenges.map(({ realm }) => realm)).toEqual(['a', 'b']);
	});

	it('of another scheme are left out', () => {
		expect(parsePastedHeaders('Authorization: Basic QWxhZGRpbg==')).toMatchObject({
			challenges: [],
			credentials: [],
		});
	});

	it('never throw, whatever is pasted', () => {
		const piece = fc.oneof(
			fc.string({ unit: 'binary', maxLength: 40 }),
			fc.constantFrom('Authorization: Digest ', 'WWW-Authenticate:', 'nonce="', '\n', ' ', '>'),
		);
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
				parsePastedHeaders(pieces.join(''));
			}),
		);
	});
});
