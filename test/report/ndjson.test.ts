import { describe, expect, it } from 'vitest';
import { ndjsonOfRegistrations, ndjsonPieces } from '../../src/report/ndjson.js';
import * as build from './analysis-builder.js';

const TOOL = { name: 'sipdoctor', version: '1.0.0' };

function typesOf(text: string): readonly unknown[] {
	return text.split('\n').map((line) => (JSON.parse(line) as { readonly type: unknown }).type);
}

describe('an analysis as NDJSON', () => {
	const analysis = build.analysis({
		registrations: [build.registration(), build.registration()],
		findings: [build.finding({ id: 'scanner-traffic', summary: 'one\ntwo' })],
	});

	it('is a line for each source, registration and finding, and the summary last', () => {
		expect(typesOf([...ndjsonPieces(analysis, TOOL)].join(''))).toEqual([
			...['source', 'registration', 'registration', 'finding', 'summary'],
		]);
	});

	it('is registrations alone while more is read', () => {
		expect(typesOf(ndjsonOfRegistrations(analysis, TOOL))).toEqual([
			'registration',
			'registration',
		]);
	});
});
