import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analyseTranscript } from '../../support/transcript.js';

const ONCE = readFileSync('fixtures/rules/refresh-too-late/fires-once.sip', 'utf8');

function confidenceIn(text: string): string | undefined {
	const [registration] = analyseTranscript(text).registrations;
	return registration?.findings.find(({ id }) => id === 'refresh-too-late')?.confidence;
}

describe('refresh-too-late', () => {
	it('is likely where the phone itself was seen to be late once over UDP', () => {
		expect(confidenceIn(ONCE)).toBe('likely');
	});

	it('is possible farther away, where the line may have held up or lost a REGISTER', () => {
		const atTheServer = ONCE.replace(/\[ttl=(64|57)\]/g, (_, ttl) =>
			ttl === '64' ? '[ttl=57]' : '[ttl=64]',
		);
		expect(confidenceIn(atTheServer)).toBe('possible');
	});

	it('is possible over TCP, where a REGISTER waits behind what was not acknowledged', () => {
		const overTcp = ONCE.replaceAll(' UDP ', ' TCP ').replaceAll('SIP/2.0/UDP', 'SIP/2.0/TCP');
		expect(confidenceIn(overTcp)).toBe('possible');
	});
});
