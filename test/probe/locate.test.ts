import { describe, expect, it } from 'vitest';
import { locate } from '../../src/probe/locate.js';
import type { Resolver } from '../../src/probe/resolver.js';

type Answer = readonly string[] | string;

/** Each answer is addresses, or the code of an error. */
function resolver(a: Answer, aaaa: Answer, system: Answer = 'ENOTFOUND'): Resolver {
	const give = (answer: Answer): Promise<readonly string[]> =>
		typeof answer === 'string'
			? Promise.reject(Object.assign(new Error(answer), { code: answer }))
			: Promise.resolve(answer);
	return { resolve4: () => give(a), resolve6: () => give(aaaa), lookup: () => give(system) };
}

describe('locating a registrar', () => {
	it.each(['192.0.2.1', '2001:db8::1'])('asks nobody about the address %s', async (address) => {
		const located = await locate(address, resolver('EBUG', 'EBUG', 'EBUG'));
		expect(located).toEqual({
			kind: 'located',
			addresses: [address],
			from: 'literal',
			answers: [],
		});
	});

	it('tries IPv4 addresses before IPv6 ones', async () => {
		const located = await locate('a.example', resolver(['192.0.2.1'], ['2001:db8::1']));
		expect(located).toMatchObject({ addresses: ['192.0.2.1', '2001:db8::1'], from: 'dns' });
	});

	it('is content with an AAAA record alone', async () => {
		const located = await locate('a.example', resolver('ENODATA', ['2001:DB8:0::1']));
		expect(located).toMatchObject({ addresses: ['2001:db8::1'] });
	});

	it('tries a repeated address once', async () => {
		const located = await locate('a.example', resolver(['192.0.2.1', '192.0.2.1'], []));
		expect(located).toMatchObject({ addresses: ['192.0.2.1'] });
	});

	it('takes the hosts file where the DNS knows nothing', async () => {
		const located = await locate('pbx', resolver('ENOTFOUND', 'ENOTFOUND', ['192.0.2.9']));
		expect(located).toMatchObject({ addresses: ['192.0.2.9'], from: 'system' });
	});

	it('cuts an answer of absurd length', async () => {
		const many = Array.from({ length: 200 }, (_, index) => `192.0.2.${index}`);
		const located = await locate('a.example', resolver(many, []));
		expect(located.kind === 'located' && located.addresses).toHaveLength(16);
	});

	it.each([
		['ENOTFOUND', 'ENOTFOUND', 'nxdomain', 'ENOTFOUND'],
		['ENODATA', 'ENODATA', 'no-record', 'ENODATA'],
		['ENODATA', 'ENOTFOUND', 'no-record', 'ENODATA'],
		['ENOTFOUND', 'ETIMEOUT', 'timed-out', 'ETIMEOUT'],
		['ESERVFAIL', 'ENODATA', 'failure', 'ESERVFAIL'],
		['ENODATA', 'EREFUSED', 'failure', 'EREFUSED'],
		['ECONNREFUSED', 'ECONNREFUSED', 'failure', 'ECONNREFUSED'],
	])('takes A %s and AAAA %s for %s', async (a, aaaa, outcome, errno) => {
		const located = await locate('a.example', resolver(a, aaaa));
		expect(located).toMatchObject({ kind: 'not-located', outcome, errno });
	});
});
