import { describe, expect, it } from 'vitest';
import type { ClientTransaction } from '../../src/transaction/client-transaction.js';
import { isStandIn } from '../../src/transaction/cut-messages.js';
import { clientTransactionsIn } from '../support/transcript.js';

const PHONE = '192.168.1.10:5060';
const SERVER = '203.0.113.5:5060';

/** What is left of a message: its first lines. */
function left(second: number, way: string, ...lines: readonly string[]): string {
	return `+${second.toFixed(3)} UDP ${way} [cut]\n${lines.join('\n')}\n\n`;
}

const request = (second: number, ...lines: readonly string[]): string =>
	left(second, `${PHONE} > ${SERVER}`, 'REGISTER sip:example.com SIP/2.0', ...lines);

const response = (second: number, status: string, ...lines: readonly string[]): string =>
	left(second, `${SERVER} > ${PHONE}`, `SIP/2.0 ${status}`, ...lines);

const via = (branch: string) => `Via: SIP/2.0/UDP ${PHONE};branch=${branch};rport`;
const VIA = via('z9hG4bKone');

const statuses = (text: string) =>
	clientTransactionsIn(text).map(({ final }) => final?.message.statusCode);
const undecided = (text: string) =>
	clientTransactionsIn(text).map(({ cutResponse }) => cutResponse?.frame);

describe('a response that the snaplen cut', () => {
	it('belongs to the REGISTER of its branch, though its CSeq was not captured', () => {
		expect(statuses(request(0, VIA) + response(0.1, '401 Unauthorized', VIA))).toEqual([401]);
	});

	it('belongs to the REGISTER whose Call-ID and CSeq it has, where no branch is unique', () => {
		const lines = ['Call-ID: one@phone', 'CSeq: 7 REGISTER'];
		const text = request(0, via('1'), ...lines) + response(0.1, '200 OK', via('2'), ...lines);
		expect(statuses(text)).toEqual([200]);
	});

	it('belongs to the last of two REGISTERs that differ in their branch alone', () => {
		const text =
			request(0, via('z9hG4bKa')) +
			request(1, via('z9hG4bKb')) +
			response(1.1, '200 OK', via('z9hG4bKb'));
		expect(statuses(text)).toEqual([undefined, 200]);
	});

	it('is not taken for the response of another branch', () => {
		const text = request(0, VIA) + response(0.1, '200 OK', via('z9hG4bKother'));
		expect(statuses(text)).toEqual([undefined]);
		expect(undecided(text)).toEqual([undefined]);
	});

	it('is not taken for the response of a REGISTER whose branch is used again with another CSeq', () => {
		const text =
			request(0, VIA, 'Call-ID: a', 'CSeq: 1 REGISTER') +
			response(0.1, '200 OK', VIA, 'Call-ID: a', 'CSeq: 2 REGISTER');
		expect(statuses(text)).toEqual([undefined]);
	});

	it('may be the answer to every REGISTER that waits, where its Via was cut', () => {
		const text = request(0, VIA) + request(1, via('z9hG4bKtwo')) + response(1.1, '200 OK');
		expect(statuses(text)).toEqual([undefined, undefined]);
		expect(undecided(text)).toEqual([3, 3]);
	});

	it('may be the answer where the server answers from another port', () => {
		const way = `203.0.113.5:9 > ${PHONE}`;
		expect(undecided(request(0, VIA) + left(0.1, way, 'SIP/2.0 200 OK'))).toEqual([2]);
	});

	it('says nothing about a REGISTER of another phone', () => {
		const way = `${SERVER} > 192.168.1.11:5060`;
		expect(undecided(request(0, VIA) + left(0.1, way, 'SIP/2.0 200 OK'))).toEqual([undefined]);
	});

	it('says nothing about a REGISTER that nobody waits for any more', () => {
		expect(undecided(request(0, VIA) + response(50, '200 OK'))).toEqual([undefined]);
	});

	it('says nothing where its CSeq says that it answers something else', () => {
		const text = request(0, VIA) + response(0.1, '200 OK', 'CSeq: 1 OPTIONS');
		expect(undecided(text)).toEqual([undefined]);
	});
});

describe('a REGISTER that the snaplen cut', () => {
	const callIds = (transactions: readonly ClientTransaction[]) =>
		transactions.map(({ callId }) => callId);

	it('is one with what is left of it inside a tunnel', () => {
		const text = request(0, VIA, 'Call-ID: a', 'CSeq: 1 REGISTER') + request(0.001, VIA);
		const [only, ...others] = clientTransactionsIn(text);
		expect([only?.sends.length, only?.request.frames, others]).toEqual([1, [1, 2], []]);
	});

	it('is kept with most of its lines, whichever was seen first', () => {
		const text = request(0, VIA) + request(0.001, VIA, 'Call-ID: a', 'CSeq: 1 REGISTER');
		const [only, ...others] = clientTransactionsIn(text);
		expect([only?.request.message.headers.length, others]).toEqual([3, []]);
	});

	it('has the phone stand for a Call-ID that was not captured', () => {
		const other = left(1, `192.168.1.10:5062 > ${SERVER}`, 'REGISTER sip:example.com SIP/2.0');
		const [first, second] = callIds(clientTransactionsIn(request(0, VIA) + other));
		expect(first).not.toBe(second);
		expect([first, second].map((callId) => isStandIn(callId ?? ''))).toEqual([true, true]);
	});

	it('has its own Call-ID where that was captured', () => {
		const [callId = ''] = callIds(clientTransactionsIn(request(0, VIA, 'Call-ID: a@phone')));
		expect([callId, isStandIn(callId)]).toEqual(['a@phone', false]);
	});
});
