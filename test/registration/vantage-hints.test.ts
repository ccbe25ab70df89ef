/* Weaker signs of where a capture was taken, and what they must not be taken for. */
import { describe, expect, it } from 'vitest';
import type { VantageGuess } from '../../src/registration/vantage.js';
import { guessVantage } from '../../src/registration/vantage-guess.js';
import type { ClientTransaction } from '../../src/transaction/client-transaction.js';
import { accepted, type Request, request, sent } from '../support/exchange.js';
import { readTranscript } from '../support/transcript.js';

/** The hardware address that a message of this source came from. */
type Macs = Readonly<Record<string, string>>;

function guess(text: string, macs: Macs = {}): VantageGuess {
	const { source } = readTranscript(text);
	const withMac = <T extends { src: { address: string }; packet: object }>(one: T): T => {
		const sourceMac = macs[one.src.address];
		return sourceMac === undefined ? one : { ...one, packet: { ...one.packet, sourceMac } };
	};
	const withMacs = (hop: ClientTransaction): ClientTransaction => ({
		...hop,
		sends: hop.sends.map(withMac),
		responses: hop.responses.map(withMac),
	});
	const transactions = source.transactions.map(({ hops: [first, ...others] }) => {
		const phone = withMacs(first);
		return { phone, hops: [phone, ...others.map(withMacs)] as const };
	});
	return guessVantage(transactions, source.neighbours);
}

function exchange(parts: Partial<Request>, answerAfter = 0.1, at = 0): string {
	const register = request(parts);
	return sent(register, at) + accepted(register, at + answerAfter);
}

const OUTSIDE = { client: '198.51.100.7:41022' };
const GATEWAY = '00:00:5e:00:53:01';

describe('a gateway', () => {
	it('brings phones of several networks: this is not the side of any', () => {
		const text =
			exchange(OUTSIDE) + exchange({ client: '192.0.2.9:5060', callId: 'other' }, 0.1, 1);
		const macs = { '198.51.100.7': GATEWAY, '192.0.2.9': GATEWAY };
		expect(guess(text, macs)).toEqual({
			vantage: 'middle',
			reason: `REGISTERs of 198.51.100.7 and 192.0.2.9 come from one hardware address (${GATEWAY}): from a router, and not from the phones`,
		});
	});

	it('brings answers of several servers to a private phone: this is its side', () => {
		const text = exchange({}) + exchange({ server: '192.0.2.9:5060', cseq: 2 }, 0.1, 1);
		expect(guess(text, { '203.0.113.5': GATEWAY, '192.0.2.9': GATEWAY }).vantage).toBe('client');
	});

	it('is not seen in two phones of one network with their own hardware addresses', () => {
		const text = exchange({}) + exchange({ client: '192.168.1.11:5060', callId: 'other' }, 0.1, 1);
		const macs = { '192.168.1.10': GATEWAY, '192.168.1.11': '00:00:5e:00:53:02' };
		expect(guess(text, macs).vantage).toBe('unknown');
	});
});

describe('an answer at once', () => {
	it('is that of a near server, where the REGISTER has passed a NAT', () => {
		expect(guess(exchange(OUTSIDE, 0.0005)).vantage).toBe('server');
	});

	it('says nothing where no NAT lies between', () => {
		expect(guess(exchange({}, 0.0005)).vantage).toBe('unknown');
	});

	it('that takes its time says nothing', () => {
		expect(guess(exchange(OUTSIDE, 0.02)).vantage).toBe('unknown');
	});
});
