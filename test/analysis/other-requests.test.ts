/* Requests other than REGISTER: what is remembered of them, within bounds. */
import { describe, expect, it } from 'vitest';
import { OtherRequests } from '../../src/analysis/other-requests.js';
import { accepted, type Request, request, sent } from '../support/exchange.js';
import { readTranscript } from '../support/transcript.js';

const SERVER = { address: '203.0.113.5', port: 5060 };

function phone(port: number, parts: Partial<Request> = {}): Request {
	return request({ client: `192.168.1.10:${port}`, callId: `call-${port}`, ...parts });
}

function calls(one: Request, at: number): string {
	return sent(one, at).replaceAll('REGISTER', 'INVITE');
}

function kept(...events: readonly string[]) {
	const registered = phone(5060, { callId: 'registers' });
	const text = [sent(registered, 0), accepted(registered, 0.02), ...events].join('');
	return readTranscript(text).source.otherRequests;
}

function asked(port: number, isForPhone = false) {
	const src = { address: '192.168.1.10', port };
	return { requestUri: 'sip:100@example.com', method: 'INVITE', src, dst: SERVER, isForPhone };
}

describe('the log of other requests', () => {
	it('holds the first call of each phone, also where two call the same number', () => {
		const seen = kept(calls(phone(5060), 5), calls(phone(5062), 6));
		expect(seen.map(({ src }) => src.port)).toEqual([5060, 5062]);
	});

	it('holds what one phone sends again and again once', () => {
		const seen = kept(calls(phone(5060), 5), calls(phone(5060, { cseq: 2 }), 6));
		expect(seen.length).toBe(1);
	});

	it('wants each number that a phone calls, and each phone that calls a number', () => {
		const log = new OtherRequests();
		for (const observed of kept(calls(phone(5060), 5))) log.add(observed);
		expect(log.wants(asked(5060))).toBe(true);
		expect(log.wants(asked(5062))).toBe(true);
	});

	it('keeps no more of senders that nobody knows than it has room for', () => {
		const log = new OtherRequests();
		const [first] = kept(calls(phone(5060), 5));
		if (first === undefined) throw new Error('a call is kept');
		for (let port = 1; port <= 5000; port += 1) {
			log.add({ ...first, src: { address: '192.0.2.1', port } });
		}
		expect(log.all().length).toBe(4000);
		expect(log.wants({ ...asked(5060), requestUri: first.message.requestUri })).toBe(false);
	});
});
