import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Step } from '../../src/analysis/analysis.js';
import { renderJunit } from '../../src/report/junit.js';
import { analyses } from './analysis-arbitrary.js';
import * as build from './analysis-builder.js';
import { unknownToReaders } from './junit-elements.js';

function step(id: string, state: Step['state'], text: string, ms?: number): Step {
	return { id, state, ms, text };
}

const STEPS = [
	step('name', 'ok', 'found', 12.5),
	step('binding', 'failed', 'not <registered>'),
	step('nat', 'cannot-tell', 'no answer came'),
	step('unregistered', 'skipped', 'nothing was bound'),
];

describe('an analysis as JUnit', () => {
	const text = renderJunit(
		build.analysis({ registrations: [build.registration({ steps: STEPS })] }),
		'fatal',
	);

	it('has a test case for the registration, failed with its cause', () => {
		expect(text).toContain('<failure type="realm-mismatch" message="The registrar asked for realm');
		expect(text).toContain('fix (phone): set the authentication realm');
	});

	it('has one for each step, with its time', () => {
		expect(text).toMatch(/name="name" time="0\.013">\s*<system-out>found</);
		expect(text).toContain('<failure type="binding" message="not &lt;registered&gt;">');
		expect(text).toContain('<skipped message="cannot tell: no answer came"/>');
		expect(text).toContain('tests="5" failures="2" errors="0" skipped="2"');
	});

	it('has nothing that its readers do not know, and all that they need', () => {
		expect(unknownToReaders(text)).toEqual([]);
	});

	it('fails no registration below the threshold', () => {
		const analysis = build.analysis({ registrations: [build.registration()] });
		expect(renderJunit(analysis, 'never')).not.toContain('<failure');
	});

	it('holds nothing that XML forbids, and escapes the rest, whatever is on the wire', () => {
		fc.assert(
			fc.property(analyses, (analysis) => {
				const xml = renderJunit(analysis, 'fatal');
				// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
				expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
				const rest = xml
					.replace(/^<\?xml[^<>]*\?>/, '')
					.replace(/<\/?[a-z-]+(?: [a-z]+="[^"<>]*")*\/?>/g, '');
				expect(rest).not.toMatch(/[<>]|&(?!(?:amp|lt|gt|quot|apos|#\d+);)/);
			}),
			{ numRuns: 50 },
		);
	});
});
