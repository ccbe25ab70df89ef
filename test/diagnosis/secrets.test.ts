/* No password that is given comes out again, whatever is said of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toJsonDocument } from '../../src/report/json.js';
import { renderTerminal } from '../../src/report/terminal.js';
import { analyseTranscript } from '../support/transcript.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures/rules');
const TOOL = { name: 'sipdoctor', version: '0' };

/** Transcripts with an account, by file name. */
const withAccount = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
	.filter((name) => name.endsWith('.sip'))
	.map((name) => [name, readFileSync(join(FIXTURES, name), 'utf8')] as const)
	.filter(([, text]) => /^# account /m.test(text));

function reported(text: string): string {
	const analysis = analyseTranscript(text);
	const json = JSON.stringify(toJsonDocument(analysis, TOOL));
	return renderTerminal(analysis, { columns: 400, colour: false }) + json;
}

describe('a report', () => {
	it('is made of many transcripts with an account', () => {
		expect(withAccount.length).toBeGreaterThan(40);
	});

	it.each(withAccount)('holds no password and no response: %s', (_name, text) => {
		const told = reported(text);
		for (const [, password = ''] of text.matchAll(/^# account \S+ (\S+)$/gm))
			expect(told).not.toContain(password);
		for (const [, response = ''] of text.matchAll(/response="([0-9a-f]+)"/g))
			expect(told).not.toContain(response);
	});
});
