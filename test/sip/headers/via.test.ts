import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseVia, readVias, topVia } from '../../../src/sip/headers/via.js';
import { anyWireText, message, read, register, value } from '../message-text.js';

describe('a Via', () => {
	it('has protocol, transport, sent-by and parameters', () => {
		const via = value(
			parseVia('SIP/2.0/TLS pbx.example.com:5061;branch=z9hG4bK1;ttl=16;maddr=m;x=y'),
		);
		expect(via).toMatchObject({
			protocol: 'SIP/2.0',
			transport: 'TLS',
			sentBy: { host: 'pbx.example.com', port: 5061 },
			branch: 'z9hG4bK1',
			ttl: 16,
			maddr: 'm',
			rport: undefined,
			received: undefined,
		});
		expect(via.parameters.get('x')).toBe('y');
	});

	it.each(['[2001:0DB8:0::1]', '2001:0DB8:0::1'])(
		'has addresses of IPv6 in one spelling, also received=%s',
		(received) => {
			const text = `SIP/2.0/UDP [2001:DB8::0031]:5060;received=${received};maddr=[FF02::1]`;
			expect(value(parseVia(text))).toMatchObject({
				sentBy: { host: '2001:db8::31', port: 5060 },
				received: '2001:db8::1',
				maddr: 'ff02::1',
			});
		},
	);

	it('has no port where none was written', () => {
		expect(value(parseVia('SIP/2.0/UDP a')).sentBy).toEqual({ host: 'a', port: undefined });
	});

	it('asks for rport by an empty one', () => {
		expect(value(parseVia('SIP/2.0/UDP a;rport;branch=b')).rport).toBe('requested');
	});

	it('tells the port it was seen from', () => {
		expect(value(parseVia('SIP/2.0/UDP a;rport=40000')).rport).toBe(40_000);
	});

	it('takes blanks around slashes, colon and parameters', () => {
		const via = value(parseVia('SIP / 2.0 / UDP  first.example.com : 4000 ; branch = b ; rport'));
		expect(via).toMatchObject({
			sentBy: { host: 'first.example.com', port: 4000 },
			branch: 'b',
			rport: 'requested',
		});
	});

	it.each([
		['', 0, 'protocol'],
		['SIP/2.0 a', 0, 'protocol'],
		['SIP/2.0/UDP', 11, 'sent-by'],
		['SIP/2.0/UDP ;branch=b', 12, 'sent-by'],
		['SIP/2.0/UDP a:x', 12, 'sent-by'],
		['SIP/2.0/UDP 2001:db8::1', 12, 'sent-by'],
		['SIP/2.0/UDP a;branch="x', 21, 'branch'],
		['SIP/2.0/UDP a;branch=b;branch=c', 23, 'branch'],
		['SIP/2.0/UDP a;=b', 14, 'parameter name'],
	])('"%s" is malformed at byte %i', (text, offset, field) => {
		expect(parseVia(text)).toMatchObject({ ok: false, malformed: { offset, problem: { field } } });
	});

	it.each(['rport=x', 'rport=65536', 'ttl=256', 'ttl=x'])(
		'does not take %s for a number',
		(text) => {
			expect(parseVia(`SIP/2.0/UDP a;${text}`).ok).toBe(false);
		},
	);

	it('never throws on any text', () => {
		fc.assert(
			fc.property(anyWireText, (text) => {
				expect(typeof parseVia(`SIP/2.0/UDP ${text}`).ok).toBe('boolean');
				expect(typeof parseVia(text).ok).toBe('boolean');
			}),
		);
	});
});

describe('the Vias of a message', () => {
	it('are in order over lines and commas', () => {
		const text = message('SIP/2.0 200 OK', 'v: SIP/2.0/UDP a, SIP/2.0/UDP b', 'Via: SIP/2.0/TCP c');
		expect(readVias(read(text)).map((via) => value(via).sentBy.host)).toEqual(['a', 'b', 'c']);
		expect(topVia(read(text))?.sentBy.host).toBe('a');
	});

	it('have no top where the first cannot be read', () => {
		const text = message('SIP/2.0 200 OK', 'Via: broken', 'Via: SIP/2.0/UDP a');
		expect(topVia(read(text))).toBeUndefined();
		expect(readVias(read(text)).map(({ ok }) => ok)).toEqual([false, true]);
	});

	it('have a top in every proper REGISTER', () => {
		expect(topVia(read(register()))?.rport).toBe('requested');
	});
});
