/* RFC 3261 §8.2.6.2: what a response echoes, and which differences only a middlebox that edits SIP explains. */
import { describe, expect, it } from 'vitest';
import { type Rewriting, rewritingsSeenByPhone } from '../../src/registration/response-echo.js';
import type { Vantage } from '../../src/registration/vantage.js';
import { answered, type Request, request, sent } from '../support/exchange.js';
import { clientTransactionsIn } from '../support/transcript.js';

/** A REGISTER and its 401, the 401 changed by `edit`. */
function seen(
	edit: (answer: string) => string,
	parts: Partial<Request> = {},
	vantage: Vantage = 'client',
	marks = '',
): readonly Rewriting[] {
	const register = request(parts);
	const text = sent(register, 0, marks) + edit(answered(register, 0.1, { status: 401 }));
	const [transaction] = clientTransactionsIn(text);
	if (transaction?.final === undefined) throw new Error('no answer');
	return rewritingsSeenByPhone(transaction, vantage);
}

const fields = (rewritings: readonly Rewriting[]): readonly string[] =>
	rewritings.map(({ field }) => field);
const via =
	(parameters: string) =>
	(answer: string): string =>
		answer.replace(/^(Via: .*)$/m, `$1${parameters}`);

describe('an echo that differs', () => {
	it('is a Via that comes back with another address', () => {
		const [rewriting] = seen((answer) =>
			answer.replace('UDP 192.168.1.10:5060;', 'UDP 198.51.100.7:5060;'),
		);
		expect(rewriting?.text).toBe(
			'Via was sent as 192.168.1.10:5060 and came back as 198.51.100.7:5060',
		);
		expect(rewriting?.confidence).toBe('proven');
	});

	it('is a port that was added to the Via', () => {
		const edit = (answer: string): string =>
			answer.replace('UDP 192.168.1.10;', 'UDP 192.168.1.10:5060;');
		expect(fields(seen(edit, { sentBy: '192.168.1.10' }))).toEqual(['Via sent-by']);
	});

	it('is another host in From and To', () => {
		const edit = (answer: string): string => answer.replaceAll('@example.com', '@198.51.100.7');
		expect(fields(seen(edit))).toEqual(['From', 'To']);
	});

	it('is received= with the private address of the phone, from a public server', () => {
		const [rewriting] = seen(via(';received=192.168.1.10;rport=5060'));
		expect(rewriting?.field).toBe('Via received');
		// A network without any NAT gives the same.
		expect(rewriting?.confidence).toBe('likely');
	});
});

describe('an honest answer', () => {
	it('comes back as it was sent', () => {
		expect(seen((answer) => answer)).toEqual([]);
	});

	it('has received and rport with the public address', () => {
		expect(seen(via(';received=198.51.100.7;rport=41022'))).toEqual([]);
	});

	it('has received with the private address where the server is private too', () => {
		expect(seen(via(';received=192.168.1.10'), { server: '10.20.0.5:5060' })).toEqual([]);
	});

	it('has received with the address of a phone that is public', () => {
		const parts = { client: '198.51.100.7:5060', sentBy: '198.51.100.7:5060' };
		expect(seen(via(';received=198.51.100.7'), parts)).toEqual([]);
	});

	it('may write a host name in another case', () => {
		expect(seen((answer) => answer.replaceAll('@example.com', '@EXAMPLE.com'))).toEqual([]);
	});

	it('may escape the user otherwise', () => {
		expect(seen((answer) => answer.replaceAll('sip:1001@', 'sip:%31001@'))).toEqual([]);
	});

	it('has a tag in To', () => {
		expect(
			seen((answer) =>
				answer.replace('To: <sip:1001@example.com>', 'To: <sip:1001@example.com>;tag=9'),
			),
		).toEqual([]);
	});
});

describe('a difference', () => {
	const edit = (answer: string): string => answer.replaceAll('@example.com', '@198.51.100.7');

	it('says nothing at the server, where a response is not yet edited', () => {
		expect(seen(edit, {}, 'server')).toEqual([]);
	});

	it('says nothing where the snaplen cut the request', () => {
		expect(seen(edit, {}, 'client', '[cut]')).toEqual([]);
	});
});
