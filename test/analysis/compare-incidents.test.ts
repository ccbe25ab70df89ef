import { describe, expect, it } from 'vitest';
import type { DiagnosedRegistration } from '../../src/analysis/analysis.js';
import { type Comparison, compareIncidents } from '../../src/analysis/compare-incidents.js';
import type { Attempt } from '../../src/registration/registration.js';
import { comparisonText } from '../../src/report/comparison-text.js';
import { makePalette } from '../../src/report/palette.js';
import type { ConnectionEvent, ExperimentEvent, ProbeEvent } from '../../src/trace/observed.js';
import { finding, PHONE, registration, SERVER } from '../report/analysis-builder.js';

const OFFICE = 'office.pcapng';
const HOTSPOT = 'hotspot.pcapng';
const INCIDENTS = [[OFFICE], [HOTSPOT]];

function seenIn(
	source: string,
	more: Partial<DiagnosedRegistration> = {},
	server = SERVER,
): DiagnosedRegistration {
	const path = [{ client: PHONE, server, transport: 'udp' as const, source }];
	return registration({ path, cause: undefined, findings: [], ...more });
}

const registered = { outcome: 'registered', finalStatus: 200 } as const;
const unanswered = {
	outcome: 'unanswered',
	finalStatus: undefined,
	cause: finding({ id: 'no-response' }),
} as const;

function compare(...registrations: readonly DiagnosedRegistration[]): Comparison | undefined {
	return compareIncidents(INCIDENTS, registrations)[0];
}

function row(comparison: Comparison | undefined, id: string) {
	return comparison?.rows.find((one) => one.id === id);
}

describe('what differs between separate incidents', () => {
	it('is told of an address-of-record that is in more than one of them', () => {
		const other = { ...seenIn(HOTSPOT, registered), aor: 'sip:somebody@else.example' };
		expect(compare(seenIn(OFFICE, unanswered), other)).toBeUndefined();
		expect(compareIncidents([[OFFICE]], [seenIn(OFFICE)])).toEqual([]);
	});

	it('names outcome and cause of each, and what is the same', () => {
		const comparison = compare(seenIn(OFFICE, unanswered), seenIn(HOTSPOT, registered));
		expect(row(comparison, 'outcome')).toMatchObject({
			values: ['unanswered', 'registered'],
			differs: true,
		});
		expect(row(comparison, 'cause')?.values).toEqual(['no-response', undefined]);
		expect(row(comparison, 'server')).toMatchObject({ differs: false });
	});

	it('points to the name first, where another server was asked', () => {
		const elsewhere = { address: '198.51.100.99', port: 5060 };
		const comparison = compare(seenIn(OFFICE, unanswered, elsewhere), seenIn(HOTSPOT, registered));
		expect(comparison?.says).toMatch(/another server was asked, so look at what the name resolves/);
	});

	it('points away from the networks, where it fails alike', () => {
		const client = { address: '198.51.100.7', port: 40_000 };
		const path = [{ client, server: SERVER, transport: 'udp' as const, source: HOTSPOT }];
		const comparison = compare(
			seenIn(OFFICE, unanswered),
			seenIn(HOTSPOT, { ...unanswered, path }),
		);
		expect(comparison?.says).toMatch(/fails alike .* the account and the server/);
	});

	it('tells what each probe found of NAT and ALG, where it tried', () => {
		const event = { kind: 'experiment', at: 0, frame: 9, text: '', columns: [], rows: [] } as const;
		const alg = { ...event, id: 'alg', proof: [] } as const;
		const tried: readonly ExperimentEvent[] = [
			{ ...alg, source: OFFICE, verdict: 'alg-proven' },
			{ ...alg, source: HOTSPOT, verdict: 'no-alg' },
			{ ...alg, source: OFFICE, id: 'stun', verdict: 'endpoint-dependent' },
			{ ...alg, source: HOTSPOT, id: 'stun', verdict: 'endpoint-independent' },
			{ ...alg, source: OFFICE, id: 'nat-timeout', verdict: 'measured', text: 'it lives 30 s' },
		];
		const both = [seenIn(OFFICE, registered), seenIn(HOTSPOT, registered)];
		const [comparison] = compareIncidents(INCIDENTS, both, tried);
		expect(row(comparison, 'alg')?.values).toEqual(['sip-alg (proven)', 'none, tried']);
		expect(row(comparison, 'mapping')?.values).toEqual([
			'endpoint dependent',
			'endpoint independent',
		]);
		expect(row(comparison, 'nat-lifetime')?.values).toEqual(['it lives 30 s', undefined]);
		expect(comparison?.says).toContain('only one of them shows an ALG');
	});

	it('is told as well where one of the probes could not send a REGISTER', () => {
		const probe: ProbeEvent = {
			...{ kind: 'probe', at: 0, frame: 1, source: OFFICE, aor: 'sip:1001@example.com' },
			target: { host: 'example.com', port: SERVER.port, transport: 'tcp' },
		};
		const refused: ConnectionEvent = {
			...{ kind: 'connection', at: 0, frame: 2, source: OFFICE, outcome: 'refused' },
			...{ transport: 'tcp', src: PHONE, dst: SERVER, errno: 'ECONNREFUSED' },
		};
		const decisive: Attempt = {
			...{ number: 1, repeated: 0, transactions: [], outcome: 'unreachable' },
			...{ finalStatus: undefined, grantedExpires: undefined, failures: [refused] },
		};
		const unsent = seenIn(OFFICE, {
			...{ outcome: 'unreachable', finalStatus: undefined, path: [], probe, decisive },
			...{ attempts: [decisive], cause: finding({ id: 'tcp-refused' }) },
		});
		const comparison = compare(unsent, seenIn(HOTSPOT, registered));
		expect(row(comparison, 'cause')?.values).toEqual(['tcp-refused', undefined]);
		expect(row(comparison, 'server')).toMatchObject({ differs: false });
	});

	it('has no row for what neither probe tried', () => {
		const comparison = compare(seenIn(OFFICE, registered), seenIn(HOTSPOT, registered));
		expect(row(comparison, 'mapping')).toBeUndefined();
	});

	it('does not say that one shows an ALG where the other only proved that it has none', () => {
		const none: ExperimentEvent = {
			...{ kind: 'experiment', at: 0, frame: 9, text: '', columns: [], rows: [] },
			...{ source: OFFICE, id: 'alg', verdict: 'no-alg', proof: [] },
		};
		const both = [seenIn(OFFICE, registered), seenIn(HOTSPOT, registered)];
		expect(compareIncidents(INCIDENTS, both, [none])[0]?.says).not.toContain('ALG');
	});

	it.each([40, 60, 100, 200])('fits a terminal of %i columns', (columns) => {
		const comparison = compare(seenIn(OFFICE, unanswered), seenIn(HOTSPOT, registered));
		if (comparison === undefined) throw new Error('nothing compared');
		const lines = comparisonText(comparison, {
			columns,
			palette: makePalette(false),
			clock: {
				since: () => '',
				frame: () => '',
				letter: (name) => (name === OFFICE ? 'A' : 'B'),
				lettered: (text) => text,
			},
			beyondPhone: new Set(),
		});
		expect(lines.join(' ').replace(/\s+/g, ' ')).toContain('≠ outcome A unanswered');
		for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
	});
});
