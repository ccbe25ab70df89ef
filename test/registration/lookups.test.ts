import { describe, expect, it } from 'vitest';
import {
	domainOf,
	isSinkhole,
	isTarget,
	lookupFinder,
	lookupsFor,
	serviceOf,
	serviceTargets,
} from '../../src/registration/lookups.js';
import { failedLookups } from '../../src/registration/name-failure.js';
import { lookup } from '../support/dns-events.js';

const SRV = '_sip._udp.example.com';
const naptr = lookup('NAPTR', 'example.com', 'empty');
const srv = lookup('SRV', SRV, 'answered', [
	`${SRV} SRV 20 60 5060 b.example.com`,
	`${SRV} SRV 10 60 5070 a.example.com`,
	'a.example.com A 192.0.2.1',
]);
const host = lookup('A', 'b.example.com', 'answered', [
	'b.example.com CNAME c.example.net',
	'c.example.net A 192.0.2.2',
]);
const foreign = lookup('A', 'www.example.net', 'answered', ['www.example.net A 192.0.2.99']);

describe('a service name', () => {
	it.each([
		['_sip._udp.example.com', 'udp'],
		['_sip._tcp.example.com', 'tcp'],
		['_sips._tcp.example.com', 'tls'],
		['_sips._ws.example.com', 'wss'],
	])('%s is asked for %s', (name, transport) => {
		expect(serviceOf(name)).toEqual({ domain: 'example.com', transport });
	});

	it.each([
		'_stun._udp.example.com',
		'_xmpp-client._tcp.example.com',
		'sip.example.com',
		'_sip._udp',
	])('%s is of no SIP service', (name) => {
		expect(serviceOf(name)).toBeUndefined();
	});
});

describe('the domain that a question is about', () => {
	it('is the name of a NAPTR question, unless that is a telephone number', () => {
		expect(domainOf(naptr)).toBe('example.com');
		expect(domainOf(lookup('NAPTR', '1.2.3.e164.arpa', 'nxdomain'))).toBeUndefined();
	});

	it('is not told by a question for an address', () => {
		expect(domainOf(host)).toBeUndefined();
	});
});

describe('the questions about a domain', () => {
	it('are its services, its own address, and the hosts that its services name', () => {
		const own = lookup('A', 'example.com', 'empty');
		expect(lookupsFor('example.com', [naptr, srv, host, own, foreign])).toEqual([
			naptr,
			srv,
			host,
			own,
		]);
	});
});

describe('the questions about a server', () => {
	it('are found by the domain in the Request-URI, in any case', () => {
		expect(lookupFinder([srv, foreign])('Example.COM', ['203.0.113.1'])).toEqual([srv]);
	});

	it('are found by the address that a name led to, and by the service that named it', () => {
		expect(lookupFinder([srv, host, foreign])(undefined, ['192.0.2.2'])).toEqual([srv, host]);
	});

	it('are none where no question led there', () => {
		expect(lookupFinder([srv, host, foreign])('192.0.2.7', ['192.0.2.7'])).toEqual([]);
	});
});

describe('the servers that SRV names', () => {
	it('come with the preferred one first, and the addresses that the source shows', () => {
		expect(
			serviceTargets([srv, host]).map(({ priority, host: name, port, addresses }) => [
				...[priority, name, port],
				...addresses,
			]),
		).toEqual([
			[10, 'a.example.com', 5070, '192.0.2.1'],
			[20, 'b.example.com', 5060, '192.0.2.2'],
		]);
	});

	it('are none where the target is the root: the service is decidedly not there', () => {
		expect(serviceTargets([lookup('SRV', SRV, 'answered', [`${SRV} SRV 0 0 0 .`])])).toEqual([]);
	});

	it('are told apart by address and port, and by port alone where the address is not known', () => {
		const [known] = serviceTargets([srv]);
		const unknown = serviceTargets([srv]).at(-1);
		expect(known && isTarget(known, { address: '192.0.2.1', port: 5070 })).toBe(true);
		expect(known && isTarget(known, { address: '192.0.2.1', port: 5060 })).toBe(false);
		expect(known && isTarget(known, { address: '192.0.2.9', port: 5070 })).toBe(false);
		expect(unknown && isTarget(unknown, { address: '192.0.2.9', port: 5060 })).toBe(true);
	});
});

describe('an address of nobody', () => {
	it.each(['0.0.0.0', '127.0.0.1', '::', '::1'])('is %s', (address) => {
		expect(isSinkhole(address)).toBe(true);
	});

	it.each(['192.168.1.1', '192.0.2.1', '2001:db8::1'])('is not %s', (address) => {
		expect(isSinkhole(address)).toBe(false);
	});
});

describe('where a search for a server ends', () => {
	it('is nowhere where an address was found', () => {
		expect(failedLookups([lookup('SRV', SRV, 'nxdomain'), host])).toEqual([]);
	});

	it('is nowhere where SRV was answered and the address known from before', () => {
		expect(failedLookups([lookup('NAPTR', 'example.com', 'nxdomain'), srv])).toEqual([]);
	});

	it('is at the addresses where they were asked, else at SRV, else at NAPTR', () => {
		const missing = lookup('SRV', SRV, 'nxdomain');
		const address = lookup('A', 'example.com', 'servfail');
		expect(failedLookups([naptr, missing, address])).toEqual([address]);
		expect(failedLookups([naptr, missing])).toEqual([missing]);
		expect(failedLookups([naptr])).toEqual([naptr]);
	});

	it('takes an answer before an error, and an error before silence', () => {
		const silent = lookup('A', 'example.com', 'unanswered');
		const failed = lookup('A', 'example.com', 'servfail');
		expect(failedLookups([failed, silent])).toEqual([failed]);
		expect(failedLookups([silent, failed])).toEqual([failed]);
	});
});
