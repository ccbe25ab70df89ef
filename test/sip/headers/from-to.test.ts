import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	findToUri,
	parseFrom,
	parseTo,
	readFrom,
	readTo,
} from '../../../src/sip/headers/from-to.js';
import { anyWireText, message, read, register, value } from '../message-text.js';

describe('a From or To', () => {
	it('has display name, URI and tag', () => {
		const from = value(parseFrom('"A, \\"B\\"" <sip:1001@example.com;x=y>;tag=abc;p'));
		expect(from).toMatchObject({ displayName: 'A, "B"', tag: 'abc', bracketed: true });
		expect(from.uri.user).toBe('1001');
		expect([...from.uri.parameters.keys()]).toEqual(['x']);
		expect([...from.parameters.keys()]).toEqual(['tag', 'p']);
	});

	it('without brackets gives its parameters to the header field', () => {
		const to = value(parseTo('sip:1001@example.com;tag=abc'));
		expect(to).toMatchObject({ displayName: undefined, tag: 'abc', bracketed: false });
		expect(to.uri.parameters.size).toBe(0);
	});

	it.each([
		['words', 'Bob the First <sip:a>', 'Bob the First'],
		['dots', 'Dr. No <sip:a>', 'Dr. No'],
		['UTF-8', 'J\xc3\xbcrgen <sip:a>', 'J\xc3\xbcrgen'],
		['nothing', '<sip:a>', undefined],
		['nothing in quotes', '"" <sip:a>', ''],
	])('takes a display name of %s', (_, text, displayName) => {
		expect(value(parseFrom(text)).displayName).toBe(displayName);
	});

	it.each([
		['', 0],
		['"open <sip:a>', 0],
		['"a" sip:b', 4],
		['a, b <sip:c>', 1],
		['<sip:a', 0],
		['<sip:a b>', 6],
		['<sip:a> tag=x', 8],
		['sip:a?b=c', 5],
		['<sip:a>;tag=x;tag=y', 14],
	])('"%s" is malformed at byte %i', (text, offset) => {
		expect(parseFrom(text)).toMatchObject({ ok: false, malformed: { layer: 'from', offset } });
	});

	it('is none where the message has none', () => {
		expect(readFrom(read(message('SIP/2.0 200 OK')))).toBeUndefined();
		expect(readTo(read(message('SIP/2.0 200 OK')))).toBeUndefined();
	});

	it('is read from compact forms', () => {
		const short = read(message('SIP/2.0 200 OK', 'f: <sip:a>;tag=1', 't: <sip:b>'));
		expect(value(readFrom(short)).tag).toBe('1');
		expect(value(readTo(short)).tag).toBeUndefined();
	});

	it('of a proper REGISTER has the user', () => {
		expect(value(readTo(read(register()))).uri.user).toBe('1001');
	});

	it.each([
		['"open <sip:1001@example.com>'],
		['a, b <sip:1001@example.com>;tag=x;tag=y'],
		['"x" < sip:1001@example.com >'],
		['sip:1001@example.com'],
	])('gives the URI of a To even where the rest is malformed: %s', (text) => {
		const uri = findToUri(read(message('SIP/2.0 200 OK', `To: ${text}`)));
		expect(uri).toMatchObject({ user: '1001', host: 'example.com' });
	});

	it.each(['', '1001@example.com', '<sip:a b>'])('gives no URI of "%s"', (text) => {
		expect(findToUri(read(message('SIP/2.0 200 OK', `To: ${text}`)))).toBeUndefined();
	});

	it('never throws on any text', () => {
		fc.assert(
			fc.property(anyWireText, (text) => {
				expect(typeof parseFrom(text).ok).toBe('boolean');
				expect(typeof parseFrom(`<sip:${text}`).ok).toBe('boolean');
			}),
		);
	});
});
