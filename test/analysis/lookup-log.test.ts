import { describe, expect, it } from 'vitest';
import { LookupLog } from '../../src/analysis/lookup-log.js';
import { lookup } from '../support/dns-events.js';

describe('the log of lookups', () => {
	it('keeps questions for SIP services and for addresses', () => {
		const log = new LookupLog();
		log.add(lookup('SRV', '_sip._udp.example.com', 'nxdomain'));
		log.add(lookup('NAPTR', 'example.com', 'empty'));
		log.add(lookup('AAAA', 'example.com', 'empty'));
		expect(log.list().map(({ type }) => type)).toEqual(['SRV', 'NAPTR', 'AAAA']);
	});

	it('keeps no questions for other services', () => {
		const log = new LookupLog();
		log.add(lookup('SRV', '_ldap._tcp.example.com', 'nxdomain'));
		log.add(lookup('NAPTR', '4.3.2.1.e164.arpa', 'nxdomain'));
		log.add(lookup('CNAME', 'example.com', 'empty'));
		expect(log.list()).toEqual([]);
	});

	it('keeps the first of equal ones, and every answer that differs', () => {
		const log = new LookupLog();
		const at = (time: number, address: string) =>
			lookup('A', 'example.com', 'answered', [`example.com A ${address}`], { at: time });
		for (const event of [at(1, '192.0.2.1'), at(2, '192.0.2.1'), at(3, '192.0.2.2')])
			log.add(event);
		expect(log.list().map((event) => event.at)).toEqual([1, 3]);
	});

	it('counts the copies of a question that nobody answers, from whichever port', () => {
		const log = new LookupLog();
		for (const port of [40_000, 40_001, 40_002])
			log.add(
				lookup('A', 'example.com', 'unanswered', [], { src: { address: '192.0.2.1', port } }),
			);
		expect(log.list().map(({ copies }) => copies)).toEqual([3]);
	});

	it('is in order of time, whichever came to its end first', () => {
		const log = new LookupLog();
		log.add(lookup('A', 'a.example.com', 'nxdomain', [], { at: 9 }));
		log.add(lookup('A', 'b.example.com', 'unanswered', [], { at: 4 }));
		expect(log.list().map(({ at }) => at)).toEqual([4, 9]);
	});

	it('is bounded, and web pages push out no service', () => {
		const log = new LookupLog();
		for (let index = 0; index < 5_000; index += 1)
			log.add(lookup('A', `${index}.example.net`, 'nxdomain'));
		log.add(lookup('SRV', '_sip._udp.example.com', 'nxdomain'));
		expect(log.list()).toHaveLength(4_097);
		expect(log.dropped).toBe(5_000 - 4_096);
	});

	it('has room for the addresses of servers where web pages took all other room', () => {
		const log = new LookupLog();
		const service = '_sip._udp.example.com';
		for (let index = 0; index < 5_000; index += 1)
			log.add(lookup('A', `${index}.example.net`, 'nxdomain'));
		log.add(lookup('SRV', service, 'answered', [`${service} SRV 10 60 5060 pbx.example.org`]));
		for (const name of ['pbx.example.org', 'example.com', 'sip.example.net', 'www.example.net'])
			log.add(lookup('A', name, 'servfail', [], { at: 9 }));
		expect(log.list().flatMap(({ at, name }) => (at === 9 ? [name] : []))).toEqual([
			'pbx.example.org',
			'example.com',
			'sip.example.net',
		]);
	});
});
