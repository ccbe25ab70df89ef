import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatEndpoint } from '../../../src/net/endpoint.js';
import {
	type Located,
	type LocateQuestion,
	locateRegistrar,
} from '../../../src/probe/locate/locate-registrar.js';
import { naptr, srv, type Zone, zoneResolver } from './fake-dns.js';

const ADDRESS = { 'A a.example': ['192.0.2.1'] };

async function locate(
	zone: Zone,
	question: Partial<LocateQuestion> = {},
	asked: string[] = [],
): Promise<Located> {
	let clock = 0;
	const now = (): number => {
		clock += 1000;
		return clock;
	};
	const wanted = { host: 'a.example', port: undefined, transport: undefined, secure: false };
	const deps = { resolver: zoneResolver(zone, asked), now, random: () => 0 };
	return locateRegistrar({ ...wanted, ...question }, deps);
}

/** `udp 192.0.2.1:5060`, in the order to try. */
function targets(located: Located): readonly string[] | string {
	if (located.kind === 'not-located') return located.outcome;
	return located.targets.map(
		({ transport, endpoint }) => `${transport} ${formatEndpoint(endpoint)}`,
	);
}

describe('an address', () => {
	it.each([
		['192.0.2.1', 'udp 192.0.2.1:5060'],
		['2001:DB8:0::1', 'udp [2001:db8::1]:5060'],
	])('asks nobody about %s', async (host, target) => {
		const asked: string[] = [];
		const located = await locate({}, { host }, asked);
		expect(targets(located)).toEqual([target]);
		expect(asked).toEqual([]);
	});

	it.each([
		['tcp', 5060],
		['tls', 5061],
		['ws', 80],
		['wss', 443],
	] as const)('is asked over %s at port %i', async (transport, port) => {
		const located = await locate({}, { host: '192.0.2.1', transport });
		expect(targets(located)).toEqual([`${transport} 192.0.2.1:${port}`]);
	});

	it('is asked over TLS for a sips: address-of-record', async () => {
		const located = await locate({}, { host: '192.0.2.1', secure: true });
		expect(targets(located)).toEqual(['tls 192.0.2.1:5061']);
	});
});

describe('a name with a port', () => {
	it('is asked only for its addresses (RFC 3263 §4.2)', async () => {
		const asked: string[] = [];
		const located = await locate(ADDRESS, { port: 5070 }, asked);
		expect(targets(located)).toEqual(['udp 192.0.2.1:5070']);
		expect(asked).toEqual(['A a.example', 'AAAA a.example']);
	});
});

describe('a name with a transport', () => {
	it('is asked only for the SRV records of that transport', async () => {
		const asked: string[] = [];
		const zone = {
			'SRV _sip._tcp.a.example': [srv('b.example', 5070)],
			'A b.example': ['192.0.2.2'],
		};
		const located = await locate(zone, { transport: 'tcp' }, asked);
		expect(targets(located)).toEqual(['tcp 192.0.2.2:5070']);
		expect(asked).toEqual(['SRV _sip._tcp.a.example', 'A b.example', 'AAAA b.example']);
	});

	it.each([
		['tls', '_sips._tcp', 5061],
		['ws', '_sip._ws', 80],
		['wss', '_sips._ws', 443],
	] as const)('falls back to its address at the port of %s', async (transport, prefix, port) => {
		const asked: string[] = [];
		const located = await locate(ADDRESS, { transport }, asked);
		expect(targets(located)).toEqual([`${transport} 192.0.2.1:${port}`]);
		expect(asked[0]).toBe(`SRV ${prefix}.a.example`);
	});

	it('has no registrar where SRV says that the service is not there', async () => {
		const zone = { ...ADDRESS, 'SRV _sip._tcp.a.example': [srv('.', 0)] };
		const located = await locate(zone, { transport: 'tcp' });
		expect(located).toMatchObject({ outcome: 'no-record', name: '_sip._tcp.a.example' });
	});
});

describe('a name alone', () => {
	it('follows NAPTR, then SRV, then addresses, and says that it did', async () => {
		const zone = {
			'NAPTR a.example': [
				naptr('SIP+D2U', '_sip._udp.a.example', 20),
				naptr('SIP+D2T', '_sip._tcp.a.example', 10),
			],
			'SRV _sip._tcp.a.example': [srv('t.example', 5080)],
			'SRV _sip._udp.a.example': [srv('u.example', 5090)],
			'A t.example': ['192.0.2.3'],
			'A u.example': ['192.0.2.4'],
		};
		const located = await locate(zone);
		expect(targets(located)).toEqual(['tcp 192.0.2.3:5080', 'udp 192.0.2.4:5090']);
		expect(located.kind === 'located' && located.targets[0].via).toEqual([
			'NAPTR SIP+D2T',
			'SRV _sip._tcp.a.example (priority 10, weight 0)',
			't.example',
		]);
	});

	it('takes secure services alone for a sips: address-of-record', async () => {
		const zone = {
			'NAPTR a.example': [
				naptr('SIP+D2U', '_sip._udp.a.example'),
				naptr('SIPS+D2T', '_sips._tcp.a.example', 50),
			],
			'SRV _sips._tcp.a.example': [srv('s.example', 5061)],
			'A s.example': ['192.0.2.5'],
		};
		expect(targets(await locate(zone, { secure: true }))).toEqual(['tls 192.0.2.5:5061']);
	});

	it('knows the services of WebSocket (RFC 7118)', async () => {
		const zone = {
			'NAPTR a.example': [naptr('SIPS+D2W', '_sips._ws.a.example')],
			'SRV _sips._ws.a.example': [srv('w.example', 8443)],
			'A w.example': ['192.0.2.6'],
		};
		expect(targets(await locate(zone))).toEqual(['wss 192.0.2.6:8443']);
	});

	it('leaves NAPTR records of other services and flags alone', async () => {
		const zone = {
			...ADDRESS,
			'NAPTR a.example': [
				naptr('E2U+sip', 'x.example'),
				{ ...naptr('SIP+D2T', 'y.example'), flags: 'u' },
			],
		};
		expect(targets(await locate(zone))).toEqual(['udp 192.0.2.1:5060']);
	});

	it('asks for SRV of each transport where there is no NAPTR, UDP first', async () => {
		const zone = {
			'SRV _sip._tcp.a.example': [srv('t.example', 5060)],
			'SRV _sip._udp.a.example': [srv('t.example', 5060)],
			'A t.example': ['192.0.2.3'],
		};
		expect(targets(await locate(zone))).toEqual(['udp 192.0.2.3:5060', 'tcp 192.0.2.3:5060']);
	});

	it('is an address at the default port where there is neither', async () => {
		const zone = { 'A a.example': ['192.0.2.1'], 'AAAA a.example': ['2001:db8::1'] };
		expect(targets(await locate(zone))).toEqual(['udp 192.0.2.1:5060', 'udp [2001:db8::1]:5060']);
	});

	it('goes on to the address where the questions before it were not answered', async () => {
		const zone = {
			...ADDRESS,
			'NAPTR a.example': 'ETIMEOUT',
			'SRV _sip._udp.a.example': 'ESERVFAIL',
		};
		expect(targets(await locate(zone))).toEqual(['udp 192.0.2.1:5060']);
	});

	it('does not go to the address where the host that SRV names has none', async () => {
		const zone = { ...ADDRESS, 'SRV _sip._udp.a.example': [srv('gone.example', 5060)] };
		expect(await locate(zone)).toMatchObject({
			kind: 'not-located',
			name: 'gone.example',
			outcome: 'nxdomain',
		});
	});

	it('is found in the hosts file where the DNS knows nothing', async () => {
		const located = await locate({ 'HOSTS a.example': ['192.0.2.9'] });
		expect(located).toMatchObject({ kind: 'located', from: 'system' });
		expect(targets(located)).toEqual(['udp 192.0.2.9:5060']);
	});

	it('is tried at six places at most, and at four of one host', async () => {
		const many = Array.from({ length: 200 }, (_, index) => `192.0.2.${index}`);
		const zone = {
			'SRV _sip._udp.a.example': [srv('b.example', 5060, 1), srv('c.example', 5060, 2)],
			'A b.example': many,
			'A c.example': ['198.51.100.1', '198.51.100.1', '198.51.100.2', '198.51.100.3'],
		};
		const located = await locate(zone);
		expect(targets(located)).toEqual([
			...['192.0.2.0', '192.0.2.1', '192.0.2.2', '192.0.2.3'].map((one) => `udp ${one}:5060`),
			...['198.51.100.1', '198.51.100.2'].map((one) => `udp ${one}:5060`),
		]);
	});

	it('keeps every question with its answer and its time', async () => {
		const located = await locate({ 'A a.example': ['192.0.2.1'], 'AAAA a.example': 'ENODATA' });
		const told = located.lookups.map(({ type, name, outcome, data }) =>
			[type, name, outcome, ...data].join(' '),
		);
		expect(told).toEqual([
			'NAPTR a.example nxdomain',
			'SRV _sip._udp.a.example nxdomain',
			'SRV _sip._tcp.a.example nxdomain',
			'SRV _sips._tcp.a.example nxdomain',
			'A a.example answered 192.0.2.1',
			'AAAA a.example empty',
		]);
		expect(located.lookups.every(({ ms }) => ms > 0)).toBe(true);
	});
});

describe('a name that leads nowhere', () => {
	it.each([
		['ENOTFOUND', 'ENOTFOUND', 'nxdomain', 'ENOTFOUND'],
		['ENODATA', 'ENODATA', 'no-record', 'ENODATA'],
		['ENODATA', 'ENOTFOUND', 'no-record', 'ENODATA'],
		['ENOTFOUND', 'ETIMEOUT', 'timed-out', 'ETIMEOUT'],
		['ESERVFAIL', 'ENODATA', 'failure', 'ESERVFAIL'],
		['ENODATA', 'EREFUSED', 'failure', 'EREFUSED'],
		['ECONNREFUSED', 'ECONNREFUSED', 'failure', 'ECONNREFUSED'],
	])('takes A %s and AAAA %s for %s', async (a, aaaa, outcome, errno) => {
		const located = await locate({ 'A a.example': a, 'AAAA a.example': aaaa });
		expect(located).toMatchObject({ kind: 'not-located', name: 'a.example', outcome, errno });
	});
});

describe('whatever a name server says', () => {
	it('ends in six targets at most, or in a reason', async () => {
		const name = fc.oneof(fc.string(), fc.constantFrom('.', '', 'b.example', '192.0.2.1'));
		const number = fc.nat(65_535);
		const service = fc.record({ name, port: number, priority: number, weight: number });
		const pointer = fc.record({
			flags: fc.constantFrom('s', 'S', 'a', 'u', ''),
			service: fc.oneof(fc.constantFrom('SIP+D2U', 'sips+d2t', 'SIPS+D2W'), fc.string()),
			regexp: fc.constantFrom('', '!x!y!'),
			...{ replacement: name, order: number, preference: number },
		});
		const zones = fc.record({
			naptr: fc.array(pointer),
			srv: fc.array(service),
			a: fc.array(fc.string()),
		});
		await fc.assert(
			fc.asyncProperty(zones, fc.boolean(), async (zone, secure) => {
				const resolver = {
					...zoneResolver({}),
					resolveNaptr: () => Promise.resolve(zone.naptr),
					resolveSrv: () => Promise.resolve(zone.srv),
					resolve4: () => Promise.resolve(zone.a),
				};
				const question = { host: 'a.example', port: undefined, transport: undefined, secure };
				const located = await locateRegistrar(question, {
					...{ resolver, now: () => 0, random: () => 0.5 },
				});
				if (located.kind === 'not-located') return;
				expect(located.targets.length).toBeLessThanOrEqual(6);
				if (secure)
					expect(located.targets.every(({ transport }) => /^(tls|wss)$/.test(transport))).toBe(
						true,
					);
			}),
		);
	});
});
