/* Where a capture was taken is read from the packets, and said with the values that tell it. */
import { describe, expect, it } from 'vitest';
import type { VantageGuess } from '../../src/registration/vantage.js';
import { guessVantage } from '../../src/registration/vantage-guess.js';
import { accepted, type Request, request, sent } from '../support/exchange.js';
import { readTranscript } from '../support/transcript.js';

function guess(text: string): VantageGuess {
	const { source } = readTranscript(text);
	return guessVantage(source.transactions, source.neighbours);
}

/** A REGISTER and its 200 whose packets bear these marks. */
function exchange(requestMarks: string, answerMarks: string, parts: Partial<Request> = {}): string {
	const register = request(parts);
	const answer = accepted(register, 0.1).replace('\n', ` ${answerMarks}\n`);
	return sent(register, 0, requestMarks) + answer;
}

const PUBLIC = { client: '198.51.100.7:41022' };

describe('the vantage', () => {
	it('is the client where only the REGISTER has passed no router', () => {
		expect(guess(exchange('[ttl=64]', '[ttl=57]'))).toEqual({
			vantage: 'client',
			reason:
				'REGISTER has TTL 64 (frame 1), the response 57 (frame 2): only the REGISTER has passed no router',
		});
	});

	it('is the server where only the response has passed no router', () => {
		expect(guess(exchange('[ttl=118]', '[ttl=64]', PUBLIC)).vantage).toBe('server');
	});

	it('is in the middle where both have passed routers', () => {
		expect(guess(exchange('[ttl=63]', '[ttl=57]')).vantage).toBe('middle');
	});

	it('is in the middle where the same REGISTER is there before and behind a NAT', () => {
		const inside = { client: '192.168.1.10:5060', branch: 'z9hG4bKone' };
		const outside = { ...inside, client: '198.51.100.7:41022' };
		const register = request(inside);
		const answer = accepted(register, 0.2).replace('\n', ' [out]\n');
		const before = sent(register, 0, '[in]');
		const behind = sent(request(outside), 0.001, '[out]');
		expect(guess(before + behind + answer)).toEqual({
			vantage: 'middle',
			reason: 'the REGISTER is there before and behind a NAT (frames 1, 2)',
		});
	});

	it('is unknown where neither has: phone and server share a link', () => {
		const lan = { server: '192.168.1.2:5060' };
		expect(guess(exchange('[ttl=64]', '[ttl=64]', lan)).vantage).toBe('unknown');
	});

	it('is the client where the capturing host sent the REGISTER itself', () => {
		expect(guess(exchange('[out]', '[in]')).vantage).toBe('client');
	});

	it('is the server where the capturing host sent the response itself', () => {
		expect(guess(exchange('[in]', '[out]', PUBLIC)).vantage).toBe('server');
	});

	it('is in the middle where the capturing host receives REGISTERs and sends others', () => {
		const text = exchange('[in]', '[out]') + exchange('[out]', '[in]', { ...PUBLIC, cseq: 2 });
		expect(guess(text).vantage).toBe('middle');
	});

	it('trusts the direction more than the TTL', () => {
		expect(guess(exchange('[out] [ttl=57]', '[in] [ttl=64]')).vantage).toBe('client');
	});

	it('is the client where only the REGISTER has an unfinished checksum', () => {
		expect(guess(exchange('[checksum=bad]', '[checksum=good]')).vantage).toBe('client');
	});

	it('is the server where only the response has an unfinished checksum', () => {
		expect(guess(exchange('[checksum=good]', '[checksum=bad]')).vantage).toBe('server');
	});

	it('does not follow from checksums that are bad in both directions', () => {
		expect(guess(exchange('[checksum=bad]', '[checksum=bad]')).vantage).toBe('unknown');
	});

	it('is the client where ARP shows the phone and not the server', () => {
		expect(guess(`${exchange('', '')}+0.2 ARP 192.168.1.10\n`).vantage).toBe('client');
	});

	it('is the server where ARP shows the server and not the phone', () => {
		expect(guess(`${exchange('', '', PUBLIC)}+0.2 ARP 203.0.113.5\n`).vantage).toBe('server');
	});

	it('is unknown where ARP shows both: one LAN', () => {
		const text = `${exchange('', '')}+0.2 ARP 203.0.113.5\n+0.2 ARP 192.168.1.10\n`;
		expect(guess(text).vantage).toBe('unknown');
	});

	it('is the client where a private phone sends to a public server and nothing comes back', () => {
		expect(guess(sent(request(), 0, '[ttl=64]')).vantage).toBe('client');
	});

	it('is unknown where nothing but requests of a public address is there', () => {
		expect(guess(sent(request(PUBLIC), 0, '[ttl=64]')).vantage).toBe('unknown');
	});

	it('is unknown where the packets say nothing', () => {
		expect(guess(exchange('', '')).vantage).toBe('unknown');
	});

	it('is not read from the text of a message', () => {
		expect(guess(exchange('', '', { sentBy: '10.9.8.7:5060', userAgent: 'client' })).vantage).toBe(
			'unknown',
		);
	});
});
