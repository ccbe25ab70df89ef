import { describe, expect, it } from 'vitest';
import type { SipRequest, SipResponse } from '../../src/sip/message.js';
import type { Observed } from '../../src/trace/observed.js';
import { EarlyResponses } from '../../src/transaction/early-responses.js';
import { accepted, request, sent } from '../support/exchange.js';
import { clientTransactionsIn } from '../support/transcript.js';

const register = request();
const [transaction] = clientTransactionsIn(sent(register, 0) + accepted(register, 0));
const asked = transaction?.request;
const answer = transaction?.final;
if (asked === undefined || answer === undefined) throw new Error('no exchange');
const ASKED: Observed<SipRequest> = asked;
const ANSWER: Observed<SipResponse> = answer;

const MS = 1_000;

function at<M extends SipRequest | SipResponse>(observed: Observed<M>, ms: number): Observed<M> {
	return { ...observed, at: observed.at + ms * MS };
}

describe('responses before their request', () => {
	it('are taken by the request that they answer, once', () => {
		const early = new EarlyResponses();
		early.add('a', ANSWER);
		expect(early.takeFor('a', at(ASKED, 2))).toEqual([ANSWER]);
		expect(early.takeFor('a', at(ASKED, 2))).toEqual([]);
	});

	it('are not taken by a request of another identity, another capture or another way', () => {
		const early = new EarlyResponses();
		early.add('a', ANSWER);
		const { address, port } = ASKED.src;
		expect(early.takeFor('b', ASKED)).toEqual([]);
		expect(early.takeFor('a', { ...ASKED, source: 'other.pcap' })).toEqual([]);
		expect(early.takeFor('a', { ...ASKED, src: { address, port: port + 1 } })).toEqual([]);
		expect(early.list()).toEqual([ANSWER]);
	});

	it('are over once another comes much later', () => {
		const early = new EarlyResponses();
		expect(early.add('a', ANSWER)).toEqual([]);
		expect(early.add('b', at(ANSWER, 99))).toEqual([]);
		expect(early.add('c', at(ANSWER, 110))).toEqual([ANSWER]);
		expect(early.list()).toHaveLength(2);
	});

	it('are not waited for without end where a capture shows one direction alone', () => {
		const early = new EarlyResponses();
		let over = 0;
		for (let n = 0; n < 1_000; n += 1) over += early.add(`${n}`, ANSWER).length;
		expect(early.list().length).toBeLessThanOrEqual(64);
		expect(over + early.list().length).toBe(1_000);
	});
});
