/* What one source told is kept as far as registrations need it, within bounds. */
import { describe, expect, it } from 'vitest';
import { accepted, request, sent } from '../support/exchange.js';
import { readTranscript } from '../support/transcript.js';

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
