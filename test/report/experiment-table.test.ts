import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../src/analysis/analysis.js';
import { renderTerminal } from '../../src/report/terminal.js';
import * as build from './analysis-builder.js';

const HOPS = {
	source: 'probe',
	id: 'traceroute',
	verdict: 'measured',
	text: 'one SIP hop before the registrar',
	columns: ['Max-Forwards', 'answer', 'by', 'from', 'after'],
	rows: [
		[
			'0',
			'483 Too Many Hops',
			'kamailio (5.6.3 (x86_64/linux))',
			'[2001:db8:203::10]:5060',
			'8 ms',
		],
		['1', '401 Unauthorized', 'kamailio (5.6.3 (x86_64/linux))', '[2001:db8:203::10]:5060', '1 ms'],
	],
} satisfies NonNullable<Analysis['experiments']>[number];

describe('the table of an experiment', () => {
	it.each([80, 100, 120])('breaks no address in %i columns', (columns) => {
		const analysis = build.analysis({ experiments: [HOPS] });
		const lines = renderTerminal(analysis, { columns, colour: false }).split('\n');
		expect(lines.filter((line) => line.includes('[2001:db8:203::10]:5060'))).toHaveLength(2);
		for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
	});
});
