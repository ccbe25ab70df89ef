/** What came of DNS questions, as events built from values. */
import type { DnsEvent } from '../../src/trace/observed.js';

/** `['A', 'sip.example.com', 'nxdomain']`; records as `name type data`. */
export function lookup(
	type: string,
	name: string,
	outcome: DnsEvent['outcome'],
	records: readonly string[] = [],
	more: Partial<DnsEvent> = {},
): DnsEvent {
	return {
		...{ kind: 'dns', at: 0, source: 's', frame: 1 },
		src: { address: '192.168.1.10', port: 40_000 },
		dst: { address: '192.168.1.1', port: 53 },
		...{ type, name, outcome, copies: 1 },
		answers: records.map((record) => {
			const [owner = '', kind = '', ...data] = record.split(' ');
			return { name: owner, type: kind, ttl: 300, data: data.join(' ') };
		}),
		...more,
	};
}
