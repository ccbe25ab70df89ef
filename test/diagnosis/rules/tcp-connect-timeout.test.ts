import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyseTranscriptFile } from '../../support/transcript.js';

const FOLDER = join(import.meta.dirname, '../../../fixtures/rules/tcp-connect-timeout');

function causeOf(name: string) {
	const cause = analyseTranscriptFile(join(FOLDER, name)).registrations[0]?.cause;
	return { summary: cause?.summary, askedOf: cause?.fix.map(({ who }) => who) };
}

describe('tcp-connect-timeout', () => {
	it('asks the site and the provider where the phone side saw the SYNs go', () => {
		expect(causeOf('fires-refresh-as-cause.sip')).toEqual({
			summary: '203.0.113.5:5060 does not answer the TCP connection: 5 SYNs, nothing came back.',
			askedOf: ['site-network', 'provider'],
		});
	});

	it('asks the provider alone where the SYNs are seen to arrive', () => {
		expect(causeOf('fires-at-the-server-as-cause.sip')).toEqual({
			summary: '5 SYNs arrive at 203.0.113.5:5060, and it answers none of them.',
			askedOf: ['provider'],
		});
	});
});
