import type { RecordType } from 'dns-packet';
import { describe, expect, it } from 'vitest';
import { parseDns } from '../../src/layers/dns.js';
import { DnsQuestions } from '../../src/trace/dns-questions.js';
import type { DnsEvent } from '../../src/trace/observed.js';
import { address, dnsQuery, dnsResponse, type ResponseFields, srv } from '../support/dns-bytes.js';

const PHONE = { address: '192.0.2.10', port: 40_000 };
const RESOLVER = { address: '192.0.2.53', port: 53 };

class Wire {
	readonly events: DnsEvent[] = [];
	readonly questions = new DnsQuestions('a.pcap', (event) => this.events.push(event));
	#frame = 0;

	/** Seconds. */
	asks(at: number, name: string, type: RecordType, { id = 1, src = PHONE } = {}): void {
		this.#feed(dnsQuery(name, type, id), at, { src, dst: RESOLVER });
	}

	answers(at: number, name: string, type: RecordType, fields: ResponseFields = {}): void {
		this.#feed(dnsResponse(name, type, fields), at, { src: RESOLVER, dst: PHONE });
	}

	raw(bytes: Uint8Array, at: number): void {
		this.#feed(bytes, at, { src: RESOLVER, dst: PHONE });
	}

	#feed(bytes: Uint8Array, at: number, hop: { src: typeof PHONE; dst: typeof PHONE }): void {
		const parsed = parseDns(bytes);
		if (!parsed.ok || parsed.value === undefined) throw new Error('expected a message');
		this.#frame += 1;
		this.questions.message(parsed.value, { ...hop, at: at * 1_000_000, frame: this.#frame });
	}
}

describe('a DNS question', () => {
	it('is told with its answer, from the side that asked', () => {
		const wire = new Wire();
		wire.asks(0, '_sip._udp.example.com', 'SRV');
		wire.answers(0.02, '_sip._udp.example.com', 'SRV', {
			answers: [srv('_sip._udp.example.com', 'a.example.com')],
			additionals: [address('a.example.com', '192.0.2.5')],
		});
		expect(wire.events).toEqual([
			{
				...{ kind: 'dns', source: 'a.pcap', at: 20_000, frame: 2, src: PHONE, dst: RESOLVER },
				...{ name: '_sip._udp.example.com', type: 'SRV', outcome: 'answered', copies: 1 },
				answers: [
					{
						name: '_sip._udp.example.com',
						type: 'SRV',
						ttl: 300,
						data: '10 60 5060 a.example.com',
					},
					{ name: 'a.example.com', type: 'A', ttl: 300, data: '192.0.2.5' },
				],
			},
		]);
	});

	it.each([
		['nxdomain', 3],
		['servfail', 2],
		['refused', 5],
		['empty', 0],
	])('may come to %s', (outcome, rcode) => {
		const wire = new Wire();
		wire.asks(0, 'example.com', 'A');
		wire.answers(0.1, 'example.com', 'A', { rcode });
		expect(wire.events.map((event) => event.outcome)).toEqual([outcome]);
	});

	it('is empty where the answer has only an alias', () => {
		const wire = new Wire();
		wire.asks(0, 'example.com', 'A');
		wire.answers(0.1, 'example.com', 'A', {
			answers: [{ type: 'CNAME', name: 'example.com', data: 'other.example.com' }],
		});
		expect(wire.events[0]?.outcome).toBe('empty');
	});

	it('is unanswered five seconds after its last copy, at the frame of its first', () => {
		const wire = new Wire();
		wire.asks(0, 'example.com', 'A');
		wire.asks(4, 'example.com', 'A');
		wire.asks(8, 'other.example.com', 'A', { id: 2 });
		expect(wire.events).toEqual([]);
		wire.asks(9.5, 'third.example.com', 'A', { id: 3 });
		expect(wire.events).toEqual([
			expect.objectContaining({ outcome: 'unanswered', copies: 2, frame: 1, at: 0 }),
		]);
	});

	it('is unanswered where the source ends before the answer', () => {
		const wire = new Wire();
		wire.asks(0, 'example.com', 'A');
		wire.questions.end();
		expect(wire.events.map(({ outcome }) => outcome)).toEqual(['unanswered']);
	});

	it('counts its copies up to the answer', () => {
		const wire = new Wire();
		for (const at of [0, 1, 2]) wire.asks(at, 'example.com', 'A');
		wire.answers(2.1, 'example.com', 'A', { rcode: 3 });
		expect(wire.events[0]?.copies).toBe(3);
	});

	it('is told once, however often the server answers', () => {
		const wire = new Wire();
		wire.asks(0, 'example.com', 'A');
		wire.answers(0.1, 'example.com', 'A', { rcode: 3 });
		wire.answers(0.2, 'example.com', 'A', { rcode: 3 });
		wire.questions.end();
		expect(wire.events).toHaveLength(1);
	});

	it('with the same id for another type is another question', () => {
		const wire = new Wire();
		wire.asks(0, 'example.com', 'A');
		wire.asks(0, 'example.com', 'AAAA');
		wire.answers(0.1, 'example.com', 'AAAA');
		wire.questions.end();
		expect(wire.events.map(({ type, outcome }) => `${type} ${outcome}`)).toEqual([
			'AAAA empty',
			'A unanswered',
		]);
	});

	it('for a type that locates nobody is not told', () => {
		const wire = new Wire();
		wire.asks(0, '10.2.0.192.in-addr.arpa', 'PTR');
		wire.answers(0.1, '10.2.0.192.in-addr.arpa', 'PTR', { rcode: 3 });
		wire.questions.end();
		expect(wire.events).toEqual([]);
	});

	it('is answered by an error that does not repeat it', () => {
		const wire = new Wire();
		wire.asks(0, 'example.com', 'A');
		const bytes = dnsResponse('example.com', 'A', { rcode: 5 }).subarray(0, 12);
		bytes.writeUInt16BE(0, 4);
		wire.raw(bytes, 0.1);
		expect(wire.events.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
			'example.com refused',
		]);
	});

	it('whose answer did not fit is left to the one over TCP', () => {
		const wire = new Wire();
		wire.asks(0, 'example.com', 'NAPTR');
		wire.answers(0.1, 'example.com', 'NAPTR', { flags: 0x200 });
		wire.questions.end();
		expect(wire.events).toEqual([]);
	});
});

describe('an answer whose question was before the capture', () => {
	it('is told with no copy of the question', () => {
		const wire = new Wire();
		wire.answers(0, 'example.com', 'A', { answers: [address('example.com', '192.0.2.5')] });
		expect(wire.events).toEqual([expect.objectContaining({ outcome: 'answered', copies: 0 })]);
	});
});

describe('a flood of questions', () => {
	it('pushes out the oldest, and they are counted', () => {
		const wire = new Wire();
		for (let id = 0; id < 5_000; id += 1) wire.asks(0, 'example.com', 'A', { id });
		expect(wire.questions.dropped).toBe(5_000 - 4_096);
		wire.questions.end();
		expect(wire.events).toHaveLength(4_096);
	});
});
