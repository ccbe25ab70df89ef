import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteBudget } from '../../src/layers/byte-budget.js';
import { parseTcp, sequenceAfter, sequenceDistance } from '../../src/layers/tcp.js';
import { TcpStream } from '../../src/layers/tcp-stream.js';
import { tcp } from '../support/tcp-bytes.js';

describe('a TCP header', () => {
	const segment = tcp('hello', {
		sourcePort: 40_000,
		destinationPort: 5060,
		sequence: 0xffff_fff0,
		acknowledgment: 7,
		flags: 'SA',
		options: Uint8Array.of(2, 4, 5, 0xb4),
	});

	it('is read with the payload behind its options', () => {
		const parsed = parseTcp(segment, 'ipv4 length');
		expect(parsed).toMatchObject({
			ok: true,
			value: {
				sourcePort: 40_000,
				destinationPort: 5060,
				sequence: 0xffff_fff0,
				acknowledgment: 7,
				syn: true,
				ack: true,
				fin: false,
				rst: false,
				window: 64_240,
				headerMissing: 0,
			},
		});
		expect(parsed.ok && Buffer.from(parsed.value.payload).toString()).toBe('hello');
	});

	it.each(Array.from({ length: 20 }, (_, length) => length))(
		'is too short with %i bytes',
		(length) => {
			expect(parseTcp(segment.subarray(0, length), 'ipv4 length')).toEqual({
				ok: false,
				malformed: {
					layer: 'tcp',
					offset: 0,
					problem: { kind: 'too-short', needed: 20, available: length, limitedBy: 'ipv4 length' },
				},
			});
		},
	);

	it('may be cut in its options by the snaplen, and says how much is missing', () => {
		const parsed = parseTcp(segment.subarray(0, 22), 'captured length');
		expect(parsed).toMatchObject({ ok: true, value: { headerMissing: 2, syn: true } });
	});

	it('may not be cut in its options by the packet', () => {
		expect(parseTcp(segment.subarray(0, 22), 'ipv4 length').ok).toBe(false);
	});

	it('has a data offset of five words or more', () => {
		const bad = Buffer.from(segment);
		bad[12] = 0x40;
		expect(parseTcp(bad, 'ipv4 length')).toMatchObject({
			ok: false,
			malformed: { problem: { field: 'data offset', value: '16' } },
		});
	});

	it('is read from any bytes without a throw', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
				expect(typeof parseTcp(bytes, 'captured length').ok).toBe('boolean');
			}),
		);
	});
});

describe('sequence numbers', () => {
	it('wrap around', () => {
		expect(sequenceDistance(0xffff_fff0, 0x10)).toBe(0x20);
		expect(sequenceDistance(0x10, 0xffff_fff0)).toBe(-0x20);
		expect(sequenceAfter(0xffff_fff0, 0x20)).toBe(0x10);
	});
});

describe('a TCP stream', () => {
	const SECOND = 1_000_000;

	function stream(budget = new ByteBudget(1_000_000)) {
		const seen: string[] = [];
		const reader = new TcpStream<{ readonly at: number }>(
			{
				bytes: (chunk, position) => seen.push(`${position}:${Buffer.from(chunk).toString()}`),
				gap: (length, position) => seen.push(`${position}:gap ${length}`),
				copy: (length, position) => seen.push(`${position}:copy ${length}`),
			},
			budget,
		);
		const add = (sequence: number, text: string, at = 0, missing = 0) =>
			reader.add(sequence, Buffer.from(text), missing, { at });
		return { reader, seen, add };
	}

	it('gives bytes in order', () => {
		const { reader, seen, add } = stream();
		reader.start(100);
		add(103, 'def');
		add(100, 'abc');
		expect(seen).toEqual(['0:abc', '3:def']);
	});

	it('gives only what is new of a segment, and tells the rest as a copy', () => {
		const { seen, add } = stream();
		add(100, 'abc');
		add(101, 'bcde');
		add(100, 'ab');
		expect(seen).toEqual(['0:abc', '1:copy 2', '3:de', '0:copy 2']);
	});

	it('waits for a hole as long as nobody acknowledged it', () => {
		const { reader, seen, add } = stream();
		add(100, 'abc');
		add(106, 'ghi', SECOND);
		reader.acknowledge(103, 2 * SECOND);
		reader.acknowledge(103, 20 * SECOND);
		expect(seen).toEqual(['0:abc']);
	});

	it('passes over a hole a second after its bytes were acknowledged', () => {
		const { reader, seen, add } = stream();
		add(100, 'abc');
		add(106, 'ghi', SECOND);
		reader.acknowledge(109, SECOND);
		reader.acknowledge(109, 1.5 * SECOND);
		expect(seen).toEqual(['0:abc']);
		reader.acknowledge(109, 3 * SECOND);
		expect(seen).toEqual(['0:abc', '3:gap 3', '6:ghi']);
	});

	it('passes over a hole after half a minute at the latest', () => {
		const { seen, add } = stream();
		add(100, 'abc');
		add(106, 'ghi', SECOND);
		add(109, 'j', 40 * SECOND);
		expect(seen).toEqual(['0:abc', '3:gap 3', '6:ghi', '9:j']);
	});

	it('tells what the snaplen cut as a gap', () => {
		const { seen, add } = stream();
		add(100, 'abc', 0, 2);
		add(105, 'f');
		expect(seen).toEqual(['0:abc', '3:gap 2', '5:f']);
	});

	it('begins anew where the numbers jump beyond any window', () => {
		const { seen, add } = stream();
		add(100, 'abc');
		add(0x8000_0000, 'xyz');
		expect(seen).toEqual(['0:abc', '3:gap 0', '3:xyz']);
	});

	it('gives what waits when it is flushed', () => {
		const { reader, seen, add } = stream();
		add(100, 'abc');
		add(110, 'k');
		add(106, 'ghi');
		reader.flush();
		expect(seen).toEqual(['0:abc', '3:gap 3', '6:ghi', '9:gap 1', '10:k']);
	});

	it('does not wait where the room of all streams is used up', () => {
		const { reader, seen, add } = stream(new ByteBudget(3));
		add(100, 'abc');
		add(106, 'ghi');
		expect(reader.isWaiting).toBe(true);
		add(110, 'k');
		expect(seen).toEqual(['0:abc', '3:gap 3', '6:ghi', '9:gap 1', '10:k']);
	});

	it('keeps a bounded number of segments', () => {
		const { seen, add } = stream();
		add(0, 'a');
		for (let at = 0; at < 600; at += 1) add(10 + 2 * at, 'x');
		expect(seen.filter((one) => one.includes('gap')).length).toBeGreaterThan(80);
	});

	it('skips bytes that nobody wants', () => {
		const { reader, seen, add } = stream();
		reader.start(100);
		reader.skip(100, 1000);
		add(1100, 'abc');
		expect(seen).toEqual(['1000:abc']);
	});
});
