import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyseTranscript, analyseTranscriptFile } from '../../support/transcript.js';

const FIXTURES = join(import.meta.dirname, '../../../fixtures/rules/challenge-unanswered');

function sureOf(name: string): string | undefined {
	return analyseTranscriptFile(join(FIXTURES, name)).registrations[0]?.cause?.confidence;
}

describe('challenge-unanswered', () => {
	it('is strong at the phone, where credentials that were sent would show', () => {
		expect(sureOf('fires-nothing-follows-at-the-phone-as-cause.sip')).toBe('strong');
	});

	it('is likely where the snaplen cut the challenge: why nobody can answer it may be behind', () => {
		const text = readFileSync(
			join(FIXTURES, 'fires-nothing-follows-at-the-phone-as-cause.sip'),
			'utf8',
		);
		const cut = text.replace(/^(\S+ UDP .*)(\nSIP\/2\.0 401)/m, '$1 [cut]$2');
		expect(analyseTranscript(cut).registrations[0]?.cause).toMatchObject({
			id: 'challenge-unanswered',
			confidence: 'likely',
		});
	});

	it('is only possible at the server, where credentials may have been lost on their way', () => {
		expect(sureOf('fires-one-challenge-at-the-server-as-cause.sip')).toBe('possible');
	});
});
