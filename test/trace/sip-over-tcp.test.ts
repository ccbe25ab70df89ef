import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { traceCapture } from '../../src/trace/trace-capture.js';
import { pcapFile } from '../support/capture-bytes.js';
import { collectGarbage } from '../support/collect-garbage.js';
import {
	bytesOf,
	ethernet,
	ipv4,
	PHONE,
	REGISTER,
	SERVER,
	TRYING,
} from '../support/packet-bytes.js';
import { TcpScript, tcp } from '../support/tcp-bytes.js';
import { clientHello, handshake, record } from '../support/tls-bytes.js';
import { told, tracedRecords } from '../support/traced.js';

async function traced(script: TcpScript) {
	const { messages, events, facts, oddities } = await tracedRecords(script.records);
	return { messages, events, facts, oddities, told: messages.map(told) };
}

const open = () => new TcpScript().handshake();
const OK = TRYING.replace('100 Trying', '200 OK');
/** Octets of Ethernet, IPv4 and TCP before the payload. */
const HEADERS = 14 + 20 + 20;

/** What load balancers say first of whose connection it is (PROXY protocol, versions 1 and 2). */
const PROXY_LINE = Buffer.from('PROXY TCP4 203.0.113.7 198.51.100.5 40000 5060\r\n', 'latin1');
const PROXY_HEADER = bytesOf('\r\n\r\n', 0, '\r\nQUIT\n', [0x21, 0x11, 0, 12], Buffer.alloc(12, 9));

describe('a connection through a load balancer', () => {
	it.each([
		['in a line', PROXY_LINE],
		['in bytes', PROXY_HEADER],
	])('has its SIP read behind what is said of the client %s', async (_how, header) => {
		const apart = open().phone(header).phone(REGISTER).server(TRYING);
		expect(await traced(apart)).toMatchObject({ told: ['REGISTER 5', '100 6'], oddities: [] });
		const together = open().phone(bytesOf(header, REGISTER)).server(TRYING);
		expect(await traced(together)).toMatchObject({ told: ['REGISTER 4', '100 5'], oddities: [] });
		const byteByByte = open();
		for (const byte of bytesOf(header, REGISTER)) {
			byteByByte.phone(Buffer.of(byte), { after: 0.001 });
		}
		const { messages, oddities } = await traced(byteByByte);
		expect([messages.length, oddities]).toEqual([1, []]);
	});

	it('has its TLS handshake read behind it', async () => {
		const hello = record(22, handshake(1, clientHello({ serverName: 'sip.example.com' })));
		const script = open().phone(PROXY_HEADER).phone(hello).server('', { after: 40 });
		const { events } = await traced(script);
		expect(events).toMatchObject([{ kind: 'tls', serverName: 'sip.example.com' }]);
	});

	it('has keep-alives that are no beginning of it', async () => {
		const script = open().phone('\r\n\r\n').server('\r\n').phone(REGISTER, { after: 20 });
		expect((await traced(script)).told).toEqual(['REGISTER 6']);
	});
});

describe('a SIP message over TCP', () => {
	it('is observed with its time, its place and its packet', async () => {
		const { messages } = await traced(open().phone(REGISTER, { after: 1 }));
		expect(messages).toEqual([
			expect.objectContaining({
				at: 1_700_000_001_030_000,
				src: { address: PHONE, port: 40_000 },
				dst: { address: SERVER, port: 5060 },
				transport: 'tcp',
				source: 'a.pcap',
				frame: 4,
				frames: [4],
				cut: false,
				packet: {
					ttl: 64,
					ipId: 0x1234,
					sourceMac: '00:00:5e:00:53:01',
					destinationMac: '00:00:5e:00:53:02',
					interfaceId: 0,
					fragments: 1,
					payloadLength: REGISTER.length,
				},
			}),
		]);
	});

	it('is known on any port', async () => {
		const script = new TcpScript({ phonePort: 2000, serverPort: 443 }).handshake();
		expect((await traced(script.phone(REGISTER))).told).toEqual(['REGISTER 4']);
	});

	it('over several segments has all their frames, and the last as its own', async () => {
		const script = open().phone(REGISTER.slice(0, 100)).server('');
		const { messages, told: list } = await traced(script.phone(REGISTER.slice(100)));
		expect(list).toEqual(['REGISTER 4+6']);
		expect(messages[0]).toMatchObject({ frame: 6, at: 1_700_000_000_060_000 });
	});

	it('may share a segment with others', async () => {
		const { told: list } = await traced(
			open()
				.server(TRYING + OK)
				.phone(REGISTER + REGISTER),
		);
		expect(list).toEqual(['100 4', '200 4', 'REGISTER 5', 'REGISTER 5']);
	});

	it('may stand behind CRLF keep-alives', async () => {
		const script = open().phone('\r\n\r\n').server('\r\n').phone(`\r\n\r\n${REGISTER}`);
		expect(await traced(script)).toMatchObject({ told: ['REGISTER 6'], oddities: [] });
	});

	it('is one where its segment was sent again', async () => {
		const script = open().phone(REGISTER).phone(REGISTER, { offset: 0, after: 0.3 });
		expect((await traced(script)).told).toEqual(['REGISTER 4']);
	});

	it('seen twice at once is told twice, so that both frames can be named, and counted once', async () => {
		const script = open().phone(REGISTER).phone(REGISTER, { offset: 0, after: 0.001 });
		const { told: list, facts } = await traced(script);
		expect(list).toEqual(['REGISTER 4', 'REGISTER 5']);
		expect(facts.registerRequests).toBe(1);
	});

	it('of several segments that are all seen twice names the frames of both sightings', async () => {
		const [first, rest] = [REGISTER.slice(0, 200), REGISTER.slice(200)];
		const script = open().phone(first).phone(first, { offset: 0, after: 0 });
		script.phone(rest, { after: 0 }).phone(rest, { offset: 200, after: 0 });
		expect((await traced(script)).told).toEqual(['REGISTER 4+6', 'REGISTER 5+7']);
	});

	it('is whole where segments overlap', async () => {
		const script = open().phone(REGISTER.slice(0, 200));
		script.phone(REGISTER.slice(150), { offset: 150 });
		expect((await traced(script)).told).toEqual(['REGISTER 4+5']);
	});

	it('is whole where sequence numbers wrap around', async () => {
		const script = new TcpScript({ phoneStart: 0xffff_ff80 }).handshake();
		script.phone(REGISTER.slice(0, 200)).phone(REGISTER.slice(200) + REGISTER);
		expect((await traced(script)).told).toEqual(['REGISTER 4+5', 'REGISTER 5']);
	});

	it('is found where the capture begins in the midst of the connection', async () => {
		const script = new TcpScript().phone(`half a header\r\n\r\n${REGISTER}`).server(OK);
		expect((await traced(script)).told).toEqual(['REGISTER 1', '200 2']);
	});

	it('behind a lost segment is found once the other side has acknowledged it', async () => {
		const script = open().lose('phone', 300).phone(REGISTER).server(OK).phone(OK, { after: 5 });
		const { told: list } = await traced(script);
		expect(list).toEqual(['200 5', 'REGISTER 4', '200 6']);
	});

	it('whose middle is lost is cut, and the next one is whole', async () => {
		const script = open().phone(REGISTER.slice(0, 150)).lose('phone', 50);
		script.phone(REGISTER.slice(200)).phone(REGISTER).server('').server('', { after: 3 });
		const { told: list, oddities } = await traced(script);
		expect(list).toEqual(['REGISTER 4 cut', 'REGISTER 6']);
		expect(oddities).toContain('tcp-gap');
	});

	it('that the snaplen cut is cut', async () => {
		const script = open().phone(REGISTER, { snaplen: 200 }).phone(REGISTER);
		const { told: list, oddities } = await traced(script);
		expect(list).toEqual(['REGISTER 4 cut', 'REGISTER 5']);
		expect(oddities).toEqual(['frame-cut-by-snaplen', 'sip-message-cut', 'tcp-gap']);
	});

	it('that the capture ends in is cut', async () => {
		const { told: list } = await traced(open().phone(REGISTER.slice(0, -20)));
		expect(list).toEqual(['REGISTER 4 cut']);
	});

	it('is found behind a long run of other bytes where it begins a segment', async () => {
		const script = open();
		for (let count = 0; count < 70; count += 1) script.phone(Buffer.alloc(1400, 'x'));
		expect((await traced(script.phone(REGISTER))).told).toEqual(['REGISTER 74']);
	});

	it('belongs to the later connection where ports are used again', async () => {
		const first = open().phone(REGISTER.slice(0, 100));
		const second = new TcpScript({ phoneStart: 50_000 }).handshake().phone(REGISTER);
		const { messages } = await tracedRecords([...first.records, ...second.records]);
		expect(messages.map(told)).toEqual(['REGISTER 4 cut', 'REGISTER 8']);
	});
});

describe('what a capture of a connection misses', () => {
	async function missed(script: TcpScript) {
		const { events } = await traced(script);
		return events.flatMap((event) => (event.kind === 'not-captured' ? [event] : []));
	}

	it('is told once the other side has acknowledged it', async () => {
		const script = open().phone(REGISTER).lose('server', 450).phone('');
		expect(await missed(script)).toEqual([
			{
				kind: 'not-captured',
				at: 1_700_000_000_050_000,
				source: 'a.pcap',
				frame: 5,
				src: { address: SERVER, port: 5060 },
				dst: { address: PHONE, port: 40_000 },
				length: 450,
			},
		]);
	});

	it('is told where more came behind it', async () => {
		const script = open().phone(REGISTER).lose('server', 450).server(OK, { after: 1 });
		expect(await missed(script)).toMatchObject([{ length: 450, frame: 5 }]);
	});

	it('has the time at which it was acknowledged, not of what came long after', async () => {
		const script = open().phone(REGISTER).lose('server', 450).phone('').server(OK, { after: 60 });
		expect(await missed(script)).toMatchObject([{ length: 450, frame: 5 }]);
	});

	it('is told of a capture that shows one direction alone', async () => {
		const script = new TcpScript().phone(REGISTER).lose('server', 450).phone(REGISTER);
		expect(await missed(script)).toMatchObject([{ length: 450, frame: 2 }]);
	});

	it('is nothing where the segment stands behind its acknowledgment', async () => {
		const script = open().phone(REGISTER).lose('server', OK.length).phone('');
		expect(await missed(script.server(OK, { offset: 0 }))).toEqual([]);
	});

	it('is nothing where a FIN is all that was acknowledged', async () => {
		const script = open().phone(REGISTER).server(OK).lose('server', 1).phone('', { flags: 'FA' });
		expect(await missed(script)).toEqual([]);
	});

	it('is what the snaplen cut off a segment', async () => {
		const script = open().phone(REGISTER).server(OK, { snaplen: 100 }).phone('');
		expect(await missed(script)).toMatchObject([{ length: OK.length + HEADERS - 100, frame: 5 }]);
	});

	it('is nothing where the capture begins in the midst of the connection', async () => {
		const script = new TcpScript({ serverStart: 77_000 }).phone(REGISTER).server(OK).phone('');
		expect(await missed(script)).toEqual([]);
	});

	it('is nothing of a connection without SIP', async () => {
		const script = open().phone('EHLO example.com\r\n').lose('server', 450).phone('');
		expect(await missed(script)).toEqual([]);
	});

	it('is not told without end', async () => {
		const script = open().phone(REGISTER);
		for (let n = 0; n < 200; n += 1) script.lose('server', 10).server(OK, { after: 40 });
		expect(await missed(script)).toHaveLength(64);
	});
});

describe('a stream of SIP messages', () => {
	const stream = bytesOf(REGISTER, '\r\n\r\n', TRYING, OK, REGISTER);
	const whole = ['REGISTER', '100', '200', 'REGISTER'];
	const cuts = fc.uniqueArray(fc.integer({ min: 1, max: stream.length - 1 }), { maxLength: 12 });

	function pieces(at: readonly number[]): { offset: number; bytes: Buffer }[] {
		const bounds = [0, ...at.toSorted((a, b) => a - b), stream.length];
		return bounds.slice(0, -1).map((start, index) => ({
			offset: start,
			bytes: stream.subarray(start, bounds[index + 1]),
		}));
	}

	it('is the same in every segmentation, order and repetition of its segments', async () => {
		const order = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
			minLength: 20,
			maxLength: 20,
		});
		await fc.assert(
			fc.asyncProperty(cuts, order, fc.nat(3), fc.integer(), async (at, keys, twice, start) => {
				const list = pieces(at);
				const sent = [...list, ...list.slice(0, twice)]
					.map((piece, index) => ({ ...piece, key: keys[index] ?? 0 }))
					.toSorted((a, b) => a.key - b.key);
				const script = new TcpScript({ phoneStart: start >>> 0 }).handshake();
				for (const { offset, bytes } of sent) script.phone(bytes, { offset, after: 0.2 });
				script.phone('', { flags: 'FA' }).server('', { flags: 'FA' });
				const { messages } = await tracedRecords(script.records);
				expect(messages.map((one) => told(one).split(' ')[0])).toEqual(whole);
			}),
			{ numRuns: 150 },
		);
	});

	it('never gives a message that was not sent, whatever is lost', async () => {
		await fc.assert(
			fc.asyncProperty(cuts, fc.array(fc.boolean(), { maxLength: 13 }), async (at, lost) => {
				const script = open();
				for (const [index, { offset, bytes }] of pieces(at).entries()) {
					if (lost[index] !== true) script.phone(bytes, { offset });
				}
				const { messages } = await tracedRecords(script.records);
				const sent = [REGISTER, TRYING, OK];
				for (const { message, cut } of messages) {
					const text = Buffer.from(message.bytes).toString('latin1');
					if (!cut) expect(sent).toContain(text);
				}
			}),
			{ numRuns: 100 },
		);
	});

	it('never makes the reader throw, whatever the segments hold', async () => {
		const segment = fc.record({
			fromPhone: fc.boolean(),
			flags: fc.constantFrom('S', 'SA', 'A', 'FA', 'R', ''),
			sequence: fc.oneof(fc.nat(3000), fc.integer()),
			acknowledgment: fc.oneof(fc.nat(3000), fc.integer()),
			payload: fc.oneof(
				fc.uint8Array({ maxLength: 60 }),
				fc
					.constantFrom(REGISTER, OK, 'GET / HTTP/1.1\r\n', '\x16\x03\x01\x00\x05')
					.map(Buffer.from),
			),
		});
		await fc.assert(
			fc.asyncProperty(fc.array(segment, { maxLength: 25 }), async (segments) => {
				const records = segments.map(({ fromPhone, payload, ...fields }, index) => {
					const ports = fromPhone ? [40_000, 5060] : [5060, 40_000];
					const [sourcePort = 0, destinationPort = 0] = ports;
					const [source, destination] = fromPhone ? [PHONE, SERVER] : [SERVER, PHONE];
					const bytes = tcp(payload, { ...fields, sourcePort, destinationPort });
					const packet = ipv4(bytes, { source, destination, protocol: 6 });
					return { seconds: 1_700_000_000 + index, bytes: ethernet(packet) };
				});
				const { facts } = await tracedRecords(records);
				expect(facts.packets).toBe(segments.length);
			}),
		);
	});
});

describe('thousands of connections that stay open', () => {
	const CONNECTIONS = 2_000;

	it('keep no bytes of what was told', async () => {
		const records = Array.from({ length: CONNECTIONS }, (_, index) =>
			new TcpScript({ phonePort: 10_000 + index }).handshake().phone(REGISTER).server(OK),
		).flatMap((script) => script.records);
		const file = pcapFile({ records });
		let kept = 0;
		async function* chunks() {
			collectGarbage();
			const before = process.memoryUsage().arrayBuffers;
			yield file;
			collectGarbage();
			kept = process.memoryUsage().arrayBuffers - before;
		}
		let messages = 0;
		await traceCapture('a.pcap', chunks(), {
			message: () => {
				messages += 1;
			},
			event: () => undefined,
		});
		expect(messages).toBe(2 * CONNECTIONS);
		expect(kept / CONNECTIONS).toBeLessThan(500);
	});
});
