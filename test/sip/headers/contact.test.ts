import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseContact, readContacts } from '../../../src/sip/headers/contact.js';
import { anyWireText, read, register, value } from '../message-text.js';

describe('a Contact', () => {
	it('has URI, expiry, q, instance-id and reg-id', () => {
		const text =
			'"Desk" <sip:1001@192.0.2.10:5062;ob>;expires=300;q=0.5;reg-id=1;' +
			'+sip.instance="<urn:uuid:00000000-0000-1000-8000-000A95A0E128>"';
		expect(value(parseContact(text))).toMatchObject({
			kind: 'address',
			displayName: 'Desk',
			uri: { user: '1001', host: '192.0.2.10', port: 5062 },
			expires: 300,
			q: 0.5,
			regId: 1,
			instanceId: 'urn:uuid:00000000-0000-1000-8000-000A95A0E128',
		});
	});

	it('may be the wildcard', () => {
		expect(value(parseContact(' * '))).toEqual({ kind: 'wildcard' });
	});

	it('has no expiry of its own from message-expires', () => {
		const contact = value(parseContact('<sip:a>;message-expires=60'));
		expect(contact).toMatchObject({ expires: undefined });
	});

	it('has no header parameters from within the brackets', () => {
		expect(value(parseContact('<sip:a;expires=60>'))).toMatchObject({ expires: undefined });
	});

	it.each(['Expires=60', 'EXPIRES = "60"'])('reads %s', (parameter) => {
		expect(value(parseContact(`<sip:a>;${parameter}`))).toMatchObject({ expires: 60 });
	});

	it.each([
		['expires=280297596632815', 'delta-seconds'],
		['expires=-1', 'delta-seconds'],
		['expires', 'delta-seconds'],
		['q=2', 'q'],
		['reg-id=x', 'reg-id'],
	])('is malformed with %s', (parameter, field) => {
		expect(parseContact(`<sip:a>;${parameter}`)).toMatchObject({
			ok: false,
			malformed: { problem: { field } },
		});
	});

	it('never throws on any text', () => {
		fc.assert(
			fc.property(anyWireText, (text) => {
				expect(typeof parseContact(text).ok).toBe('boolean');
				expect(typeof parseContact(`<sip:a>;${text}`).ok).toBe('boolean');
			}),
		);
	});
});

describe('the Contacts of a message', () => {
	it('are read over lines and commas, quoted commas left alone', () => {
		const contacts = readContacts(read(register('m: "a, b" <sip:a>,<sip:b>', 'Contact: <sip:c>')));
		const hosts = contacts.map(value).map((one) => one.kind === 'address' && one.uri.host);
		expect(hosts).toEqual(['a', 'b', 'c']);
	});

	it('are none in a query', () => {
		expect(readContacts(read(register()))).toEqual([]);
	});
});
