import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDns } from '../../src/layers/dns.js';
import { dnsResponse } from '../../src/probe/dns-message.js';

function hex(bytes: Uint8Array | undefined): string {
	return Buffer.from(bytes ?? []).toString('hex');
}

describe('a rebuilt DNS response', () => {
	it('holds question and A records', () => {
		const bytes = dnsResponse({ name: 'a.bc', type: 'A', data: ['192.0.2.1'], rcode: 0 });
		expect(hex(bytes)).toBe(
			'000081800001000100000000' + '0161026263000001' + '0001' + 'c00c00010001000000000004c0000201',
		);
	});

	it('holds AAAA records', () => {
		const bytes = dnsResponse({ name: 'a', type: 'AAAA', data: ['2001:db8::1'], rcode: 0 });
		expect(hex(bytes)).toContain('c00c001c000100000000001020010db8000000000000000000000001');
	});

	it.each([
		['SRV', ['10 60 5060 a.example.com', '20 0 5070 b.example.com']],
		['NAPTR', ['10 50 s SIP+D2T _sip._tcp.example.com', '20 50 "" SIP+D2U .']],
		['A', ['192.0.2.1', '192.0.2.2']],
		['AAAA', ['2001:db8::1']],
	] as const)('of type %s is read back as it was', (type, data) => {
		const bytes = dnsResponse({ name: '_x.example.com', type, data, rcode: 0 });
		const parsed = parseDns(bytes ?? new Uint8Array(0));
		expect(parsed).toMatchObject({
			ok: true,
			value: {
				isResponse: true,
				question: { name: '_x.example.com', type },
				answers: data.map((one) => ({ name: '_x.example.com', type, data: one })),
			},
		});
	});

	it('never throws, whatever a record says', () => {
		const type = fc.constantFrom('A', 'AAAA', 'SRV', 'NAPTR');
		fc.assert(
			fc.property(fc.string(), type, fc.array(fc.string()), (name, kind, data) => {
				const bytes = dnsResponse({ name, type: kind, data, rcode: 0 });
				expect(bytes === undefined || bytes.length >= 12).toBe(true);
			}),
		);
	});

	it('says that the name does not exist', () => {
		const bytes = dnsResponse({ name: 'a', type: 'A', data: [], rcode: 3 });
		expect(hex(bytes).slice(4, 8)).toBe('8183');
	});

	it.each(['', 'a..b', `${'x'.repeat(64)}.example`, 'abcdefg.'.repeat(33)])(
		'is not made for the name "%s"',
		(name) => {
			expect(dnsResponse({ name, type: 'A', data: [], rcode: 0 })).toBeUndefined();
		},
	);
});
