import { describe, expect, it } from 'vitest';
import { outcomeWords } from '../../src/report/plain-words.js';
import { accepted, answered, challenged, credentials, request, sent } from '../support/exchange.js';
import { analyseTranscript } from '../support/transcript.js';

const register = request();
const verified = request({ cseq: 2, headers: [credentials('n')] });
const CHALLENGED = sent(register, 0) + challenged(register, 0.02, 'n');

function analysed(text: string) {
	return analyseTranscript(`# until 60\n# vantage client\n\n${text}`).registrations;
}

function told(text: string) {
	return analysed(text).map((one) => [one.outcome, one.cause?.id, outcomeWords(one)]);
}

/** What a snaplen leaves of a message: so many of its lines. */
function cutTo(lines: number, text: string): string {
	const [place, ...rest] = text.trimEnd().split('\n');
	return `${place} [cut]\n${rest.slice(0, lines).join('\n')}\n\n`;
}

/** Of a REGISTER start-line, Via, Max-Forwards, From, To, Call-ID and CSeq. */
const HEAD = 7;

describe('a response that the snaplen cut', () => {
	it('before its Via leaves open what the REGISTER came to', () => {
		expect(told(sent(register, 0) + cutTo(1, accepted(register, 0.1)))).toEqual([
			[
				'open',
				undefined,
				'not known: the snaplen cut the response in #2, and with it which REGISTER it answers',
			],
		]);
	});

	it('behind its Via is the answer to the REGISTER of its branch', () => {
		expect(told(sent(register, 0) + cutTo(2, accepted(register, 0.1)))).toMatchObject([
			['registered', undefined, expect.any(String)],
		]);
	});

	it('in its list of Contacts does not say for how long it grants them', () => {
		const contacts = ['<sip:1002@192.168.1.77:5060>;expires=300', `${register.contact};expires=60`];
		const granted = (lines: number) => {
			const [only] = analysed(sent(register, 0) + cutTo(lines, accepted(register, 0.1, contacts)));
			return [only?.outcome, only?.grantedExpires];
		};
		expect([HEAD - 1, HEAD, HEAD + 1].map(granted)).toEqual([
			['registered', undefined],
			['registered', undefined],
			['registered', 60],
		]);
	});

	it('is not waited for where the whole answer comes as well', () => {
		const text =
			sent(register, 0) +
			cutTo(1, answered(register, 0.1, { status: 100 })) +
			answered(register, 0.2, { status: 403 });
		expect(told(text)).toMatchObject([['rejected', expect.any(String), expect.any(String)]]);
	});
});

describe('a REGISTER that the snaplen cut', () => {
	it('before its credentials leaves open whether a 401 was its first', () => {
		const refused = cutTo(HEAD, sent(verified, 0.05)) + challenged(verified, 0.07, 'n2');
		expect(told(CHALLENGED + refused)).toEqual([
			[
				'open',
				undefined,
				'not known: the snaplen cut the REGISTER in #3 that was answered 401, and with it whether it had credentials',
			],
		]);
	});

	it('before its Contact is not taken for a query', () => {
		expect(told(cutTo(4, sent(register, 0)) + answered(register, 0.1, { status: 200 }))).toEqual([
			[
				'open',
				undefined,
				'not known: the snaplen cut the REGISTER in #1 that was answered 200, and with it what it asked for',
			],
		]);
	});

	it('before its Call-ID is one phone for each address and port', () => {
		const other = request({ client: '192.168.1.11:5060', sentBy: '192.168.1.11:5060' });
		const another = request({ client: '192.168.1.10:5062', sentBy: '192.168.1.10:5062' });
		const text = [register, other, another]
			.map((one, index) => cutTo(2, sent({ ...one, branch: `z9hG4bK${index}` }, index)))
			.join('');
		const registrations = analysed(text);
		expect(registrations.map(({ callIds, path }) => [callIds, path[0]?.client])).toEqual(
			['192.168.1.10:5060', '192.168.1.11:5060', '192.168.1.10:5062'].map((client) => {
				const [address, port] = client.split(':');
				return [[], { address, port: Number(port) }];
			}),
		);
	});
});
