/* Records that are taken in a row: what is told and what is only counted, where one of them is odd. */
import { describe, expect, it } from 'vitest';
import type { ByteOrder } from '../../src/bytes/integers.js';
import type { Observed, TraceSink } from '../../src/trace/observed.js';
import type { MessageTimes, Repeatable } from '../../src/trace/repeatable.js';
import { traceCapture } from '../../src/trace/trace-capture.js';
import {
	inChunks,
	pcapFile,
	pcapngBlock,
	pcapngInterface,
	pcapngOption,
	pcapngPacket,
	pcapngSection,
} from '../support/capture-bytes.js';
import { bytesOf, ethernet, ipv4, PHONE, SERVER, udp } from '../support/packet-bytes.js';

const SECOND = 1_000_000;
const EXCHANGES = 7;
/** Number of the frame that may be odd: the REGISTER of the last exchange. */
const ODD = 13;

interface Packet {
	/** Microseconds. */
	readonly at: number;
	readonly bytes: Uint8Array;
}

/** A REGISTER and its answer, every thirty seconds. */
const PACKETS: readonly Packet[] = Array.from({ length: EXCHANGES }, (_, index) => {
	const cseq = index + 1;
	const at = 1_700_000_000 * SECOND + index * 30 * SECOND;
	const fields = [
		`Via: SIP/2.0/UDP ${PHONE};branch=z9hG4bK${cseq}`,
		'From: <sip:1001@example.com>;tag=f1',
		'To: <sip:1001@example.com>',
		'Call-ID: c1',
		`CSeq: ${cseq} REGISTER`,
		`Contact: <sip:1001@${PHONE}>`,
		'\r\n',
	].join('\r\n');
	const back = { source: SERVER, destination: PHONE };
	return [
		{ at, bytes: ethernet(ipv4(udp(`REGISTER sip:example.com SIP/2.0\r\n${fields}`))) },
		{ at: at + 4_321, bytes: ethernet(ipv4(udp(`SIP/2.0 200 OK\r\n${fields}`, back), back)) },
	];
}).flat();

type Oddity = 'none' | 'cut' | 'set-back' | 'commented' | 'interface' | 'two-lengths' | 'apart';

/** What each format can say of the one packet that is odd. */
function pcap(oddity: Oddity, order: ByteOrder, nanoseconds: boolean): Buffer {
	const records = PACKETS.map(({ at, bytes }, index) => {
		const isOdd = (one: Oddity): boolean => oddity === one && index === ODD - 1;
		const time = at - (isOdd('set-back') ? 40 * SECOND : 0);
		const micros = time % SECOND;
		return {
			seconds: (time - micros) / SECOND,
			fraction: nanoseconds ? micros * 1000 + 999 : micros,
			bytes,
			originalLength: bytes.length + (isOdd('cut') ? 1 : 0),
		};
	});
	return pcapFile({ records, order, nanoseconds });
}

function pcapng(oddity: Oddity, order: ByteOrder, nanoseconds: boolean): Buffer {
	const blocks = PACKETS.map(({ at, bytes }, index) => {
		const isOdd = (one: Oddity): boolean => oddity === one && index === ODD - 1;
		const micros = BigInt(at - (isOdd('set-back') ? 40 * SECOND : 0));
		const time = nanoseconds ? micros * 1000n + 999n : micros;
		const block = pcapngPacket(order, {
			...{ high: Number(time >> 32n), low: Number(time & 0xffff_ffffn), bytes },
			interfaceId: isOdd('interface') ? 1 : 0,
			originalLength: bytes.length + (isOdd('cut') ? 1 : 0),
			options: isOdd('commented') ? [pcapngOption(order, 1, Buffer.from('odd'))] : [],
		});
		if (isOdd('two-lengths')) block.fill(0, block.length - 4);
		return isOdd('apart')
			? bytesOf(pcapngBlock(order, 0x1234, Buffer.from('a block of another kind')), block)
			: block;
	});
	const options = [pcapngOption(order, 9, Buffer.from([nanoseconds ? 9 : 6]))];
	const declared = pcapngInterface(order, { options });
	return Buffer.concat([pcapngSection(order), declared, declared, ...blocks]);
}

/** All exchanges after the first one are alike. */
class Sink implements TraceSink {
	readonly told: number[] = [];
	/** Of exchanges that were counted: the last frame, and how long the answer took. */
	readonly counted: (readonly [number, number])[] = [];
	/** Of exchanges that were told at one go: frame, time and interface of each message. */
	readonly atOnce: (readonly [number, number, number | undefined])[] = [];
	letGo = 0;

	message({ frame }: Observed): void {
		this.told.push(frame);
	}

	event(): void {
		throw new Error('nothing but messages was expected');
	}

	repeatable(): Repeatable {
		return {
			...{ verifies: undefined, told: 1, answered: [{ sent: 0, final: 1 }] },
			md5Of: () => undefined,
			follows: () => true,
			isTimedOnly: () => true,
			again: (times) => this.timed(times),
			tell: (messages, letGo) => {
				this.letGo += letGo;
				for (const { frame, at, packet } of messages)
					this.atOnce.push([frame, at, packet.interfaceId]);
			},
		};
	}

	timed(times: MessageTimes): void {
		this.counted.push([times.lastFrame, times.timeOf(1) - times.timeOf(0)]);
	}
}

async function read(file: Uint8Array) {
	const sink = new Sink();
	const facts = await traceCapture('a.pcap', inChunks(file, 100_000), sink);
	const { told, counted, atOnce, letGo } = sink;
	return { told, counted, atOnce, letGo, facts };
}

function timeOf(frame: number): number {
	return PACKETS[frame - 1]?.at ?? 0;
}

type FileOf = (oddity: Oddity) => Buffer;

const PCAP: readonly (readonly [string, FileOf])[] = [
	['pcap', (oddity) => pcap(oddity, 'little', false)],
	['pcap of the other byte order', (oddity) => pcap(oddity, 'big', false)],
	['pcap in nanoseconds', (oddity) => pcap(oddity, 'little', true)],
];

const PCAPNG: readonly (readonly [string, FileOf])[] = [
	['pcapng', (oddity) => pcapng(oddity, 'little', false)],
	['pcapng of the other byte order', (oddity) => pcapng(oddity, 'big', false)],
	['pcapng in nanoseconds', (oddity) => pcapng(oddity, 'little', true)],
];

const COUNTED = [4, 6, 8, 10].map((frame) => [frame, 4_321] as const);

describe.each([...PCAP, ...PCAPNG])('exchanges that are alike in a %s file', (_, fileOf) => {
	it('are counted, and the latest of them is told', async () => {
		const { told, counted, atOnce, letGo, facts } = await read(fileOf('none'));
		expect(told).toEqual([1, 2]);
		expect(counted).toEqual([...COUNTED, [12, 4_321], [14, 4_321]]);
		expect(atOnce).toEqual([
			[13, timeOf(13), 0],
			[14, timeOf(14), 0],
		]);
		expect(letGo).toBe(5);
		expect(facts).toMatchObject({
			...{ packets: 14, sipMessages: 14, registerRequests: 7, oddities: [] },
			...{ firstPacketAt: timeOf(1), lastPacketAt: timeOf(14) },
		});
	});
});

describe('a capture that ends before the last REGISTER is answered', () => {
	it('has it told, with the exchange before it', async () => {
		const records = PACKETS.slice(0, -1).map(({ at, bytes }) => ({
			seconds: Math.floor(at / SECOND),
			fraction: at % SECOND,
			bytes,
		}));
		const { told, counted, atOnce } = await read(pcapFile({ records }));
		expect(told).toEqual([1, 2, 11, 12, 13]);
		expect(counted).toEqual(COUNTED);
		expect(atOnce.map(([frame]) => frame)).toEqual([9, 10]);
	});
});

/** What was held is told before the frame that was not. */
const TOLD = [1, 2, 11, 12, 13, 14];

describe.each([
	...PCAP.flatMap(([name, fileOf]) =>
		(['cut', 'set-back'] as const).map((oddity) => [oddity, name, fileOf] as const),
	),
	...PCAPNG.flatMap(([name, fileOf]) =>
		(['cut', 'set-back', 'commented', 'two-lengths'] as const).map(
			(oddity) => [oddity, name, fileOf] as const,
		),
	),
])('a frame that is odd (%s) in a %s file', (oddity, _, fileOf) => {
	it('is told, together with the exchange before it', async () => {
		const { told, counted, atOnce, letGo, facts } = await read(fileOf(oddity));
		expect(told).toEqual(TOLD);
		expect(counted).toEqual(COUNTED);
		expect(atOnce.map(([frame]) => frame)).toEqual([9, 10]);
		expect(letGo).toBe(3);
		expect(facts).toMatchObject({ packets: 14, sipMessages: 14, registerRequests: 7 });
	});
});

describe.each(PCAPNG)('blocks of a %s file', (_, fileOf) => {
	it('keep the interface that they name', async () => {
		const { told, atOnce } = await read(fileOf('interface'));
		expect(told).toEqual([1, 2]);
		expect(atOnce).toEqual([
			[13, timeOf(13), 1],
			[14, timeOf(14), 0],
		]);
	});

	it('of another kind between them are passed over', async () => {
		const { told, counted, facts } = await read(fileOf('apart'));
		expect(told).toEqual([1, 2]);
		expect(counted.map(([frame]) => frame)).toEqual([4, 6, 8, 10, 12, 14]);
		expect(facts.packets).toBe(14);
	});
});
