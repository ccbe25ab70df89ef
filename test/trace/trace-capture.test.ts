import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeExportedPdu } from '../../src/capture/exported-pdu.js';
import {
	enhancedPacket,
	interfaceDescription,
	sectionHeader,
} from '../../src/capture/pcapng-writer.js';
import { encodeEventComment, encodeTransportComment } from '../../src/trace/event-comment.js';
import type { NetworkEvent, Observed } from '../../src/trace/observed.js';
import { traceCapture } from '../../src/trace/trace-capture.js';
import { inChunks, pcapFile, type RecordFields } from '../support/capture-bytes.js';
import {
	addressBytes,
	bytesOf,
	ethernet,
	ipv4,
	PHONE,
	REGISTER,
	registerFrame,
	SERVER,
	TRYING,
	udp,
} from '../support/packet-bytes.js';

async function trace(file: Uint8Array, chunkSize = 65_536) {
	const messages: Observed[] = [];
	const events: NetworkEvent[] = [];
	const facts = await traceCapture('a.pcap', inChunks(file, chunkSize), {
		message: (observed) => messages.push(observed),
		event: (event) => events.push(event),
	});
	return { messages, events, facts };
}

function tracePcap(...records: readonly (RecordFields | Uint8Array)[]) {
	const fields = records.map((one) => (one instanceof Uint8Array ? { bytes: one } : one));
	return trace(pcapFile({ records: fields }));
}

const fromPhone = (payload: string) => ethernet(ipv4(udp(payload)));
const fromServer = (payload: string) =>
	ethernet(
		ipv4(udp(payload, { source: SERVER, destination: PHONE }), {
			source: SERVER,
			destination: PHONE,
			ttl: 58,
		}),
	);

describe('a SIP message in a capture', () => {
	it('is observed with its time, place and packet', async () => {
		const { messages } = await tracePcap({
			seconds: 1_700_000_000,
			fraction: 5,
			bytes: registerFrame(),
		});
		expect(messages).toEqual([
			{
				message: expect.objectContaining({ kind: 'request', method: 'REGISTER' }),
				at: 1_700_000_000_000_005,
				src: { address: PHONE, port: 5060 },
				dst: { address: SERVER, port: 5060 },
				transport: 'udp',
				source: 'a.pcap',
				frame: 1,
				frames: [1],
				cut: false,
				packet: {
					ttl: 64,
					ipId: 0x1234,
					sourceMac: '00:00:5e:00:53:01',
					destinationMac: '00:00:5e:00:53:02',
					udpChecksum: 'good',
					interfaceId: 0,
					fragments: 1,
					payloadLength: REGISTER.length,
				},
			},
		]);
	});

	it('is counted, and REGISTER requests apart', async () => {
		const { facts } = await tracePcap(fromPhone(REGISTER), fromServer(TRYING), fromPhone('RTP'));
		expect(facts).toMatchObject({
			kind: 'capture',
			name: 'a.pcap',
			format: 'pcap',
			linkTypes: ['ethernet'],
			packets: 3,
			sipMessages: 2,
			registerRequests: 1,
			oddities: [],
		});
	});

	it('is known by its start-line on any port', async () => {
		const segment = udp(REGISTER, { sourcePort: 40_000, destinationPort: 3478 });
		const { messages } = await tracePcap(ethernet(ipv4(segment)));
		expect(messages[0]?.dst.port).toBe(3478);
	});

	it('may stand behind empty lines', async () => {
		const { messages } = await tracePcap(fromPhone(`\r\n\r\n${REGISTER}`));
		expect(messages[0]?.packet.payloadLength).toBe(REGISTER.length + 4);
	});

	it('has the VLANs of its frame', async () => {
		const { messages } = await tracePcap(ethernet(ipv4(udp(REGISTER)), { tags: [10, 20] }));
		expect(messages[0]?.packet.vlans).toEqual([10, 20]);
	});

	it('is marked where the snaplen cut it, and its checksum is not judged', async () => {
		const bytes = registerFrame();
		const { messages, facts } = await tracePcap({
			bytes: bytes.subarray(0, 300),
			originalLength: bytes.length,
		});
		expect(messages[0]).toMatchObject({ cut: true });
		expect(messages[0]?.packet.udpChecksum).toBeUndefined();
		const kinds = facts.oddities.map(({ kind }) => kind);
		expect(kinds).toEqual(['frame-cut-by-snaplen', 'sip-message-cut']);
	});

	it('is read where the snaplen cut it in the midst of the method of its CSeq', async () => {
		const bytes = fromServer(TRYING);
		const { messages } = await tracePcap({
			bytes: bytes.subarray(0, bytes.indexOf(' REGISTER') + 4),
			originalLength: bytes.length,
		});
		expect(messages).toMatchObject([{ cut: true, message: { statusCode: 100 } }]);
	});

	it('in fragments is one, at the frame of the last', async () => {
		const segment = udp(REGISTER);
		const { messages } = await tracePcap(
			ethernet(ipv4(segment.subarray(0, 160), { more: true })),
			fromServer(TRYING),
			ethernet(ipv4(segment.subarray(160), { offset: 160 })),
		);
		expect(messages.map(({ frame, frames }) => [frame, frames])).toEqual([
			[2, [2]],
			[3, [1, 3]],
		]);
		expect(messages[1]).toMatchObject({
			cut: false,
			packet: { fragments: 2, udpChecksum: 'good' },
		});
	});

	it('is marked where its first fragment alone is there, and is as long as it was sent', async () => {
		const segment = udp(REGISTER);
		const { messages, facts } = await tracePcap(
			ethernet(ipv4(segment.subarray(0, 160), { more: true })),
			fromServer(TRYING),
		);
		expect(messages.map(({ frame, cut }) => [frame, cut])).toEqual([
			[2, false],
			[1, true],
		]);
		expect(messages[1]?.packet).toMatchObject({
			isBeginning: true,
			payloadLength: REGISTER.length,
			udpChecksum: undefined,
		});
		expect(facts).toMatchObject({ sipMessages: 2, registerRequests: 1 });
		const oddities = facts.oddities.map(({ kind, text }) => `${kind}: ${text}`);
		expect(oddities.find((text) => text.startsWith('sip-message-cut'))).toContain(
			'without a filter on ports',
		);
	});

	it('is none in the first fragment of anything else', async () => {
		const segment = udp('no SIP'.repeat(40));
		const { messages } = await tracePcap(ethernet(ipv4(segment.subarray(0, 160), { more: true })));
		expect(messages).toEqual([]);
	});

	it('is none in a keep-alive', async () => {
		const { messages, facts } = await tracePcap(fromPhone('\r\n\r\n'), fromPhone('\0'));
		expect([messages, facts.oddities]).toEqual([[], []]);
	});

	it.each([1, 17, 1000])('is the same in chunks of %i bytes', async (size) => {
		const file = pcapFile({ records: [{ bytes: registerFrame() }, { bytes: fromServer(TRYING) }] });
		expect(await trace(file, size)).toEqual(await trace(file));
	});
});

describe('an ICMP error in a capture', () => {
	const error = (quoted: Uint8Array) =>
		ethernet(
			ipv4(bytesOf([3, 3, 0, 0, 0, 0, 0, 0], quoted), {
				protocol: 1,
				source: '203.0.113.1',
				destination: PHONE,
			}),
		);

	it('is an event that names who sent it and what it quotes', async () => {
		const { messages, events } = await tracePcap(error(ipv4(udp(REGISTER))));
		expect(messages).toEqual([]);
		expect(events).toEqual([
			expect.objectContaining({
				kind: 'unreachable',
				reason: 'port',
				reporter: '203.0.113.1',
				icmp: { version: 4, type: 3, code: 3 },
				frame: 1,
				quoted: {
					transport: 'udp',
					src: { address: PHONE, port: 5060 },
					dst: { address: SERVER, port: 5060 },
					text: REGISTER,
				},
			}),
		]);
	});

	it('keeps no more than 2048 characters of what it quotes', async () => {
		const { events } = await tracePcap(error(ipv4(udp('x'.repeat(3000)))));
		expect(events).toMatchObject([{ quoted: { text: 'x'.repeat(2048) } }]);
	});

	it('about a ping is none of ours', async () => {
		const { events, facts } = await tracePcap(error(ipv4(Buffer.alloc(16), { protocol: 1 })));
		expect([events, facts.oddities]).toEqual([[], []]);
	});
});

describe('a neighbour in a capture', () => {
	const arp = (last: number) =>
		ethernet(
			bytesOf(
				[0, 1, 8, 0, 6, 4, 0, 2],
				[0, 0, 0x5e, 0, 0x53, last],
				addressBytes(PHONE),
				Buffer.alloc(10),
			),
			{ etherType: 0x0806 },
		);

	it('is told once, and again where its hardware address changes', async () => {
		const { events } = await tracePcap(arp(1), arp(1), arp(2));
		expect(events).toMatchObject([
			{ kind: 'neighbour', address: PHONE, mac: '00:00:5e:00:53:01', frame: 1 },
			{ kind: 'neighbour', address: PHONE, mac: '00:00:5e:00:53:02', frame: 3 },
		]);
	});
});

describe('a file that a probe saved', () => {
	const at = 1_700_000_000_000_000;
	const src = { address: '2001:db8::10', port: 49_152 };
	const dst = { address: '2001:db8::5', port: 5061 };
	const pdu = (dissector: string, payload: string) =>
		encodeExportedPdu({ dissector, transport: 'tcp', src, dst, payload: Buffer.from(payload) });
	const save = (...packets: readonly Uint8Array[]) =>
		Buffer.concat([sectionHeader('sipdoctor'), interfaceDescription(252), ...packets]);

	it('gives its messages over the transport that their comments name', async () => {
		const bytes = pdu('sip', REGISTER);
		const comments = [encodeTransportComment('tls')];
		const file = save(enhancedPacket({ at, bytes }), enhancedPacket({ at, bytes, comments }));
		const { messages, facts } = await trace(file);
		expect(messages.map(({ transport }) => transport)).toEqual(['tcp', 'tls']);
		expect(messages[0]).toMatchObject({ at, src, dst, frame: 1, cut: false });
		expect(facts).toMatchObject({ linkTypes: ['exported-pdu'], registerRequests: 2, oddities: [] });
	});

	it('gives its events again, at their frame', async () => {
		const event: NetworkEvent = {
			kind: 'connection',
			at,
			source: 'a.pcap',
			frame: 1,
			outcome: 'refused',
			transport: 'tls',
			src,
			dst,
			errno: 'ECONNREFUSED',
		};
		const packet = { at, bytes: pdu('data', ''), comments: [encodeEventComment(event)] };
		const { events } = await trace(save(enhancedPacket(packet)));
		expect(events).toEqual([event]);
	});

	it('without addresses has no messages, and says so', async () => {
		const bytes = encodeExportedPdu({
			dissector: 'sip',
			transport: 'udp',
			src: undefined,
			dst: undefined,
			payload: Buffer.from(REGISTER),
		});
		const { messages, facts } = await trace(save(enhancedPacket({ at, bytes })));
		expect(messages).toEqual([]);
		expect(facts.oddities.map(({ kind }) => kind)).toEqual(['exported-pdu-without-addresses']);
	});
});

describe('traceCapture', () => {
	it('never throws on a capture with any bytes changed', async () => {
		const good = pcapFile({ records: [{ bytes: registerFrame() }, { bytes: fromServer(TRYING) }] });
		const changes = fc.array(fc.tuple(fc.nat(good.length - 25), fc.nat(255)), { maxLength: 5 });
		await fc.assert(
			fc.asyncProperty(changes, async (list) => {
				const file = Buffer.from(good);
				// The file's own header stays: what it may refuse is told in the tests of capture.
				for (const [at, value] of list) file[at + 24] = value;
				const { facts } = await trace(file);
				expect(facts.packets).toBeLessThanOrEqual(good.length / 16);
			}),
		);
	});
});
