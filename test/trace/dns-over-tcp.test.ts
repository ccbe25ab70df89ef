import { describe, expect, it } from 'vitest';
import { dnsQuery, dnsResponse, srv } from '../support/dns-bytes.js';
import { PHONE, SERVER } from '../support/packet-bytes.js';
import { TcpScript } from '../support/tcp-bytes.js';
import { tracedRecords } from '../support/traced.js';

const SERVICE = '_sip._tcp.example.com';
const framed = (message: Buffer) =>
	Buffer.concat([Buffer.of(message.length >> 8, message.length & 0xff), message]);
const QUERY = framed(dnsQuery(SERVICE, 'SRV', 7));
const ANSWER = framed(
	dnsResponse(SERVICE, 'SRV', { id: 7, answers: [srv(SERVICE, 'a.example.com')] }),
);
const NAME_ERROR = framed(dnsResponse(SERVICE, 'SRV', { id: 7, rcode: 3 }));

const script = () => new TcpScript({ serverPort: 53 });

async function eventsOf({ records }: TcpScript) {
	const { events, oddities } = await tracedRecords(records);
	const told = events.map((event) =>
		event.kind === 'dns' ? `${event.type} ${event.outcome} #${event.frame}` : event.kind,
	);
	return { events, told, oddities };
}

describe('DNS over TCP', () => {
	it('is told like DNS over UDP, from the side that asked', async () => {
		const { events } = await eventsOf(script().handshake().phone(QUERY).server(ANSWER));
		expect(events).toEqual([
			expect.objectContaining({
				...{ kind: 'dns', name: SERVICE, type: 'SRV', outcome: 'answered', frame: 5 },
				src: { address: PHONE, port: 40_000 },
				dst: { address: SERVER, port: 53 },
			}),
		]);
	});

	it('may come in any pieces', async () => {
		const whole = script().handshake().phone(QUERY);
		for (const byte of NAME_ERROR) whole.server(Uint8Array.of(byte));
		const { told, oddities } = await eventsOf(whole);
		expect(told).toEqual([`SRV nxdomain #${4 + NAME_ERROR.length}`]);
		expect(oddities).toEqual([]);
	});

	it('may hold several questions in one segment', async () => {
		const other = framed(dnsQuery('example.com', 'NAPTR', 8));
		const { told } = await eventsOf(
			script()
				.handshake()
				.phone(Buffer.concat([QUERY, other]))
				.server(NAME_ERROR),
		);
		expect(told).toEqual(['SRV nxdomain #5', 'NAPTR unanswered #4']);
	});

	it('is not guessed at behind a gap', async () => {
		const { told, oddities } = await eventsOf(
			script().handshake().phone(QUERY).lose('server', 10).server(NAME_ERROR),
		);
		expect(told).toEqual(['SRV unanswered #4']);
		expect(oddities).not.toContain('dns-unreadable');
	});

	it('is left alone behind a message longer than any server sends', async () => {
		const long = Buffer.alloc(20_002);
		long.writeUInt16BE(20_000);
		const all = script().handshake().phone(QUERY);
		for (let at = 0; at < long.length; at += 1_400) all.server(long.subarray(at, at + 1_400));
		const { told, oddities } = await eventsOf(all.server(NAME_ERROR));
		expect(told).toEqual(['SRV unanswered #4']);
		expect(oddities).toEqual([]);
	});

	it('is not guessed at where the capture has no start of the connection', async () => {
		const { told, oddities } = await eventsOf(script().phone(QUERY).server(NAME_ERROR));
		expect(told).toEqual([]);
		expect(oddities).toEqual([]);
	});
});
