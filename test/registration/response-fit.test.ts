/* By which header a phone discards a response. */
import { describe, expect, it } from 'vitest';
import { misfitOf } from '../../src/registration/response-fit.js';
import { accepted, request, sent } from '../support/exchange.js';
import { readTranscript } from '../support/transcript.js';

/** What does not fit once the answer was edited; the answer is looked for among orphans as well. */
function misfit(edit: (answer: string) => string): string | undefined {
	const register = request();
	const { source } = readTranscript(sent(register, 0) + edit(accepted(register, 0.03)));
	const transaction = source.transactions[0]?.phone;
	const response = transaction?.final ?? source.orphanResponses[0];
	if (transaction === undefined || response === undefined) throw new Error('no answer');
	return misfitOf(transaction.request, response)?.field;
}

describe('a response', () => {
	it('fits where nothing was changed', () => {
		expect(misfit((answer) => answer)).toBeUndefined();
	});

	it('fits where only received and rport were added', () => {
		const edit = (answer: string): string =>
			answer.replace(/(Via: .*)/, '$1;received=198.51.100.7;rport=1');
		expect(misfit(edit)).toBeUndefined();
	});

	it.each([
		[
			'the branch',
			'Via branch',
			(answer: string) => answer.replace('branch=z9hG4bK1', 'branch=z9hG4bK2'),
		],
		[
			'sent-by',
			'Via sent-by',
			(answer: string) => answer.replace('UDP 192.168.1.10:5060', 'UDP 198.51.100.7:5060'),
		],
		[
			'the number of Via',
			'Via',
			(answer: string) =>
				answer.replace('From:', 'Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKx\nFrom:'),
		],
		[
			'the Call-ID',
			'Call-ID',
			(answer: string) => answer.replace('Call-ID: call-1', 'Call-ID: call-2'),
		],
		['CSeq', 'CSeq', (answer: string) => answer.replace('CSeq: 1 ', 'CSeq: 2 ')],
		[
			'the tag of From',
			'From tag',
			(answer: string) =>
				answer.replace('From: <sip:1001@example.com>;tag=1', 'From: <sip:1001@example.com>;tag=2'),
		],
	])('does not fit where %s was changed', (_what, field, edit) => {
		expect(misfit(edit)).toBe(field);
	});
});
