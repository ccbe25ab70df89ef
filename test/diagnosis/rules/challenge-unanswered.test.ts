import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyseTranscriptFile } from '../../support/transcript.js';

const FIXTURES = join(import.meta.dirname, '../../../fixtures/rules/challenge-unanswered');

function sureOf(name: string): string | undefined {
	return analyseTranscriptFile(join(FIXTURES, name)).registrations[0]?.cause?.confidence;
}

describe('challenge-unanswered', () => {
	it('is strong at the phone, where credentials that were sent would show', () => {
		expect(sureOf('fires-nothing-follows-at-the-phone-as-cause.sip')).toBe('strong');
	});

	it('is only possible at the server, where credentials may have been lost on their way', () => {
		expect(sureOf('fires-one-challenge-at-the-server-as-cause.sip')).toBe('possible');
	});
});
