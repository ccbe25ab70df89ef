import { describe, expect, it } from 'vitest';
import { describeSends } from '../../src/registration/attempt-facts.js';
import { type ClientTransaction, sentTimes } from '../../src/transaction/client-transaction.js';
import { TransactionTracker } from '../../src/transaction/transaction-tracker.js';
import { accepted, answered, challenged, credentials, request, sent } from '../support/exchange.js';
import { growth, LINEAR } from '../support/growth.js';
import { clientTransactionsIn, readTranscript } from '../support/transcript.js';

function transactionsIn(text: string): readonly ClientTransaction[] {
	return clientTransactionsIn(text);
}

function theOnlyOne(text: string): ClientTransaction {
	const [first, ...others] = transactionsIn(text);
	if (first === undefined || others.length > 0)
		throw new Error(`${others.length + 1} transactions`);
	return first;
}

function orphansIn(text: string): number {
	const { oddities } = readTranscript(text).source.facts;
	return oddities.find(({ kind }) => kind === 'response-without-request')?.count ?? 0;
}

function unlistedIn(text: string) {
	const { oddities } = readTranscript(text).source.facts;
	return oddities.find(({ kind }) => kind === 'copies-not-listed');
}

describe('a REGISTER and its response', () => {
	const register = request();

	it('are one transaction where branch and CSeq agree', () => {
		const transaction = theOnlyOne(sent(register, 0) + challenged(register, 0.1, 'n'));
		expect(transaction.final?.message.statusCode).toBe(401);
	});

	it('are one transaction for a peer of RFC 2543 without a branch', () => {
		const old = request({ branch: undefined });
		const transaction = theOnlyOne(sent(old, 0) + challenged(old, 0.1, 'n'));
		expect(transaction.final?.message.statusCode).toBe(401);
		expect(transaction.branch).toBeUndefined();
	});

	it('are one transaction where the branch has no magic cookie and the response another one', () => {
		const old = request({ branch: '1' });
		const back = { ...old, branch: '2' };
		expect(theOnlyOne(sent(old, 0) + accepted(back, 0.1)).final).toBeDefined();
	});

	it('are not one transaction where the branch differs', () => {
		const text = sent(register, 0) + accepted({ ...register, branch: 'z9hG4bKother' }, 0.1);
		expect(theOnlyOne(text).responses).toEqual([]);
		expect(orphansIn(text)).toBe(1);
	});

	it('are not one transaction where a reused branch has another CSeq number', () => {
		const text = sent(register, 0) + accepted({ ...register, cseq: 7 }, 0.1);
		expect(theOnlyOne(text).responses).toEqual([]);
	});

	it('are one transaction where a card with several queues shows the response first', () => {
		const text = accepted(register, 0) + sent(register, 0.002);
		expect(theOnlyOne(text).final?.frame).toBe(1);
		expect(orphansIn(text)).toBe(0);
	});

	it('are one transaction where the response stands first and bears the later time', () => {
		const text = challenged(register, 0.002, 'n') + sent(register, 0);
		expect(theOnlyOne(text).final?.message.statusCode).toBe(401);
	});

	it('are each one transaction where the responses of several phones come first', () => {
		const phones = [1, 2, 3].map((n) =>
			request({ branch: `z9hG4bKp${n}`, callId: `call-${n}`, client: `192.168.1.1${n}:5060` }),
		);
		const text =
			phones.map((one) => accepted(one, 0)).join('') +
			phones.map((one) => sent(one, 0.001)).join('');
		expect(transactionsIn(text).map(({ final }) => final?.frame)).toEqual([1, 2, 3]);
	});

	it('have every response that came first', () => {
		const text =
			answered(register, 0, { status: 100 }) + accepted(register, 0.001) + sent(register, 0.002);
		expect(theOnlyOne(text).responses).toHaveLength(2);
		expect(theOnlyOne(text).final?.message.statusCode).toBe(200);
	});

	it('have the final response behind the request, where a phone takes branch and CSeq twice', () => {
		const again = { ...register, headers: [credentials('n1')] };
		const text = challenged(register, 0, 'n1') + sent(again, 0.02) + accepted(again, 0.04);
		expect(theOnlyOne(text).final?.message.statusCode).toBe(200);
	});

	it('are not one transaction where the response before it went to another phone', () => {
		const text =
			answered(register, 0, { status: 200, to: '192.168.1.99:5060' }) + sent(register, 0.002);
		expect(theOnlyOne(text).responses).toEqual([]);
		expect(orphansIn(text)).toBe(1);
	});

	it('are not one transaction where the response came long before the request', () => {
		const text = accepted(register, 0) + sent(register, 0.2);
		expect(theOnlyOne(text).responses).toEqual([]);
		expect(orphansIn(text)).toBe(1);
	});

	it('go with the hop of their own way, also where that was recorded last', () => {
		const outside = { ...register, client: '198.51.100.7:41022' };
		const text =
			sent(outside, 0) + accepted(outside, 0.02) + accepted(register, 0.021) + sent(register, 0);
		const [outer, inner] = transactionsIn(text);
		expect(outer?.responses.map(({ dst }) => dst.address)).toEqual(['198.51.100.7']);
		expect(inner?.responses.map(({ dst }) => dst.address)).toEqual(['192.168.1.10']);
	});

	it('stay together where the response goes to another port', () => {
		const text =
			sent(register, 0) + answered(register, 0.1, { status: 401, to: '192.168.1.10:5062' });
		expect(theOnlyOne(text).final?.dst.port).toBe(5062);
	});

	it('stay together where the response comes from another address', () => {
		const text =
			sent(register, 0) + answered(register, 0.1, { status: 200, from: '203.0.113.77:5060' });
		expect(theOnlyOne(text).final?.src.address).toBe('203.0.113.77');
	});

	it('have a provisional response that is not the final one', () => {
		const trying = sent(register, 0) + answered(register, 0.1, { status: 100 });
		expect(theOnlyOne(trying).responses).toHaveLength(1);
		expect(theOnlyOne(trying).final).toBeUndefined();
	});
});

describe('copies', () => {
	const register = request();

	it('of one request are sends of one transaction, in order', () => {
		const { sends, request: first } = theOnlyOne(
			[0, 0.5, 1.5].map((at) => sent(register, at)).join(''),
		);
		expect(sends.map(({ frame }) => frame)).toEqual([1, 2, 3]);
		expect(first.frame).toBe(1);
	});

	it('of a packet on two interfaces are one send with both frames', () => {
		const { sends } = theOnlyOne(sent(register, 0) + sent(register, 0.0004));
		expect(sends.map(({ frames }) => frames)).toEqual([[1, 2]]);
	});

	it('of a response on two interfaces are one response with both frames', () => {
		const { responses } = theOnlyOne(
			sent(register, 0) + challenged(register, 0.1, 'n') + challenged(register, 0.1004, 'n'),
		);
		expect(responses.map(({ frames }) => frames)).toEqual([[2, 3]]);
	});

	it('of the request that are answered with a nonce each are one transaction with every response', () => {
		const { responses, final } = theOnlyOne(
			sent(register, 0) +
				sent(register, 0.5) +
				challenged(register, 0.6, 'n1') +
				challenged(register, 0.61, 'n2'),
		);
		expect(responses).toHaveLength(2);
		expect(final?.frame).toBe(3);
	});

	it('with new credentials are a transaction of their own, even with branch and CSeq of before', () => {
		const again = { ...register, headers: [credentials('n')] };
		const [first, second] = transactionsIn(
			sent(register, 0) + challenged(register, 0.1, 'n') + sent(again, 0.2) + accepted(again, 0.3),
		);
		expect(first?.final?.message.statusCode).toBe(401);
		expect(second?.final?.message.statusCode).toBe(200);
	});

	it('on another hop are a transaction of their own', () => {
		const outside = { ...register, client: '198.51.100.7:41022' };
		const text =
			sent(register, 0) +
			sent(outside, 0.001) +
			challenged(outside, 0.1, 'n') +
			challenged(register, 0.101, 'n');
		const hops = transactionsIn(text);
		expect(hops.map(({ client }) => client.port)).toEqual([5060, 41022]);
		expect(hops.map(({ final }) => final?.frame)).toEqual([4, 3]);
	});

	it('beyond two hundred are counted, and of them the last is kept', () => {
		const copies = Array.from({ length: 250 }, (_, index) => sent(register, index)).join('');
		const transaction = theOnlyOne(copies);
		expect(transaction.sends).toHaveLength(200);
		expect(sentTimes(transaction)).toBe(250);
		expect(transaction.sends.at(-1)?.frame).toBe(250);
		expect(describeSends(transaction)).toBe('250 times over 249 s');
		expect(unlistedIn(copies)).toMatchObject({ count: 50, firstFrame: 201 });
	});

	it('that are no more than two hundred are all there, and nothing is said of them', () => {
		const copies = Array.from({ length: 200 }, (_, index) => sent(register, index)).join('');
		const transaction = theOnlyOne(copies);
		expect(sentTimes(transaction)).toBe(200);
		expect(transaction.moreSends).toBeUndefined();
		expect(unlistedIn(copies)).toBeUndefined();
	});

	it('of one packet beyond a hundred are counted, and their frames are not listed', () => {
		const copies = sent(register, 0).repeat(130);
		const transaction = theOnlyOne(copies);
		expect(sentTimes(transaction)).toBe(1);
		expect(transaction.request.frames).toHaveLength(100);
		expect(unlistedIn(copies)).toMatchObject({ count: 30, firstFrame: 101 });
	});

	it('of one packet take the time of each, however many there are', () => {
		const again = theOnlyOne(sent(register, 0)).request;
		const track = (size: number): void => {
			const tracker = new TransactionTracker();
			for (let copy = 0; copy < size; copy += 1) tracker.message(again);
		};
		expect(growth(track, 4_000)).toBeLessThan(LINEAR);
	});

	it('of an answer beyond two hundred are counted', () => {
		const answers = Array.from({ length: 220 }, (_, index) => challenged(register, index, 'n'));
		const text = sent(register, 0) + answers.join('');
		expect(theOnlyOne(text).responses).toHaveLength(200);
		expect(unlistedIn(text)).toMatchObject({ count: 20 });
	});
});

describe('an ICMP error', () => {
	const register = request();
	const quoting = 'quoting UDP 192.168.1.10:5060 > 203.0.113.5:5060';

	it('belongs to the REGISTER whose flow it quotes', () => {
		const text = `${sent(register, 0)}+0.1 ICMP port from 203.0.113.5 ${quoting}\n`;
		expect(theOnlyOne(text).unreachable).toHaveLength(1);
	});

	it('belongs to nobody where it quotes another flow', () => {
		const other = 'quoting UDP 192.168.1.10:5060 > 203.0.113.5:5070';
		const text = `${sent(register, 0)}+0.1 ICMP port from 203.0.113.5 ${other}\n`;
		expect(theOnlyOne(text).unreachable).toEqual([]);
	});

	it('belongs to nobody where it quotes a packet of the server', () => {
		const back = 'quoting UDP 203.0.113.5:5060 > 192.168.1.10:5060';
		const text = `${sent(register, 0)}+0.1 ICMP port from 192.168.1.10 ${back}\n`;
		expect(theOnlyOne(text).unreachable).toEqual([]);
	});

	it('belongs to the latest REGISTER of the flow where it does not quote enough to tell', () => {
		const next = request({ cseq: 2 });
		const text = `${sent(register, 0)}${sent(next, 1)}+1.1 ICMP port from 203.0.113.5 ${quoting}\n`;
		expect(transactionsIn(text).map(({ unreachable }) => unreachable.length)).toEqual([0, 1]);
	});

	it('belongs to the REGISTER whose branch it quotes where two lines share the flow', () => {
		const next = request({ cseq: 2, callId: 'call-2' });
		const text = `${sent(register, 0)}${sent(next, 0.01)}+0.1 ICMP port from 203.0.113.5 ${quoting} [branch=z9hG4bK1]\n`;
		expect(transactionsIn(text).map(({ unreachable }) => unreachable.length)).toEqual([1, 0]);
	});

	it('before the REGISTER is not about it', () => {
		const text = `+0.0 ICMP port from 203.0.113.5 ${quoting}\n${sent(register, 0.1)}`;
		expect(theOnlyOne(text).unreachable).toEqual([]);
	});
});

describe('what is no REGISTER', () => {
	it('is no transaction of the registration', () => {
		const options = sent(request(), 0).replaceAll('REGISTER', 'OPTIONS');
		expect(transactionsIn(options)).toEqual([]);
	});

	it('is not counted as a response without a request', () => {
		const answer = accepted(request(), 0).replaceAll('REGISTER', 'OPTIONS');
		expect(orphansIn(answer)).toBe(0);
	});
});
