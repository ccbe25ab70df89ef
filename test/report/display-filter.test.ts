import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	evidenceFilter,
	framesFilter,
	pathFilter,
	registrationFilter,
} from '../../src/report/display-filter.js';
import { evidence, finding, PHONE, SERVER } from './analysis-builder.js';

describe('evidenceFilter', () => {
	it('selects the evidence of one source only', () => {
		const elsewhere = { ...evidence(9, 0, 'f', 't'), source: 'server.pcap' };
		const both = finding({
			evidence: [evidence(7, 0, 'f', 't'), elsewhere, evidence(3, 0, 'f', 't')],
		});
		expect(evidenceFilter(both, 'phone.pcap')).toBe('frame.number in {3, 7}');
		expect(evidenceFilter(both, 'server.pcap')).toBe('frame.number == 9');
	});

	it('is absent where no frame is evidence', () => {
		expect(
			evidenceFilter(finding({ evidence: [evidence(0, 0, 'DNS', 'no answer')] }), 'phone.pcap'),
		).toBeUndefined();
	});
});

describe('framesFilter', () => {
	it('writes neighbours as a range', () => {
		expect(framesFilter([5, 4, 3, 3, 9, 11, 12])).toBe('frame.number in {3..5, 9, 11, 12}');
	});
});

describe('registrationFilter', () => {
	it('selects first fragments, of which Wireshark reads no Call-ID, where there are any', () => {
		const filterOf = (address: string) => {
			const observed = { src: { address }, packet: { fragments: 1, isBeginning: true } };
			return registrationFilter({ callIds: ['a@b'], messages: [{ observed }] as never });
		};
		expect(filterOf('192.0.2.10')).toBe('sip.Call-ID == "a@b" || ip.flags.mf == 1');
		expect(filterOf('2001:db8::10')).toBe('sip.Call-ID == "a@b" || ipv6.fraghdr.more == 1');
	});

	it('selects what is known by reports in HEP alone, which Wireshark does not read', () => {
		const reported = (isAll: boolean) => {
			const packet = { fragments: 1, reports: { agents: ['a'], frames: 1, isAll } };
			const observed = { src: { address: '192.0.2.10' }, packet };
			return registrationFilter({ callIds: ['a"b'], messages: [{ observed }] as never });
		};
		expect(reported(true)).toBe('sip.Call-ID == "a\\"b" || frame contains "a\\"b"');
		expect(reported(false)).toBe('sip.Call-ID == "a\\"b"');
	});

	it('selects every Call-ID', () => {
		expect(registrationFilter({ callIds: ['a@b'], messages: [] })).toBe('sip.Call-ID == "a@b"');
		expect(registrationFilter({ callIds: ['a', 'b'], messages: [] })).toBe(
			'sip.Call-ID in {"a", "b"}',
		);
	});

	it('is absent where there is no Call-ID', () => {
		expect(registrationFilter({ callIds: [], messages: [] })).toBeUndefined();
	});

	it('prints no secret that a Call-ID holds', () => {
		expect(
			registrationFilter({ callIds: ['sip:1001:pw-7f@pbx', 'b'], messages: [] }),
		).toBeUndefined();
		expect(registrationFilter({ callIds: ['a', 'token=0f3b'], messages: [] })).toBeUndefined();
	});

	it('keeps a Call-ID from ending its string', () => {
		expect(registrationFilter({ callIds: ['x" or ip or "\\'], messages: [] })).toBe(
			'sip.Call-ID == "x\\" or ip or \\"\\\\"',
		);
	});

	it('writes bytes beyond ASCII as such', () => {
		expect(registrationFilter({ callIds: ['\xc3\xa9\n'], messages: [] })).toBe(
			'sip.Call-ID == "\\xc3\\xa9\\x0a"',
		);
	});

	it('is one string literal of printable ASCII, whatever the Call-ID', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (callId) => {
				expect(registrationFilter({ callIds: [callId], messages: [] })).toMatch(
					/^sip\.Call-ID == "(?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\]|\\x[0-9a-f]{2})*"$/,
				);
			}),
		);
	});
});

describe('the filter of a phone of which no Call-ID was read', () => {
	const leg = { client: PHONE, server: SERVER, transport: 'tls', source: 'phone.pcap' } as const;

	it('is everything between it and its server on that port', () => {
		expect(pathFilter({ callIds: [], path: [leg] })).toBe(
			'ip.addr == 10.0.0.5 && ip.addr == 192.0.2.10 && tcp.port == 5060',
		);
	});

	it('names IPv6 addresses as such', () => {
		const client = { address: '2001:db8::5', port: 49152 };
		const server = { address: '2001:db8::1', port: 5061 };
		expect(pathFilter({ callIds: [], path: [{ ...leg, client, server }] })).toBe(
			'ipv6.addr == 2001:db8::5 && ipv6.addr == 2001:db8::1 && tcp.port == 5061',
		);
	});

	it('has no port over UDP, as later fragments have none', () => {
		expect(pathFilter({ callIds: [], path: [{ ...leg, transport: 'udp' }] })).toBe(
			'ip.addr == 10.0.0.5 && ip.addr == 192.0.2.10',
		);
	});

	it('is left to the Call-ID where one was read', () => {
		expect(pathFilter({ callIds: ['a@phone'], path: [leg] })).toBeUndefined();
	});
});
