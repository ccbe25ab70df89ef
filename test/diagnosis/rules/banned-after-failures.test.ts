import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { accepted, request, sent } from '../../support/exchange.js';
import { analyseTranscript } from '../../support/transcript.js';

const FIXTURE = join(
	import.meta.dirname,
	'../../../fixtures/rules/banned-after-failures/fires-of-a-neighbour-as-cause.sip',
);
/** The phone is at port 5060, the one with the wrong password at 5062 of the same address. */
const banned = readFileSync(FIXTURE, 'utf8');

function causeOf(text: string, port: number) {
	return analyseTranscript(text).registrations.find(({ path }) => path[0]?.client.port === port)
		?.cause;
}

describe('a phone beside one that is banned', () => {
	it('is silent because of it, and the other one is named', () => {
		const cause = causeOf(banned, 5060);
		expect(cause?.id).toBe('banned-after-failures');
		expect(cause?.summary).toContain('another phone');
		expect(cause?.confidence).toBe('likely');
	});

	it('is so for sure where a phone of another address is still answered', () => {
		const stranger = request({
			...{ client: '192.0.2.77:5060', server: '203.0.113.10:5060', callId: 'stranger' },
			...{ aor: 'sip:2001@pbx.example.com', branch: 'z9hG4bKstranger' },
		});
		const text = `${banned}\n${sent(stranger, 50)}${accepted(stranger, 50.02)}`;
		expect(causeOf(text, 5060)?.confidence).toBe('strong');
	});

	it('has another cause where that one comes from another address', () => {
		const text = banned
			.replaceAll('198.51.100.32:5062', '198.51.100.77:5062')
			.replaceAll('rport=5062;received=198.51.100.32', 'rport=5062;received=198.51.100.77');
		expect(causeOf(text, 5062)?.id).toBe('banned-after-failures');
		expect(causeOf(text, 5060)?.id).toBe('server-went-silent');
	});
});
