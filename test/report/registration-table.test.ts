import { describe, expect, it } from 'vitest';
import { renderTerminal } from '../../src/report/terminal.js';
import * as build from './analysis-builder.js';

const AOR = 'sip:1001@sip.example.com';

/** The lines of the table of one phone that was tried over these, in such a width. */
function table(
	tried: readonly { readonly server: string; readonly transport: 'udp' | 'tcp' }[],
	columns: number,
): string {
	const registrations = tried.map(({ server, transport }) => {
		const host = 'sip.example.com';
		const client = { address: 'fd00:31::30', port: 5060 };
		const leg = { client, server: { address: server, port: 5060 }, transport, source: 'probe' };
		return build.registration({
			aor: AOR,
			target: { host, port: 5060, transport },
			path: [leg],
		});
	});
	const text = renderTerminal(build.analysis({ registrations }), { columns, colour: false });
	return text.split('─'.repeat(20))[0] ?? '';
}

describe('the table of one phone', () => {
	it.each([60, 80, 120])('tells its transports apart in %i columns', (columns) => {
		const text = table(
			[
				{ server: '2001:db8:203::10', transport: 'udp' },
				{ server: '2001:db8:203::10', transport: 'tcp' },
			],
			columns,
		);
		expect(text).toContain(':5060/udp ');
		expect(text).toContain(':5060/tcp ');
	});

	it.each([60, 80, 120])('tells the servers of one target apart in %i columns', (columns) => {
		const text = table(
			[
				{ server: '203.0.113.10', transport: 'udp' },
				{ server: '2001:db8:203::10', transport: 'udp' },
			],
			columns,
		);
		expect(text).toContain(' 203.0.113.10:5060/udp ');
		expect(text).toContain(' [2001:db8:203::10]:5060/udp ');
	});

	it('is no place for a server that is everywhere the same', () => {
		const one = { server: '203.0.113.10', transport: 'udp' } as const;
		expect(table([one, one], 120)).not.toContain('203.0.113.10:5060/udp');
	});
});
