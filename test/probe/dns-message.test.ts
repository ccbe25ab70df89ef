import { describe, expect, it } from 'vitest';
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
