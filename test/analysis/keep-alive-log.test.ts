/* Requests to phones are kept with their answers, within bounds. */
import { describe, expect, it } from 'vitest';
import { SourceLog } from '../../src/analysis/source-log.js';
import { accepted, type Request, request, sent } from '../support/exchange.js';
import { readTranscript } from '../support/transcript.js';

const PHONE = '198.51.100.7:41022';
const REGISTER = request({ client: PHONE });
const REGISTERED = sent(REGISTER, 0) + accepted(REGISTER, 0.02);

function options(cseq: number, at: number, parts: Partial<Request> = {}): string {
	return ask(asked(cseq, parts), at);
}

function asked(cseq: number, parts: Partial<Request> = {}): Request {
	return request({ client: '203.0.113.5:5060', server: PHONE, callId: 'ping', cseq, ...parts });
}

function ask(ping: Request, at: number): string {
	return sent(ping, at).replaceAll('REGISTER', 'OPTIONS');
}

function kept(...events: readonly string[]) {
	return readTranscript([REGISTERED, ...events].join('')).source.keepAlives;
}

describe('the log of keep-alives', () => {
	it('holds a request to a phone, and its answer', () => {
		const answer = accepted(asked(1), 5.03).replaceAll('REGISTER', 'OPTIONS');
		const [one] = kept(options(1, 5), answer);
		expect(one).toMatchObject({ method: 'OPTIONS', copies: 1, answer: { statusCode: 200 } });
	});

	it('counts copies of one request', () => {
		expect(kept(options(1, 5), options(1, 5.5), options(1, 6.5))).toMatchObject([{ copies: 3 }]);
	});

	it('says of an unanswered one that it is', () => {
		expect(kept(options(1, 5)).map(({ answer }) => answer)).toEqual([undefined]);
	});

	it('holds an answer that comes from another port of the phone', () => {
		const answer = accepted(asked(1, { server: '198.51.100.7:9' }), 5.03);
		const [one] = kept(options(1, 5), answer.replaceAll('REGISTER', 'OPTIONS'));
		expect(one?.answer?.statusCode).toBe(200);
	});

	it('leaves what is asked of others', () => {
		expect(kept(options(1, 5, { server: '192.0.2.1:5060' }))).toEqual([]);
	});

	it('keeps the latest of a phone that is asked all day', () => {
		const all = Array.from({ length: 100 }, (_, index) => options(index + 1, index + 1));
		const held = kept(...all);
		expect(held).toHaveLength(48);
		expect(held.at(-1)?.frame).toBe(102);
	});

	it('wants the answers of a phone only while one is due', () => {
		const log = new SourceLog();
		expect(log.wantsResponse({ address: '198.51.100.7', port: 41_022 })).toBe(false);
	});

	it('remembers by which phones a flow was kept open', () => {
		const ping = `+9.0 PING ${PHONE} > 203.0.113.5:5060\n`;
		const other = '+9.1 PING 192.0.2.1:5060 > 203.0.113.5:5060\n';
		expect([...readTranscript(REGISTERED + ping + other).source.keptAlive]).toEqual([PHONE]);
	});
});
