import { describe, expect, it } from 'vitest';
import type { NetworkEvent } from '../../src/trace/observed.js';
import { traceCapture } from '../../src/trace/trace-capture.js';
import { inChunks, pcapFile, type RecordFields } from '../support/capture-bytes.js';
import { dnsQuery, dnsResponse } from '../support/dns-bytes.js';
import { ethernet, ipv4, PHONE, SERVER, udp } from '../support/packet-bytes.js';

const QUERY = dnsQuery('_sip._udp.example.com', 'SRV', 7);
const NAME_ERROR = dnsResponse('_sip._udp.example.com', 'SRV', { id: 7, rcode: 3 });

function fromPhone(payload: Uint8Array, destinationPort = 53): Buffer {
	return ethernet(ipv4(udp(payload, { sourcePort: 40_000, destinationPort })));
}

function fromServer(payload: Uint8Array): Buffer {
	const way = { source: SERVER, destination: PHONE };
	return ethernet(ipv4(udp(payload, { sourcePort: 53, destinationPort: 40_000, ...way }), way));
}

async function trace(...records: readonly (RecordFields | Uint8Array)[]) {
	const events: NetworkEvent[] = [];
	const fields = records.map((one) => (one instanceof Uint8Array ? { bytes: one } : one));
	const facts = await traceCapture('a.pcap', inChunks(pcapFile({ records: fields }), 65_536), {
		message: () => undefined,
		event: (event) => events.push(event),
	});
	return { events, facts };
}

describe('DNS in a capture', () => {
	it('is told with the endpoints and the frame of the answer', async () => {
		const { events, facts } = await trace(fromPhone(QUERY), fromServer(NAME_ERROR));
		expect(events).toEqual([
			expect.objectContaining({
				...{ kind: 'dns', frame: 2, source: 'a.pcap', outcome: 'nxdomain' },
				src: { address: PHONE, port: 40_000 },
				dst: { address: SERVER, port: 53 },
			}),
		]);
		expect(facts.oddities).toEqual([]);
	});

	it('that nobody answers is told at the end', async () => {
		const { events } = await trace(fromPhone(QUERY), fromPhone(QUERY));
		expect(events).toEqual([expect.objectContaining({ outcome: 'unanswered', copies: 2 })]);
	});

	it('is not looked for on the port of multicast DNS', async () => {
		const { events, facts } = await trace(fromPhone(QUERY, 5353));
		expect([events, facts.oddities]).toEqual([[], []]);
	});

	it('that cannot be read is counted', async () => {
		const { events, facts } = await trace(fromPhone(Buffer.from('no DNS at all, but long enough')));
		expect(events).toEqual([]);
		expect(facts.oddities).toEqual([
			expect.objectContaining({ kind: 'dns-unreadable', layer: 'dns', count: 1, firstFrame: 1 }),
		]);
	});

	it('whose answer the snaplen cut does not look unanswered', async () => {
		const answer = fromServer(dnsResponse('_sip._udp.example.com', 'SRV', { id: 7, rcode: 2 }));
		const { events } = await trace(fromPhone(QUERY), {
			bytes: answer.subarray(0, 14 + 20 + 8 + 12 + 27),
			originalLength: answer.length + 100,
		});
		expect(events).toEqual([expect.objectContaining({ outcome: 'servfail' })]);
	});
});
