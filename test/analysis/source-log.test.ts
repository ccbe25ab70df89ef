/* What one source told is kept as far as registrations need it, within bounds. */
import { describe, expect, it } from 'vitest';
import { attemptCount } from '../../src/registration/attempt-facts.js';
import { accepted, request, sent } from '../support/exchange.js';
import { analyseTranscript, readTranscript } from '../support/transcript.js';

const { source } = readTranscript(
	[
		'# probe sip:1001@example.com\n',
		'+0.0 DNS no-record _sip._udp.example.com\n',
		'+0.1 CONNECT refused TCP 192.0.2.1:49152 > 203.0.113.5:5060\n',
		'+0.2 ARP 192.168.1.1\n',
		'+0.3 ARP 192.168.1.1\n',
		sent(request(), 1),
		accepted(request(), 1.1),
		sent(request({ cseq: 2 }), 2).replaceAll('REGISTER', 'OPTIONS'),
		accepted(request({ cseq: 9 }), 3),
		accepted(request({ cseq: 10 }), 4),
	].join(''),
);

describe('a source', () => {
	it('keeps REGISTERs as transactions', () => {
		expect(source.transactions).toHaveLength(1);
	});

	it('keeps other requests apart', () => {
		expect(source.otherRequests.map(({ message }) => message.method)).toEqual(['OPTIONS']);
	});

	it('keeps names and connections that failed', () => {
		expect(source.failures.map(({ kind }) => kind)).toEqual(['resolution', 'connection']);
	});

	it('keeps a neighbour once', () => {
		expect(source.neighbours.map(({ address }) => address)).toEqual(['192.168.1.1']);
	});

	it('keeps what a probe set out to do', () => {
		expect(source.probes.map(({ aor }) => aor)).toEqual(['sip:1001@example.com']);
	});

	it('counts responses to a REGISTER that was not seen, with the first of their frames', () => {
		const [oddity] = source.facts.oddities;
		expect(oddity).toMatchObject({ kind: 'response-without-request', count: 2, firstFrame: 8 });
	});
});

describe('a phone that asks again and again within one instant', () => {
	/** So many REGISTERs, each accepted, all at one time. */
	const storm = (size: number): string =>
		Array.from({ length: size }, (_, index) => {
			const register = request({ cseq: index + 1, branch: `z9hG4bK${index}` });
			return sent(register, 0) + accepted(register, 0);
		}).join('');

	it('has few attempts kept, and all counted', () => {
		const { registrations, responseTimesMs } = analyseTranscript(storm(3_000));
		const [registration, ...others] = registrations;
		expect(others).toEqual([]);
		expect(responseTimesMs).toHaveLength(3_000);
		expect(registration && attemptCount(registration)).toBe(3_000);
		expect(registration?.attempts.length).toBeLessThan(100);
		expect(registration?.outcome).toBe('registered');
	});

	it('has every attempt kept where a capture shows no more than a phone may have open', () => {
		const [registration] = analyseTranscript(storm(900)).registrations;
		expect(registration?.attempts).toHaveLength(900);
	});
});
