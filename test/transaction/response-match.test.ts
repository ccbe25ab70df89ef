import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../src/net/endpoint.js';
import { bestMatch, type Candidate } from '../../src/transaction/response-match.js';
import { accepted, request, sent } from '../support/exchange.js';
import { clientTransactionsIn } from '../support/transcript.js';

const register = request();
const [transaction] = clientTransactionsIn(sent(register, 0) + accepted(register, 20));
const final = transaction?.final;
if (transaction === undefined || final === undefined) throw new Error('no exchange');
const { client, server, source, request: asked } = transaction;
const ANSWER = final;

const EXACT: Candidate = { client, server, source, sends: [asked] };
const OTHER_PORT = { ...EXACT, client: onPort(client, 1) };
const OTHER_SERVER = { ...EXACT, server: elsewhere(server) };
const OTHER_CLIENT = { ...EXACT, client: elsewhere(client) };

function onPort({ address, port }: Endpoint, more: number): Endpoint {
	return { address, port: port + more };
}

function elsewhere({ port }: Endpoint): Endpoint {
	return { address: '192.0.2.250', port };
}

describe('a response', () => {
	it.each([
		['the way back is exact', EXACT, OTHER_PORT],
		['the hosts are the same', OTHER_PORT, OTHER_SERVER],
		['the client is the same, to the port', OTHER_SERVER, OTHER_CLIENT],
	])('answers the hop of which %s before another, in whatever order', (_why, nearer, other) => {
		expect(bestMatch([nearer, other], ANSWER)).toBe(nearer);
		expect(bestMatch([other, nearer], ANSWER)).toBe(nearer);
	});

	it('answers the later of two that went the same way', () => {
		const later = { ...EXACT };
		expect(bestMatch([EXACT, later], ANSWER)).toBe(later);
	});

	it('answers one that was recorded a little later, but rather one that was not', () => {
		const late: Candidate = { ...EXACT, sends: [{ ...asked, at: ANSWER.at + 100_000 }] };
		expect(bestMatch([late], ANSWER)).toBe(late);
		expect(bestMatch([OTHER_PORT, late], ANSWER)).toBe(OTHER_PORT);
	});

	it('answers no hop of other hosts, of another capture, or that came after it', () => {
		const foreign = { ...EXACT, client: elsewhere(client), server: elsewhere(server) };
		const captured = { ...EXACT, source: 'other.pcap' };
		const late: Candidate = { ...EXACT, sends: [{ ...asked, at: ANSWER.at + 100_001 }] };
		expect(bestMatch([foreign, captured, late], ANSWER)).toBeUndefined();
	});
});
