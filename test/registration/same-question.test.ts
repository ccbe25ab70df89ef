import { describe, expect, it } from 'vitest';
import { shareQuestion } from '../../src/registration/same-question.js';
import { lookup } from '../support/dns-events.js';

const name = 'sip.example.com';
const phone = lookup('A', name, 'nxdomain');
const behindNat = { address: '198.51.100.7', port: 52_000 };

describe('two captures show one question', () => {
	it('where the same endpoint asked it', () => {
		expect(shareQuestion([phone], [{ ...phone, at: 2_000 }])).toBe(true);
	});

	it('where a NAT gave the phone a public address', () => {
		expect(shareQuestion([phone], [{ ...phone, src: behindNat, at: 1_000 }])).toBe(true);
	});

	it('not where two phones of one network asked it', () => {
		const other = { address: '192.168.1.11', port: 40_000 };
		expect(shareQuestion([phone], [{ ...phone, src: other }])).toBe(false);
	});

	it('not where a phone asked it again from another port', () => {
		const later = { address: '192.168.1.10', port: 40_001 };
		expect(shareQuestion([phone], [{ ...phone, src: later }])).toBe(false);
	});

	it('not where the one asked long after the other', () => {
		expect(shareQuestion([phone], [{ ...phone, src: behindNat, at: 60_000_000 }])).toBe(false);
	});

	it('not where they asked for different records', () => {
		expect(shareQuestion([phone], [{ ...phone, type: 'AAAA' }])).toBe(false);
	});
});
