/* No password that is given comes out again, whatever is said of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/diagnosis/catalogue.js';
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

/** The words of ours that may hold a fixture's password by chance, "nonce secret" among them. */
const OURS = CATALOGUE.flatMap(({ title, fix }) => [title, ...fix.map(({ what }) => what)]).flatMap(
	(words) => [words, JSON.stringify(words).slice(1, -1)],
);

function reported(text: string): string {
	const analysis = analyseTranscript(text);
	const json = JSON.stringify(toJsonDocument(analysis, TOOL));
	// So wide that no sentence of ours is broken.
	const told = renderTerminal(analysis, { columns: 5000, colour: false }) + json;
	return OURS.reduce((rest, words) => rest.replaceAll(words, ''), told);
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
