import { AUTHORITATIVE_ANSWER, encode, TRUNCATED_RESPONSE } from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DnsMessage, parseDns } from '../../src/layers/dns.js';
import { readDnsStream } from '../../src/layers/dns-stream.js';
import { address, dnsQuery, dnsResponse, srv } from '../support/dns-bytes.js';
import { growth, LINEAR } from '../support/growth.js';

function read(bytes: Uint8Array, cut = false): DnsMessage {
	const parsed = parseDns(bytes, cut);
	if (!parsed.ok || parsed.value === undefined) throw new Error('expected a message');
	return parsed.value;
}

describe('a DNS message', () => {
	it('tells its id, and which name and type it asks for', () => {
		expect(read(dnsQuery('_sip._udp.example.com', 'SRV', 0xbeef))).toMatchObject({
			id: 0xbeef,
			isResponse: false,
			question: { name: '_sip._udp.example.com', type: 'SRV' },
		});
	});

	it('has names in lower case, as resolvers mix the case of their questions', () => {
		expect(read(dnsQuery('SIP.eXample.com', 'A')).question?.name).toBe('sip.example.com');
	});

	it('gives the values of SRV, NAPTR, A, AAAA and CNAME records, and leaves out others', () => {
		const bytes = dnsResponse('example.com', 'NAPTR', {
			answers: [
				{
					...{ type: 'NAPTR', name: 'example.com', ttl: 60 },
					data: {
						...{ order: 10, preference: 50, flags: 's', services: 'SIP+D2U' },
						...{ regexp: '', replacement: '_sip._udp.example.com' },
					},
				},
				srv('_sip._udp.example.com', 'A.example.com', 10, 5070),
				{ type: 'CNAME', name: 'a.example.com', ttl: 60, data: 'b.example.com' },
				{ type: 'TXT', name: 'b.example.com', ttl: 60, data: 'words' },
				address('b.example.com', '192.0.2.1'),
				address('b.example.com', '2001:db8::1'),
			],
		});
		expect(read(bytes).answers.map(({ type, data }) => `${type} ${data}`)).toEqual([
			'NAPTR 10 50 s SIP+D2U _sip._udp.example.com',
			'SRV 10 60 5070 a.example.com',
			'CNAME b.example.com',
			'A 192.0.2.1',
			'AAAA 2001:db8::1',
		]);
	});

	it('writes an empty NAPTR flag so that the words keep their places', () => {
		const data = { order: 1, preference: 2, flags: '', services: 'SIP+D2T', regexp: '' };
		const bytes = dnsResponse('example.com', 'NAPTR', {
			answers: [{ type: 'NAPTR', name: 'example.com', data: { ...data, replacement: '.' } }],
		});
		expect(read(bytes).answers[0]?.data).toBe('1 2 "" SIP+D2T .');
	});

	it('tells the response code', () => {
		expect(read(dnsResponse('example.com', 'A', { rcode: 3 })).rcode).toBe(3);
	});

	it('keeps addresses that the server added, and nothing else of that section', () => {
		const { additionals } = read(
			dnsResponse('_sip._udp.example.com', 'SRV', {
				answers: [srv('_sip._udp.example.com', 'a.example.com')],
				additionals: [address('a.example.com', '192.0.2.1'), srv('x.example.com', 'y')],
			}),
		);
		expect(additionals.map(({ data }) => data)).toEqual(['192.0.2.1']);
	});

	it('is no use of ours where it is an update or a notify', () => {
		const notify = dnsQuery('example.com', 'A');
		notify[2] = 0x20;
		expect(parseDns(notify)).toEqual({ ok: true, value: undefined });
	});

	it('is read up to its answers where what follows is broken', () => {
		const bytes = dnsResponse('example.com', 'A', {
			answers: [address('example.com', '192.0.2.1')],
			additionals: [address('example.com', '192.0.2.2')],
		});
		// The last record says that its data is longer than the message.
		bytes.writeUInt16BE(900, bytes.length - 6);
		bytes.writeUInt8(0xff, bytes.length - 16);
		expect(read(bytes).answers).toHaveLength(1);
	});

	it('that the snaplen cut still tells its question and code, and is called truncated', () => {
		const bytes = dnsResponse('example.com', 'A', {
			rcode: 3,
			answers: [address('example.com', '192.0.2.1')],
		});
		expect(read(bytes.subarray(0, 32), true)).toMatchObject({
			rcode: 3,
			truncated: true,
			question: { name: 'example.com', type: 'A' },
		});
		expect(parseDns(bytes.subarray(0, 32)).ok).toBe(false);
	});

	it('that says so is truncated', () => {
		const flags = TRUNCATED_RESPONSE | AUTHORITATIVE_ANSWER;
		expect(read(dnsResponse('example.com', 'A', { flags })).truncated).toBe(true);
	});
});

describe('hostile bytes on the DNS port', () => {
	it('never throw, cut or not', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, cut) => {
				expect(parseDns(bytes, cut)).toHaveProperty('ok');
			}),
		);
	});

	it('never throw where a real message has one byte changed', () => {
		const real = dnsResponse('_sip._udp.example.com', 'SRV', {
			answers: [srv('_sip._udp.example.com', 'a.example.com')],
			additionals: [address('a.example.com', '192.0.2.1')],
		});
		fc.assert(
			fc.property(fc.nat(real.length - 1), fc.nat(255), (at, value) => {
				const bytes = Buffer.from(real);
				bytes[at] = value;
				expect(parseDns(bytes)).toHaveProperty('ok');
			}),
		);
	});

	it('are refused where the header counts more records than there are bytes', () => {
		const bytes = Buffer.alloc(60);
		bytes.writeUInt16BE(65_535, 6);
		const parsed = parseDns(bytes);
		expect(parsed.ok ? undefined : parsed.malformed.problem).toMatchObject({
			kind: 'too-short',
			limitedBy: 'counts of the header',
		});
	});

	it('are refused where the message is longer than any server sends', () => {
		expect(parseDns(Buffer.alloc(20_000)).ok).toBe(false);
	});

	it('take time by their length where every name is a chain of pointers through others', () => {
		const CHAIN = 60;
		const RECORD = 18;
		const chains = (records: number) => {
			const bytes = Buffer.alloc(12 + records * RECORD);
			bytes.writeUInt16BE(0x8000, 2);
			bytes.writeUInt16BE(records, 6);
			for (let index = 0; index < records; index += 1) {
				const at = 12 + index * RECORD;
				bytes.write('\x01a', at);
				// The first of a chain points to a byte of the header that is 0: the root.
				bytes.writeUInt16BE(0xc000 | (index % CHAIN > 0 ? at - RECORD : 4), at + 2);
				bytes.set([0, 1, 0, 1], at + 4);
				bytes[at + 13] = 4;
			}
			return bytes;
		};
		const small = parseDns(chains(64));
		expect(small.ok && small.value?.answers.at(-5)?.name.length).toBe(2 * CHAIN - 1);
		expect(growth((size) => parseDns(chains(size)), 110)).toBeLessThan(LINEAR);
	});
});

describe('DNS over TCP', () => {
	const first = dnsQuery('example.com', 'NAPTR', 1);
	const second = dnsQuery('_sip._tcp.example.com', 'SRV', 2);
	const framed = (message: Buffer) =>
		Buffer.concat([Buffer.of(message.length >> 8, message.length & 0xff), message]);
	const stream = Buffer.concat([framed(first), framed(second)]);

	it('gives each message behind its length', () => {
		const { messages, consumed } = readDnsStream(stream);
		expect(messages.map((one) => read(one).id)).toEqual([1, 2]);
		expect(consumed).toBe(stream.length);
	});

	it('waits for the rest of a message', () => {
		for (let length = 0; length < stream.length; length += 1) {
			const whole = length >= framed(first).length ? 1 : 0;
			const { messages, consumed } = readDnsStream(stream.subarray(0, length));
			expect(messages).toHaveLength(whole);
			expect(consumed).toBe(whole * framed(first).length);
		}
	});

	it('passes over an empty message', () => {
		expect(readDnsStream(Buffer.of(0, 0, 0)).consumed).toBe(2);
	});

	it('reads what the library itself writes', () => {
		expect(read(encode({ type: 'query', id: 7, questions: [] })).hasQuestion).toBe(false);
	});
});
