import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/diagnosis/finding.js';
import { answered, request, sent } from '../../support/exchange.js';
import { analyseTranscript } from '../../support/transcript.js';

const phone = request();
const timeout = (register: typeof phone, at: number): string =>
	answered(register, at, { status: 408 });

function causeOf(text: string): Finding | undefined {
	return analyseTranscript(text).registrations[0]?.cause;
}

describe('upstream-timeout', () => {
	it('is proven by the unanswered leg behind the proxy, which it names', () => {
		const relayed = {
			...phone,
			...{ client: '203.0.113.5:5060', server: '10.0.0.20:5060', branch: 'z9hG4bKproxy' },
			below: ['SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bK1'],
		};
		const cause = causeOf(sent(phone, 0) + sent(relayed, 0.002) + timeout(phone, 32));
		expect(cause?.confidence).toBe('proven');
		expect(cause?.summary).toContain('(10.0.0.20)');
	});

	it('is only possible where the 408 comes at once, as nobody has waited for anything', () => {
		const atOnce = causeOf(sent(phone, 0) + timeout(phone, 0.002));
		expect(atOnce).toMatchObject({ id: 'upstream-timeout', confidence: 'possible' });
		expect(atOnce?.summary).toContain('at once');
		expect(causeOf(sent(phone, 0) + timeout(phone, 5))).toMatchObject({ confidence: 'strong' });
	});

	it('does not take the other side of a NAT for the registrar behind the proxy', () => {
		const outside = { ...phone, client: '198.51.100.7:41022' };
		const text = [
			sent(phone, 0),
			sent(outside, 0.0005),
			timeout(outside, 32),
			timeout(phone, 32.0005),
		];
		const cause = causeOf(text.join(''));
		expect(cause?.id).toBe('upstream-timeout');
		expect(cause?.summary).not.toContain('behind it (');
	});
});
