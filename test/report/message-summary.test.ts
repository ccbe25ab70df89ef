import { describe, expect, it } from 'vitest';
import { messageSummary } from '../../src/report/message-summary.js';
import { credentials, header, registerRequest, sipResponse } from './analysis-builder.js';

describe('messageSummary', () => {
	it('names method, Request-URI and CSeq number of a request', () => {
		expect(messageSummary(registerRequest(1))).toBe('REGISTER sip:example.com (CSeq 1)');
	});

	it('says that credentials are there, and shows none', () => {
		expect(messageSummary(registerRequest(2, credentials()))).toBe(
			'REGISTER sip:example.com (CSeq 2, with credentials)',
		);
	});

	it('tells a removal by the Expires header field or by every Contact', () => {
		const contact = header('Contact', '<sip:1001@10.0.0.5>');
		const gone = header('Contact', '<sip:1001@10.0.0.5>;expires=0');
		const removal = 'REGISTER sip:example.com (CSeq 1, expires 0)';
		expect(messageSummary(registerRequest(1, contact, header('Expires', '0')))).toBe(removal);
		expect(messageSummary(registerRequest(1, gone))).toBe(removal);
		expect(messageSummary(registerRequest(1, gone, contact))).not.toBe(removal);
	});

	it('is status and reason of a response, as UTF-8 where it is that', () => {
		expect(messageSummary(sipResponse(401, 'Unauthorized'))).toBe('401 Unauthorized');
		expect(messageSummary(sipResponse(404, 'Kein Anschlu\xc3\x9f'))).toBe('404 Kein Anschluß');
		expect(messageSummary(sipResponse(500, ''))).toBe('500');
	});
});
