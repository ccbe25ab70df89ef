import type { NaptrRecord, SrvRecord } from 'node:dns';
import type { Resolver } from '../../../src/probe/resolver.js';

/** What a name server knows: `A name` and `AAAA name` → addresses, `SRV name` and `NAPTR name` → records, or an errno. */
export type Zone = Readonly<Record<string, readonly (string | SrvRecord | NaptrRecord)[] | string>>;

/** A resolver that knows this zone; whatever is not in it does not exist. `asked` collects the questions. */
export function zoneResolver(zone: Zone, asked: string[] = []): Resolver {
	// Each key holds the records of its own type, as the zone is written here in the tests.
	const ask = <T>(type: string, name: string): Promise<readonly T[]> => {
		asked.push(`${type} ${name}`);
		const found = zone[`${type} ${name}`] ?? 'ENOTFOUND';
		return typeof found === 'string'
			? Promise.reject(Object.assign(new Error(found), { code: found }))
			: Promise.resolve(found as readonly T[]);
	};
	return {
		resolve4: (name) => ask('A', name),
		resolve6: (name) => ask('AAAA', name),
		resolveSrv: (name) => ask('SRV', name),
		resolveNaptr: (name) => ask('NAPTR', name),
		lookup: (name) => ask('HOSTS', name),
		server: { address: '192.0.2.53', port: 53 },
	};
}

export function srv(name: string, port: number, priority = 10, weight = 0): SrvRecord {
	return { name, port, priority, weight };
}

export function naptr(
	service: string,
	replacement: string,
	order = 10,
	preference = 10,
): NaptrRecord {
	return { flags: 's', service, regexp: '', replacement, order, preference };
}
