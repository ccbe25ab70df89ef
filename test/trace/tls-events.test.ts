import { describe, expect, it } from 'vitest';
import type { TlsEvent } from '../../src/trace/observed.js';
import { bytesOf, REGISTER } from '../support/packet-bytes.js';
import { TcpScript } from '../support/tcp-bytes.js';
import { clientHello, handshake, record, serverHello } from '../support/tls-bytes.js';
import { tracedRecords } from '../support/traced.js';

const HELLO = record(22, handshake(1, clientHello({ serverName: 'pbx.example.com' })));
const SERVER_HELLO = record(22, handshake(2, serverHello()));
const open = () => new TcpScript({ serverPort: 5061 }).handshake();

async function tlsOf(script: TcpScript): Promise<readonly TlsEvent[]> {
	const { events } = await tracedRecords(script.records);
	return events.flatMap((event) => (event.kind === 'tls' ? [event] : []));
}

describe('a TLS connection', () => {
	it('is one event, known by its first bytes on any port', async () => {
		const script = new TcpScript({ serverPort: 9999 }).handshake().phone(HELLO);
		expect(await tlsOf(script)).toMatchObject([
			{ reached: 'client-hello', serverName: 'pbx.example.com', frame: 4, closedBy: undefined },
		]);
	});

	it('is the same where the ClientHello comes a byte at a time', async () => {
		const script = open();
		for (const byte of HELLO) script.phone(Buffer.of(byte), { after: 0.001 });
		expect(await tlsOf(script)).toMatchObject([
			{ serverName: 'pbx.example.com', offeredVersion: 'TLS 1.2' },
		]);
	});

	it('that the server closes without a word tells who closed', async () => {
		const script = open().phone(HELLO).server('', { flags: 'FA' });
		expect(await tlsOf(script)).toMatchObject([
			{ reached: 'client-hello', closedBy: 'server', alert: undefined, frame: 5 },
		]);
	});

	it('that is reset tells who reset', async () => {
		const script = open().phone(HELLO).server(SERVER_HELLO).phone('', { flags: 'R' });
		expect(await tlsOf(script)).toMatchObject([{ reached: 'server-hello', closedBy: 'client' }]);
	});

	it('does not take an encrypted alert for one in the clear', async () => {
		const script = open().phone(HELLO).server(SERVER_HELLO);
		script.server(bytesOf(record(20, [1]), record(21, Buffer.alloc(26))));
		expect(await tlsOf(script)).toMatchObject([{ alert: undefined }]);
	});

	it('that carries data back is not said to be closed by anybody', async () => {
		const script = open()
			.phone(HELLO)
			.server(SERVER_HELLO)
			.phone(record(23, Buffer.alloc(40)));
		script.server(record(23, Buffer.alloc(40))).server('', { flags: 'FA' });
		expect(await tlsOf(script)).toMatchObject([
			{ reached: 'application-data', closedBy: undefined },
		]);
	});

	it('keeps no more than 64 bytes of a foreign answer', async () => {
		const script = open()
			.phone(HELLO)
			.server(`220 ${'x'.repeat(100)}`);
		const [event] = await tlsOf(script);
		expect(event?.foreignAnswer).toBe(`220 ${'x'.repeat(60)}`);
	});

	it('hides what it carries: bytes that look like SIP are none', async () => {
		const script = open()
			.phone(HELLO)
			.server(SERVER_HELLO)
			.phone(record(23, Buffer.from(REGISTER)));
		const { messages } = await tracedRecords(script.records);
		expect(messages).toEqual([]);
	});

	it('of which the capture misses the answer is not said to have failed', async () => {
		const script = open().phone(HELLO).lose('server', 900).phone('', { flags: 'FA' });
		expect(await tlsOf(script)).toEqual([]);
		const { oddities } = await tracedRecords(script.records);
		expect(oddities).toContain('tls-gap');
	});

	it('of which the snaplen cut the answer is not said to have failed', async () => {
		const script = open().phone(HELLO).server(SERVER_HELLO, { snaplen: 60 });
		expect(await tlsOf(script.phone('', { flags: 'FA' }))).toEqual([]);
	});

	it('of which the capture misses bytes has failed all the same where an alert says so', async () => {
		const script = open()
			.phone(HELLO)
			.lose('server', 900)
			.phone(record(21, [2, 48]));
		expect(await tlsOf(script)).toMatchObject([{ alert: { by: 'client', description: 48 } }]);
	});

	it('that is up needs no more bytes than were captured', async () => {
		const script = open()
			.phone(HELLO)
			.server(SERVER_HELLO)
			.phone(record(23, Buffer.alloc(40)));
		script
			.server(record(23, Buffer.alloc(40)))
			.lose('server', 900)
			.phone('');
		expect(await tlsOf(script)).toMatchObject([{ reached: 'application-data' }]);
	});

	it('with a ClientHello that never came through is told with its length', async () => {
		const large = bytesOf(HELLO, record(22, Buffer.alloc(1300)));
		const script = open();
		for (const after of [0.1, 0.3, 0.6, 1.2]) script.phone(large, { offset: 0, after });
		const { events } = await tracedRecords(script.records);
		expect(events).toMatchObject([
			{ kind: 'tls' },
			{ kind: 'connection', transport: 'tls', unacknowledgedLength: large.length, copies: 4 },
		]);
	});
});
