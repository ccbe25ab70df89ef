import { describe, expect, it, vi } from 'vitest';
import { pcapFile, readAll } from '../support/capture-bytes.js';
import { registerFrame } from '../support/packet-bytes.js';

const frame = registerFrame();
const orders = [
	{ order: 'little', nanoseconds: false, modified: false },
	{ order: 'big', nanoseconds: false, modified: false },
	{ order: 'little', nanoseconds: true, modified: false },
	{ order: 'big', nanoseconds: true, modified: false },
	{ order: 'little', nanoseconds: false, modified: true },
	{ order: 'big', nanoseconds: false, modified: true },
] as const;
const forms = [
	{ name: 'plain', modified: false, headerBytes: 16 },
	{ name: 'modified', modified: true, headerBytes: 24 },
] as const;

describe.each(orders)(
	'a pcap file, $order-endian, nanoseconds: $nanoseconds, modified: $modified',
	(kind) => {
		const fraction = kind.nanoseconds ? 123_456_789 : 123_456;
		const file = pcapFile({
			...kind,
			records: [
				{ seconds: 1_700_000_000, fraction, bytes: frame },
				{ seconds: 1_700_000_001, fraction: 0, bytes: frame.subarray(0, 60), originalLength: 600 },
			],
		});

		it('gives every frame with its number, time and lengths', async () => {
			const { frames } = await readAll(file);
			expect(frames).toEqual([
				{
					number: 1,
					at: 1_700_000_000_123_456,
					linkType: 1,
					bytes: frame,
					originalLength: frame.length,
					interfaceId: 0,
					direction: undefined,
					comments: [],
				},
				expect.objectContaining({ number: 2, at: 1_700_000_001_000_000, originalLength: 600 }),
			]);
		});

		it.each([1, 2, 3, 7, 16, 24, 25, 100])('reads the same in chunks of %i bytes', async (size) => {
			expect(await readAll(file, size)).toEqual(await readAll(file));
		});
	},
);

describe.each(forms)('a $name pcap file', ({ modified, headerBytes }) => {
	it('is truncated where it ends inside a record, and everything before is used', async () => {
		const whole = pcapFile({ modified, records: [{ bytes: frame }, { bytes: frame }] });
		const first = 24 + headerBytes + frame.length;
		for (let length = first; length <= whole.length; length += 1) {
			const { facts } = await readAll(whole.subarray(0, length));
			const ends = length === first || length === whole.length;
			expect([length, facts.truncated, facts.bytes]).toEqual([length, !ends, length]);
			expect(facts.packets).toBe(length === whole.length ? 2 : 1);
		}
	});

	it.each([1, 40, 65_536])(
		'is read up to a captured length that cannot be, in chunks of %i bytes',
		async (size) => {
			const bad = { bytes: frame, capturedLength: 0xffff_fff0 };
			const file = pcapFile({ modified, records: [{ bytes: frame }, bad, { bytes: frame }] });
			const { facts } = await readAll(file, size);
			const bytes = 24 + headerBytes + frame.length;
			expect(facts).toMatchObject({ packets: 1, truncated: false, bytes });
			expect(facts.oddities).toEqual([
				expect.objectContaining({
					kind: 'pcap-captured-length',
					firstFrame: 2,
					text: expect.stringContaining(`captured length 4294967280 at byte ${bytes + 8}`),
				}),
			]);
		},
	);

	it('keeps in step over empty records', async () => {
		const file = pcapFile({
			modified,
			records: [{ bytes: new Uint8Array(0), originalLength: 60 }, { bytes: frame }],
		});
		for (const size of [1, 24, 40, 48, 1000]) {
			const { frames } = await readAll(file, size);
			expect(frames.map(({ bytes }) => bytes.length)).toEqual([0, frame.length]);
		}
	});
});

describe('a pcap file', () => {
	it('is an error where it ends in its header', async () => {
		const file = pcapFile({ records: [] });
		for (let length = 4; length < 24; length += 1) {
			await expect(readAll(file.subarray(0, length))).rejects.toMatchObject({ code: 'header-cut' });
		}
	});

	it('may hold no packet', async () => {
		const { facts } = await readAll(pcapFile({ records: [] }));
		expect(facts).toMatchObject({ packets: 0, firstPacketAt: undefined, truncated: false });
	});

	it('may hold records up to 262144 bytes whatever its snaplen says', async () => {
		const bytes = new Uint8Array(262_144);
		const kept = await readAll(pcapFile({ snaplen: 96, records: [{ bytes }] }));
		expect(kept.facts.packets).toBe(1);
		const more = new Uint8Array(262_145);
		const file = pcapFile({ snaplen: 96, records: [{ bytes: more }, { bytes: frame }] });
		for (const chunkSize of [65_536, 1_000_000]) {
			expect((await readAll(file, chunkSize)).facts.packets).toBe(0);
		}
	});

	it('cannot make a snaplen of 4 GiB an excuse to hold the whole file', async () => {
		const bad = { bytes: frame, capturedLength: 0x7fff_ffff };
		const { facts } = await readAll(pcapFile({ snaplen: 0xffff_ffff, records: [bad] }));
		expect(facts.oddities.map(({ kind }) => kind)).toEqual(['pcap-captured-length']);
	});

	it.each([
		[9, 9],
		[2, 9],
		[3, 4],
	] as const)('of version %i.%i is refused by name', async (major, minor) => {
		const file = pcapFile({ version: [major, minor], records: [{ bytes: frame }] });
		await expect(readAll(file)).rejects.toMatchObject({
			code: 'unsupported-format',
			message: expect.stringContaining(`version ${major}.${minor}`),
		});
	});

	it('has a link type without the FCS bits above it', async () => {
		const { facts } = await readAll(pcapFile({ linkType: 0x2400_0001, records: [] }));
		expect(facts.linkTypes).toEqual([1]);
	});

	it('of the modified form does not tell which way a packet went: its converters do not know', async () => {
		const { frames } = await readAll(pcapFile({ modified: true, records: [{ bytes: frame }] }));
		expect(frames.map(({ direction }) => direction)).toEqual([undefined]);
	});

	it('whose clock was set back says so', async () => {
		const file = pcapFile({
			records: [
				{ seconds: 1_700_000_000, bytes: frame },
				{ seconds: 1_600_000_000, bytes: frame },
			],
		});
		const { facts } = await readAll(file);
		expect(facts.oddities.map(({ kind }) => kind)).toEqual(['clock-set-back']);
	});
});

describe('pcap-parser', () => {
	async function framesDecoded(modified: boolean): Promise<number> {
		const { readCapture } = await import('../../src/capture/read-capture.js');
		let frames = 0;
		async function* chunks() {
			yield pcapFile({ modified, records: [{ bytes: frame }] });
		}
		const count = () => {
			frames += 1;
		};
		await readCapture(chunks(), count).catch(() => undefined);
		return frames;
	}

	it.each(forms)(
		'delivers every record of a $name file: with another one in its place nothing is decoded',
		async ({ modified }) => {
			expect(await framesDecoded(modified)).toBe(1);
			vi.resetModules();
			vi.doMock('pcap-parser', () => ({
				default: { parse: () => ({ on: () => undefined, buffer: null }) },
			}));
			expect(await framesDecoded(modified)).toBe(0);
			vi.doUnmock('pcap-parser');
			vi.resetModules();
		},
	);
});
