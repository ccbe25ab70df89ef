/* Frames that somebody takes before anything is made of them. */
import { describe, expect, it } from 'vitest';
import type { RawFrame } from '../../src/capture/frame-reader.js';
import { readCapture } from '../../src/capture/read-capture.js';
import {
	inChunks,
	pcapFile,
	pcapngInterface,
	pcapngOption,
	pcapngPacket,
	pcapngSection,
} from '../support/capture-bytes.js';

const NAMES = ['one', 'two', 'three', 'four', 'five'];

const PCAP = pcapFile({
	records: NAMES.map((name) => ({ seconds: 7, fraction: 5, bytes: Buffer.from(name) })),
});

const PCAPNG = Buffer.concat([
	pcapngSection('little'),
	pcapngInterface('little'),
	...NAMES.map((name) => pcapngPacket('little', { low: 7_000_005, bytes: Buffer.from(name) })),
]);

/** What is told and what is taken, in the order in which it is. */
async function read(file: Uint8Array, isTaken: (name: string) => boolean, isWanted = () => true) {
	const seen: string[] = [];
	const facts = await readCapture(
		inChunks(file, 64),
		({ bytes, number, at }) => seen.push(`told ${number} ${Buffer.from(bytes).toString()} ${at}`),
		isWanted,
		{
			take: (frame) => {
				const name = nameIn(frame);
				seen.push(`asked ${frame.number} ${name} ${frame.at}`);
				return isTaken(name);
			},
			takeRow: () => undefined,
		},
	);
	return { seen, facts };
}

function nameIn({ bytes, start, end }: RawFrame): string {
	const own = bytes.slice(start, end);
	// A copy, and no view of what is overwritten.
	expect(own.buffer).not.toBe(bytes.buffer);
	return Buffer.from(own).toString();
}

describe.each([
	['pcap', PCAP],
	['pcapng', PCAPNG],
])('frames of a %s file', (_, file) => {
	it('are told before the next one is asked for, and not where they are taken', async () => {
		const { seen, facts } = await read(file, (name) => name === 'two' || name === 'five');
		expect(seen).toEqual([
			'asked 1 one 7000005',
			'told 1 one 7000005',
			'asked 2 two 7000005',
			'asked 3 three 7000005',
			'told 3 three 7000005',
			'asked 4 four 7000005',
			'told 4 four 7000005',
			'asked 5 five 7000005',
		]);
		expect(facts.packets).toBe(5);
		expect(facts.lastPacketAt).toBe(7_000_005);
	});

	it('are not asked for where nobody wants them', async () => {
		const { seen, facts } = await read(
			file,
			() => true,
			() => false,
		);
		expect(seen).toEqual([]);
		expect(facts.packets).toBe(5);
	});
});

describe('a frame that says more than its bytes', () => {
	it.each([
		[
			'cut by the snaplen',
			pcapFile({ records: [{ bytes: Buffer.from('cut'), originalLength: 9 }] }),
		],
		[
			'cut by the snaplen, in pcapng',
			Buffer.concat([
				pcapngSection('little'),
				pcapngInterface('little'),
				pcapngPacket('little', { bytes: Buffer.from('cut'), originalLength: 9 }),
			]),
		],
		[
			'with a comment',
			Buffer.concat([
				pcapngSection('little'),
				pcapngInterface('little'),
				pcapngPacket('little', {
					bytes: Buffer.from('cut'),
					options: [pcapngOption('little', 1, Buffer.from('comment'))],
				}),
			]),
		],
	])('is told: %s', async (_, file) => {
		const { seen } = await read(file, () => true);
		expect(seen.map((line) => line.split(' ').slice(0, 3))).toEqual([['told', '1', 'cut']]);
	});
});
