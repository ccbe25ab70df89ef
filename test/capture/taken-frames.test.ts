/* Frames that somebody takes before anything is made of them. */
import { describe, expect, it } from 'vitest';
import type { RawFrame, RecordRow } from '../../src/capture/frame-reader.js';
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

const RECORDS = NAMES.map((name) => ({ seconds: 7, fraction: 5, bytes: Buffer.from(name) }));
const PCAP = pcapFile({ records: RECORDS });
const MODIFIED = pcapFile({ modified: true, records: RECORDS });

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
	['modified pcap', MODIFIED],
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

describe('frames of a modified pcap file', () => {
	it('are offered one by one, as a row of them has headers that no taker knows', async () => {
		let rows = 0;
		const countRow = () => {
			rows += 1;
		};
		const { packets } = await readCapture(inChunks(MODIFIED, 64), () => undefined, undefined, {
			take: () => true,
			takeRow: countRow,
		});
		expect([packets, rows]).toEqual([5, 0]);
	});
});

/** Takes the records of these names as long as one follows the other. */
function takeRow(row: RecordRow, names: readonly string[]): void {
	const { format, unitsPerMicrosecond } = row.form;
	const [head, rest] = format === 'pcap' ? [16, 0] : [28, 4];
	for (;;) {
		const view = new DataView(row.bytes.buffer, row.bytes.byteOffset + row.at);
		if (view.byteLength < head) return;
		const length = view.getUint32(format === 'pcap' ? 8 : 20, true);
		const name = Buffer.from(row.bytes.slice(row.at + head, row.at + head + length)).toString();
		if (!names.includes(name)) return;
		row.at += head + (format === 'pcap' ? length : (length + 3) & ~3) + rest;
		row.number += 1;
		row.lastAt = 7_000_000 + row.number * unitsPerMicrosecond;
	}
}

describe.each([
	['pcap', PCAP],
	['pcapng', PCAPNG],
])('a row of records of a %s file', (_, file) => {
	it('is taken at once, and what follows is told with its own number', async () => {
		const seen: string[] = [];
		const facts = await readCapture(
			inChunks(file, 10_000),
			({ bytes, number }) => seen.push(`told ${number} ${Buffer.from(bytes).toString()}`),
			() => true,
			{
				take: ({ number }) => seen.push(`asked ${number}`) === 0,
				takeRow: (row) => {
					seen.push(`row ${row.number} ${row.lastAt}`);
					takeRow(row, ['two', 'three', 'four']);
				},
			},
		);
		expect(seen).toEqual([
			// Nothing is taken before the first frame.
			'asked 1',
			'told 1 one',
			'row 2 7000005',
			'row 5 7000005',
			'asked 5',
			'told 5 five',
		]);
		expect(facts).toMatchObject({ packets: 5, firstPacketAt: 7_000_005, lastPacketAt: 7_000_005 });
		expect(facts.bytes).toBe(file.length);
	});

	it('may be the rest of the file', async () => {
		const facts = await readCapture(
			inChunks(file, 10_000),
			() => undefined,
			() => true,
			{ take: () => false, takeRow: (row) => takeRow(row, NAMES) },
		);
		expect(facts).toMatchObject({ packets: 5, truncated: false, lastPacketAt: 7_000_006 });
		expect(facts.bytes).toBe(file.length);
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
