/* Two messages have one skeleton where they differ in nothing but values that are made anew each time. */
import { describe, expect, it } from 'vitest';
import { skeletonOf } from '../../src/sip/skeleton.js';

const REGISTER = [
	'REGISTER sip:example.com SIP/2.0',
	'Via: SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bKa001;rport',
	'From: <sip:1001@example.com>;tag=49583',
	'To: <sip:1001@example.com>',
	'Call-ID: f81d4fae@192.168.1.10',
	'CSeq: 1 REGISTER',
	'Contact: <sip:1001@192.168.1.10:5060>;expires=3600',
	'Authorization: Digest username="1001", realm="PBX", nonce="c2a1", uri="sip:example.com", response="d5be", cnonce="0a", qop=auth, nc=00000001',
	'Content-Length: 0',
	'',
	'',
].join('\r\n');

describe('the skeleton of a REGISTER', () => {
	it.each([
		['branch', 'z9hG4bKa001', 'z9hG4bKlonger-0002'],
		['tag', 'tag=49583', 'tag=1'],
		['Call-ID', 'f81d4fae@192.168.1.10', 'other'],
		['CSeq number', 'CSeq: 1 ', 'CSeq: 1042 '],
		['nonce', ' nonce="c2a1"', ' nonce="00ff00"'],
		['cnonce', 'cnonce="0a"', 'cnonce="0b"'],
		['nc', 'nc=00000001', 'nc=00000002'],
		['response', 'd5be', 'beefbeef'],
	])('is the same with another %s', (_, from, to) => {
		expect(skeletonOf(REGISTER.replace(from, to))).toBe(skeletonOf(REGISTER));
	});

	it.each([
		['Request-URI', 'sip:example.com SIP', 'sip:example.net SIP'],
		['sent-by', '192.168.1.10:5060;branch', '192.168.1.11:5060;branch'],
		['rport', ';rport', ''],
		['user', '1001@example.com>;tag', '1002@example.com>;tag'],
		['Contact', '<sip:1001@192.168.1.10:5060>', '<sip:1001@198.51.100.7:5060>'],
		['expiry', 'expires=3600', 'expires=60'],
		['realm', 'realm="PBX"', 'realm="pbx"'],
		['digest uri', 'uri="sip:example.com"', 'uri="sip:example.com:5060"'],
		['qop', 'qop=auth,', 'qop=auth-int,'],
		['username', 'username="1001"', 'username="1001@example.com"'],
		['number of header fields', 'Content-Length', 'Max-Forwards: 70\r\nContent-Length'],
	])('is another with another %s', (_, from, to) => {
		expect(REGISTER).toContain(from);
		expect(skeletonOf(REGISTER.replace(from, to))).not.toBe(skeletonOf(REGISTER));
	});

	it('is had of any text', () => {
		for (const text of ['', '\n', 'CSeq', ';branch=', ' nonce="', 'x\ncall-id:'])
			expect(Number.isInteger(skeletonOf(text))).toBe(true);
	});
});
