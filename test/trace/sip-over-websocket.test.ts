import { describe, expect, it } from 'vitest';
import { bytesOf, REGISTER, TRYING } from '../support/packet-bytes.js';
import { TcpScript } from '../support/tcp-bytes.js';
import { told, tracedRecords } from '../support/traced.js';
import { webSocketFrame } from '../support/websocket-bytes.js';

const GET = [
	'GET /sip HTTP/1.1',
	'Host: pbx.example.com',
	'Upgrade: websocket',
	'Connection: Upgrade',
	'Sec-WebSocket-Protocol: sip',
	'',
	'',
].join('\r\n');
const SWITCHING = [
	'HTTP/1.1 101 Switching Protocols',
	'Upgrade: websocket',
	'Sec-WebSocket-Protocol: sip',
	'',
	'',
].join('\r\n');

const mask = [1, 2, 3, 4];
const open = (port = 8088) => new TcpScript({ serverPort: port }).handshake();
const upgraded = () => open().phone(GET).server(SWITCHING);

async function traced(script: TcpScript) {
	const { messages, events, oddities } = await tracedRecords(script.records);
	return { messages, events, oddities, told: messages.map(told) };
}

describe('SIP over WebSocket', () => {
	it('is read in both directions, on any port', async () => {
		const script = upgraded().phone(webSocketFrame(REGISTER, { mask }));
		const { told: list, messages } = await traced(script.server(webSocketFrame(TRYING)));
		expect(list).toEqual(['REGISTER 6', '100 7']);
		expect(messages[0]?.transport).toBe('ws');
	});

	it('is the same where everything comes a byte at a time', async () => {
		const script = open();
		for (const byte of Buffer.from(GET)) script.phone(Buffer.of(byte), { after: 0.001 });
		script.server(SWITCHING);
		for (const byte of webSocketFrame(REGISTER, { mask })) {
			script.phone(Buffer.of(byte), { after: 0.001 });
		}
		const { messages } = await traced(script);
		expect(messages.map(({ message }) => Buffer.from(message.bytes).toString())).toEqual([
			REGISTER,
		]);
	});

	it('may follow the 101 in one segment', async () => {
		const script = open()
			.phone(GET)
			.server(bytesOf(SWITCHING, webSocketFrame(TRYING)));
		expect((await traced(script)).told).toEqual(['100 5']);
	});

	it('goes on with the next frame behind a lost segment', async () => {
		const script = upgraded().lose('phone', 50).phone(webSocketFrame(REGISTER, { mask }));
		script.server('').server('', { after: 3 });
		expect((await traced(script)).told).toEqual(['REGISTER 6']);
	});

	it('is read from a server whose 101 the capture misses', async () => {
		const script = open().phone(GET).lose('server', SWITCHING.length);
		script.phone(webSocketFrame(REGISTER, { mask })).server(webSocketFrame(TRYING));
		const { told: list, events } = await traced(script.phone('', { after: 2 }));
		expect(list).toEqual(['REGISTER 5', '100 6']);
		expect(events).toMatchObject([{ kind: 'not-captured', length: SWITCHING.length, frame: 5 }]);
	});

	it('that the capture misses is told where it was acknowledged', async () => {
		const script = upgraded().phone(webSocketFrame(REGISTER, { mask })).lose('server', 300);
		const { events } = await traced(script.phone(''));
		expect(events).toMatchObject([
			{ kind: 'websocket' },
			{ kind: 'not-captured', length: 300, frame: 7 },
		]);
	});

	it('of which the snaplen cut a frame is told with the whole frame', async () => {
		const frame = webSocketFrame(TRYING);
		const script = upgraded()
			.phone(webSocketFrame(REGISTER, { mask }))
			.server(frame, { snaplen: 120 });
		const { events, told: list } = await traced(script.server(frame));
		expect(list).toEqual(['REGISTER 6', '100 8']);
		expect(events).toContainEqual(
			expect.objectContaining({ kind: 'not-captured', length: frame.length, frame: 7 }),
		);
	});

	it('goes on at the next frame with SIP where bytes are no frame, and that is said', async () => {
		const script = upgraded()
			.server(Buffer.of(0xff, 0xff, 0xff))
			.server(webSocketFrame('hello'))
			.server(webSocketFrame(TRYING));
		expect(await traced(script)).toMatchObject({ told: ['100 8'], oddities: ['websocket-broken'] });
	});

	it('is read where the capture began after the upgrade', async () => {
		const script = new TcpScript({ serverPort: 8088 }).phone(webSocketFrame(REGISTER, { mask }));
		script.server(webSocketFrame(TRYING)).phone(webSocketFrame('\r\n\r\n', { mask }));
		const { told: list, messages, oddities } = await traced(script);
		expect(list).toEqual(['REGISTER 1', '100 2']);
		expect(messages[0]).toMatchObject({ transport: 'ws', dst: { port: 8088 } });
		expect(oddities).toEqual([]);
	});

	it('is read where the capture began within a frame, in each direction once one begins', async () => {
		const register = webSocketFrame(REGISTER, { mask });
		const trying = webSocketFrame(TRYING);
		const script = new TcpScript({ serverPort: 8088 })
			.server(trying.subarray(50))
			.phone(register.subarray(100))
			.phone(webSocketFrame('', { opcode: 9, mask }))
			.server(webSocketFrame('', { opcode: 10 }))
			.phone(register)
			.server(trying.subarray(7))
			.server(trying);
		expect((await traced(script)).told).toEqual(['REGISTER 5', '100 7']);
	});

	it('is known by a keep-alive, too', async () => {
		const register = webSocketFrame(REGISTER, { mask });
		const script = new TcpScript({ serverPort: 8088 })
			.phone(webSocketFrame('\r\n\r\n', { mask }))
			.phone(register.subarray(0, 100))
			.phone(register.subarray(100));
		expect((await traced(script)).told).toEqual(['REGISTER 2+3']);
	});

	it('knows the client by its mask where the capture began later', async () => {
		const script = new TcpScript({ phonePort: 8088, serverPort: 50_000 })
			.phone(webSocketFrame(TRYING))
			.server(webSocketFrame(REGISTER, { mask }))
			.server('', { flags: 'R' });
		expect((await traced(script)).events).toMatchObject([
			{ kind: 'websocket', outcome: 'closed', src: { port: 50_000 }, dst: { port: 8088 } },
			{ kind: 'connection', outcome: 'reset', src: { port: 50_000 }, by: 'client' },
		]);
	});

	it('is none where a connection that begins in the middle carries something else', async () => {
		const other = [webSocketFrame('{"a":1}', { mask }), webSocketFrame(Buffer.alloc(40), { mask })];
		for (const bytes of [...other, webSocketFrame(REGISTER, { mask }).subarray(1)]) {
			const script = new TcpScript({ serverPort: 8088 }).phone(bytes).phone(bytes);
			expect(await traced(script)).toMatchObject({ told: [], events: [], oddities: [] });
		}
	});

	it('is not looked for in other HTTP', async () => {
		const script = open().phone('GET / HTTP/1.1\r\nHost: a\r\n\r\n').server(TRYING);
		expect(await traced(script)).toMatchObject({ messages: [], events: [] });
	});
});

describe('the upgrade to WebSocket', () => {
	it('that is refused has the status', async () => {
		const script = open().phone(GET).server('HTTP/1.1 404 Not Found\r\n\r\nnothing here');
		expect(await traced(script)).toMatchObject({
			events: [{ kind: 'websocket', outcome: 'refused', status: 404, path: '/sip', frame: 5 }],
			oddities: [],
		});
	});

	it('that is answered by the end of the connection has none', async () => {
		const script = open().phone(GET).server('', { flags: 'FA' });
		expect((await traced(script)).events).toMatchObject([
			{ kind: 'websocket', outcome: 'closed', status: undefined },
		]);
	});

	it('of another protocol than SIP is not told of a host that speaks none', async () => {
		const script = open().phone(GET.replace('sip\r\n', 'chat\r\n')).server(SWITCHING);
		expect((await traced(script)).events).toEqual([]);
	});

	it('is followed by the code of the close, once', async () => {
		const close = webSocketFrame(Buffer.of(0x03, 0xf2), { opcode: 8 });
		const script = upgraded().server(close).phone(close).server('', { flags: 'FA' });
		const { events } = await traced(script);
		expect(events).toMatchObject([
			{ outcome: 'established', protocol: 'sip' },
			{ outcome: 'closed', closeCode: 1010, frame: 6 },
		]);
	});

	it('that the phone closed was closed by the phone, though the server ends TCP first', async () => {
		const close = webSocketFrame(Buffer.of(0x03, 0xe9), { opcode: 8, mask });
		const script = upgraded()
			.phone(webSocketFrame(REGISTER, { mask }))
			.phone(close)
			.server(webSocketFrame(Buffer.of(0x03, 0xe9), { opcode: 8 }))
			.server('', { flags: 'FA' });
		const { events } = await traced(script);
		expect(events).toMatchObject([
			{ kind: 'websocket', outcome: 'established' },
			{ kind: 'websocket', outcome: 'closed', closeCode: 1001 },
			{ kind: 'connection', outcome: 'closed', by: 'client' },
		]);
	});
});
