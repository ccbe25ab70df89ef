import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalAddress } from '../../src/net/address.js';
import { addressOfRecord, formatUri, parseUri } from '../../src/sip/uri.js';
import { anyWireText, value } from './message-text.js';

const uri = (text: string) => value(parseUri(text));
const aor = (text: string) => addressOfRecord(uri(text));
const fault = (text: string) => {
	const parsed = parseUri(text);
	if (parsed.ok || parsed.malformed.problem.kind !== 'bad-field') return undefined;
	return { offset: parsed.malformed.offset, field: parsed.malformed.problem.field };
};

describe('a SIP URI', () => {
	it('has user, host, port, parameters and headers', () => {
		const read = uri('SIP:1001@PBX.example.com:5070;transport=UDP;lr?Route=x&Subject=');
		expect(read).toMatchObject({
			scheme: 'sip',
			user: '1001',
			hasPassword: false,
			host: 'PBX.example.com',
			port: 5070,
			headers: [
				['Route', 'x'],
				['Subject', ''],
			],
			opaque: undefined,
		});
		expect([...read.parameters]).toEqual([
			['transport', 'UDP'],
			['lr', undefined],
		]);
	});

	it('needs neither user nor port', () => {
		expect(uri('sips:example.com')).toMatchObject({ user: undefined, port: undefined });
	});

	it('has its IPv6 host without brackets', () => {
		expect(uri('sip:[2001:db8::10]:5070')).toMatchObject({ host: '2001:db8::10', port: 5070 });
	});

	it('has its IPv6 host in the spelling that addresses of packets have', () => {
		expect(uri('sip:1001@[2001:0DB8:0:0::0010]:5060').host).toBe('2001:db8::10');
	});

	it('has its host without the zone that a phone with a link-local address writes', () => {
		expect(uri('sip:1001@[fe80::1%eth0]:5060')).toMatchObject({ host: 'fe80::1', port: 5060 });
	});

	it('takes a port within the brackets for a part of the address (RFC 5118 §4.3)', () => {
		expect(uri('sip:[2001:db8::10:5070]')).toMatchObject({
			host: '2001:db8::10:5070',
			port: undefined,
		});
	});

	it('keeps the user as written and gives it unescaped', () => {
		const read = uri('sip:a%40b%zz@example.com');
		expect(read).toMatchObject({ user: 'a%40b%zz', userUnescaped: 'a@b%zz' });
	});

	it('says that there was a password and does not keep it', () => {
		const read = uri('sip:1001:s3cret@example.com');
		expect(read).toMatchObject({ user: '1001', hasPassword: true });
		expect(JSON.stringify(read) + formatUri(read)).not.toContain('s3cret');
	});

	it('keeps parameters in the user part (RFC 4475 §3.1.1.7)', () => {
		const read = uri('sip:user;par=u%40example.net@example.com');
		expect(read).toMatchObject({ user: 'user;par=u%40example.net', host: 'example.com' });
	});

	it('keeps a user with @, which a misconfigured phone sends', () => {
		expect(uri('sip:1001@a.example@b.example')).toMatchObject({ user: '1001@a.example' });
	});

	it('of another scheme is kept as it is', () => {
		expect(uri('tel:+1-201-555-0123')).toMatchObject({
			scheme: 'tel',
			host: undefined,
			opaque: '+1-201-555-0123',
		});
	});

	it.each([
		['', 0, 'scheme'],
		['1001@example.com', 0, 'scheme'],
		['sip:', 4, 'host'],
		['sip:@example.com', 4, 'user'],
		['sip:1001@', 9, 'host'],
		['sip:2001:db8::10', 4, 'host'],
		['sip:[1234]', 4, 'host'],
		['sip:[::1', 4, 'host'],
		['sip:a:65536', 4, 'host'],
		['sip:a:b', 4, 'host'],
		['sip:a b@c', 5, 'URI'],
		['<sip:a>', 0, 'scheme'],
		['sip:a;lr;lr', 9, 'URI parameter lr'],
		['tel:', 4, 'URI'],
	])('"%s" is malformed at byte %i', (text, offset, field) => {
		expect(fault(text)).toEqual({ offset, field });
	});

	it.each(['sip:1001:s3cret@', 'sip:1001:s3cret@a b', 'sip::s3cret@a', 'sip:1:s3cret@h:x'])(
		'tells no password in the failure of "%s"',
		(text) => {
			expect(JSON.stringify(parseUri(text))).not.toContain('s3cret');
		},
	);

	it('never throws on any text', () => {
		fc.assert(
			fc.property(anyWireText, (text) => {
				expect(typeof parseUri(`sip:${text}`).ok).toBe('boolean');
			}),
		);
	});

	it('is written as it was read', () => {
		const user = fc.stringMatching(/^([A-Za-z0-9&=+$,;?/_.!~*'()-]|%[0-9A-F]{2})+$/);
		const host = fc.oneof(
			fc.domain(),
			fc.ipV4(),
			fc.ipV6().map((address) => `[${canonicalAddress(address)}]`),
		);
		const port = fc.option(fc.nat(65_535), { nil: undefined });
		const parameters = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,5}$/), { maxLength: 3 });
		const scheme = fc.constantFrom('sip', 'sips');
		fc.assert(
			fc.property(scheme, user, host, port, parameters, (s, u, h, p, names) => {
				const ending = names.map((name, index) => (index === 0 ? `;${name}` : `;${name}=v`));
				const text = `${s}:${u}@${h}${p === undefined ? '' : `:${p}`}${ending.join('')}?a=b&c=`;
				expect(formatUri(uri(text))).toBe(text);
			}),
		);
	});
});

describe('an address-of-record', () => {
	it.each([
		['sip:1001@EXAMPLE.com', 'sip:1001@example.com'],
		['sip:1001@example.com:5060', 'sip:1001@example.com'],
		['sips:1001@example.com:5061', 'sips:1001@example.com'],
		['sip:1001@example.com:5061', 'sip:1001@example.com:5061'],
		['sip:1001@example.com:5080;transport=udp', 'sip:1001@example.com:5080'],
		['sip:%31001@example.com', 'sip:1001@example.com'],
		['sip:Alice@example.com', 'sip:Alice@example.com'],
		['sip:1001@[2001:DB8::1]:5060', 'sip:1001@[2001:db8::1]'],
		['sip:1001:pw@example.com?a=b', 'sip:1001@example.com'],
		['sip:example.com', 'sip:example.com'],
		['isbn:2983792873', 'isbn:2983792873'],
	])('of %s is %s', (text, expected) => {
		expect(aor(text)).toBe(expected);
	});
});
