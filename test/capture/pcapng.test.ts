import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	numbers,
	pcapngBlock,
	pcapngInterface,
	pcapngOption,
	pcapngPacket,
	pcapngSection,
	readAll,
} from '../support/capture-bytes.js';
import { registerFrame } from '../support/packet-bytes.js';

const frame = registerFrame();
/** 2023-11-14T22:13:20.123456Z in microseconds, as the two halves of a timestamp. */
const AT = 1_700_000_000_123_456;
const micros = halves(BigInt(AT));

function halves(units: bigint): { high: number; low: number } {
	return { high: Number(units >> 32n), low: Number(units & 0xffff_ffffn) };
}

function eightBytes(order: 'little' | 'big', value: number): Buffer {
	const bytes = Buffer.alloc(8);
	if (order === 'little') bytes.writeBigUInt64LE(BigInt(value));
	else bytes.writeBigUInt64BE(BigInt(value));
	return bytes;
}

describe.each(['little', 'big'] as const)('a pcapng file, %s-endian', (order) => {
	const start = [pcapngSection(order), pcapngInterface(order)];
	const file = Buffer.concat([...start, pcapngPacket(order, { ...micros, bytes: frame })]);

	it('gives a frame with its number, time and lengths', async () => {
		const { frames } = await readAll(file);
		expect(frames).toEqual([
			{
				number: 1,
				at: AT,
				linkType: 1,
				bytes: frame,
				originalLength: frame.length,
				interfaceId: 0,
				direction: undefined,
				comments: [],
			},
		]);
	});

	it.each([1, 5, 12, 28, 100])('reads the same in chunks of %i bytes', async (size) => {
		expect(await readAll(file, size)).toEqual(await readAll(file));
	});

	const statistics = (id: number, dropped: number, code = 5) =>
		pcapngBlock(
			order,
			5,
			Buffer.concat([
				numbers(order, [4, id], [4, micros.high], [4, micros.low]),
				pcapngOption(order, code, eightBytes(order, dropped)),
			]),
		);

	async function droppedIn(...blocks: readonly Uint8Array[]): Promise<readonly number[]> {
		const { facts } = await readAll(Buffer.concat([file, ...blocks]));
		return facts.oddities
			.filter(({ kind }) => kind === 'packets-dropped')
			.map(({ count }) => count);
	}

	it('says how many packets the capturing machine dropped, by the last count of each interface', async () => {
		expect(await droppedIn(statistics(0, 12))).toEqual([12]);
		expect(await droppedIn(statistics(0, 12), statistics(0, 15), statistics(0, 0))).toEqual([15]);
		expect(await droppedIn(statistics(0, 12), statistics(1, 3, 7))).toEqual([15]);
	});

	it('says nothing of packets that were received, or where none was dropped', async () => {
		expect(await droppedIn(statistics(0, 0), statistics(0, 99, 4))).toEqual([]);
	});

	it('tells from the packet flags who sent a frame', async () => {
		const flags = (bits: number) => [pcapngOption(order, 2, numbers(order, [4, bits]))];
		const packets = [1, 2, 0].map((bits) =>
			pcapngPacket(order, { bytes: frame, options: flags(bits) }),
		);
		const { frames } = await readAll(Buffer.concat([...start, ...packets]));
		expect(frames.map(({ direction }) => direction)).toEqual(['inbound', 'outbound', undefined]);
	});

	it('gives the comments of a packet', async () => {
		const options = ['one', 'zwei ü'].map((text) => pcapngOption(order, 1, Buffer.from(text)));
		const packet = pcapngPacket(order, { bytes: frame.subarray(0, 61), options });
		const { frames } = await readAll(Buffer.concat([...start, packet]));
		expect(frames[0]?.comments).toEqual(['one', 'zwei ü']);
	});

	const resolutions = [
		['nanoseconds', 9, BigInt(AT) * 1000n + 789n],
		['units of 10⁻¹⁰ s', 10, BigInt(AT) * 10_000n + 789n],
		['microseconds', 6, BigInt(AT)],
		['units of 2⁻²⁰ s', 0x80 | 20, (BigInt(AT) * 2n ** 20n) / 1_000_000n + 1n],
	] as const;
	it.each(resolutions)('reads times in %s', async (_name, tsresol, units) => {
		const options = [pcapngOption(order, 9, Uint8Array.of(tsresol))];
		const parts = [
			pcapngSection(order),
			pcapngInterface(order, { options }),
			pcapngPacket(order, { ...halves(units), bytes: frame }),
		];
		const { frames } = await readAll(Buffer.concat(parts));
		expect(frames[0]?.at).toBe(AT);
	});

	it('adds the offset of an interface to its times', async () => {
		const offset = Buffer.alloc(8);
		if (order === 'big') offset.writeBigInt64BE(-3600n);
		else offset.writeBigInt64LE(-3600n);
		const parts = [
			pcapngSection(order),
			pcapngInterface(order, { options: [pcapngOption(order, 14, offset)] }),
			pcapngPacket(order, { ...micros, bytes: frame }),
		];
		const { frames } = await readAll(Buffer.concat(parts));
		expect(frames[0]?.at).toBe(AT - 3_600_000_000);
	});

	it('cuts a simple packet where the first interface had a snaplen', async () => {
		const body = Buffer.concat([numbers(order, [4, frame.length]), frame.subarray(0, 64)]);
		const parts = [
			pcapngSection(order),
			pcapngInterface(order, { snaplen: 62 }),
			pcapngBlock(order, 3, body),
		];
		const { frames, facts } = await readAll(Buffer.concat(parts));
		expect(frames[0]).toMatchObject({ originalLength: frame.length });
		expect(frames[0]?.bytes).toEqual(frame.subarray(0, 62));
		expect(facts.oddities.map(({ kind }) => kind)).toEqual(['pcapng-packet-without-time']);
	});
});

describe('a pcapng file', () => {
	const section = pcapngSection('little');
	const start = Buffer.concat([section, pcapngInterface('little')]);
	const packet = pcapngPacket('little', { ...micros, bytes: frame });

	it('may have sections of both byte orders, each with its own interfaces', async () => {
		const parts = [
			start,
			packet,
			pcapngSection('big'),
			pcapngInterface('big', { linkType: 113 }),
			pcapngInterface('big', { linkType: 101 }),
			pcapngPacket('big', { ...micros, bytes: frame, interfaceId: 1 }),
		];
		const { frames, facts } = await readAll(Buffer.concat(parts));
		expect(frames.map(({ linkType }) => linkType)).toEqual([1, 101]);
		expect(frames.map(({ interfaceId }) => interfaceId)).toEqual([0, 2]);
		expect(facts.linkTypes).toEqual([1, 113, 101]);
	});

	it('may hold blocks that nobody here knows', async () => {
		const parts = [start, pcapngBlock('little', 0x4242, Buffer.from('anything')), packet];
		const { frames } = await readAll(Buffer.concat(parts));
		expect(frames.map(({ number }) => number)).toEqual([1]);
	});

	it('numbers frames as Wireshark does: journal entries and custom blocks count', async () => {
		const parts = [
			start,
			pcapngBlock('little', 9, Buffer.from('MESSAGE=hello\n')),
			pcapngBlock('little', 0x0bad, Buffer.alloc(8)),
			packet,
		];
		const { frames } = await readAll(Buffer.concat(parts));
		expect(frames.map(({ number }) => number)).toEqual([3]);
	});

	it('is truncated where it ends inside a block', async () => {
		const whole = Buffer.concat([start, packet, packet]);
		for (let length = whole.length - packet.length; length <= whole.length; length += 1) {
			const { facts } = await readAll(whole.subarray(0, length));
			const ends = length === whole.length || length === whole.length - packet.length;
			expect([length, facts.truncated, facts.bytes]).toEqual([length, !ends, length]);
		}
	});

	it('is an error where it ends in its section header', async () => {
		for (let length = 4; length < section.length; length += 1) {
			const reading = readAll(section.subarray(0, length));
			await expect(reading).rejects.toMatchObject({ code: 'header-cut' });
		}
	});

	it.each([0, 8, 13, 0xffff_fffc])('is read on behind a block length of %i', async (length) => {
		const damaged = numbers('little', [4, 6], [4, length], [4, 0]);
		const file = Buffer.concat([start, packet, damaged, packet]);
		for (const size of [1, 1000]) {
			const { facts } = await readAll(file, size);
			expect(facts).toMatchObject({ packets: 2, bytes: file.length, truncated: false });
			expect(facts.oddities.map(({ kind, text }) => [kind, /byte \d+/.exec(text)?.[0]])).toEqual([
				['pcapng-block-length', `byte ${start.length + packet.length + 4}`],
				['pcapng-resumed', `byte ${start.length + packet.length + 12}`],
			]);
		}
	});

	it('is read up to damage behind which no block can be recognised', async () => {
		const file = Buffer.concat([start, packet, Buffer.alloc(300, 0x41)]);
		for (const size of [1, 1000]) {
			const { facts } = await readAll(file, size);
			expect(facts).toMatchObject({ packets: 1, bytes: start.length + packet.length });
			expect(facts.oddities.map(({ kind }) => kind)).toEqual(['pcapng-block-length']);
		}
	});

	it('is read on behind garbage of any bytes, at the packets that follow', async () => {
		await fc.assert(
			fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 50 }), async (garbage) => {
				const file = Buffer.concat([start, Buffer.alloc(8, 0xff), garbage, packet, packet]);
				const { frames } = await readAll(file);
				expect(frames.at(-1)?.bytes).toEqual(frame);
				expect(await readAll(file, 7)).toEqual(await readAll(file));
			}),
		);
	});

	it('with a packet of an interface that is not there reads on', async () => {
		const stray = pcapngPacket('little', { bytes: frame, interfaceId: 7 });
		const { frames, facts } = await readAll(Buffer.concat([start, stray, packet]));
		expect(frames.map(({ number }) => number)).toEqual([2]);
		expect(facts.oddities.map(({ kind }) => kind)).toEqual(['pcapng-unknown-interface']);
	});

	it('with a packet that promises more than its block has reads on', async () => {
		const liar = pcapngPacket('little', { bytes: frame, capturedLength: 5000 });
		const { frames, facts } = await readAll(Buffer.concat([start, liar, packet]));
		expect(frames.map(({ number }) => number)).toEqual([2]);
		expect(facts.oddities[0]?.text).toMatch(/5000 bytes needed, \d+ available/);
	});

	it('never makes the reader throw on any bytes behind its section header', async () => {
		await fc.assert(
			fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.nat(60), async (bytes, size) => {
				const file = Buffer.concat([start, bytes]);
				expect(await readAll(file, size + 1)).toEqual(await readAll(file));
			}),
		);
	});

	it('never makes the reader throw with any block body', async () => {
		const type = fc.constantFrom(0x0a0d0d0a, 1, 2, 3, 6);
		await fc.assert(
			fc.asyncProperty(type, fc.uint8Array({ maxLength: 80 }), async (kind, body) => {
				const file = Buffer.concat([start, pcapngBlock('little', kind, body), packet]);
				const { facts } = await readAll(file);
				expect(facts.format).toBe('pcapng');
			}),
		);
	});
});
