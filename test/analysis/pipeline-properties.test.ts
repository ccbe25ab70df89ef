/* What must hold of the pipeline as a whole, on captures of the lab that are changed as networks and capturers do. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyseCapture } from '../../src/usecase/analyse-capture.js';
import { ethernet, ipv4, udp } from '../support/packet-bytes.js';
import {
	byAor,
	type Record,
	type RecordList,
	readRecords,
	verdictsOn,
} from '../support/record-list.js';

const CAPTURES = join(import.meta.dirname, '../../fixtures/captures');
const ETHERNET = 1;

const files = readdirSync(CAPTURES, { recursive: true, encoding: 'utf8' })
	.filter((name) => /\.pcap(?:ng)?$/.test(name))
	.toSorted();
/** Those of the lab are Ethernet, each with phones at the same address. */
const places = files.filter((name) => /(?:phone|proxy|server)\.pcap$/.test(name));
/**
 * All share one gateway, one domain and one registrar: in the capture where the gateway is dead, the name server says
 * something of its own or the registrar minds a Call-ID, that of another scenario would contradict it. So would a ban,
 * which is of all phones behind one address; and of IPv6, or of text that WebSocket masked, no other phone is made here.
 */
const phones = places.filter(
	(name) =>
		name.endsWith('phone.pcap') &&
		!/^gateway-unreachable|^banned|^call-id-changed|dns|srv|name|ipv6|^healthy-ws/.test(name),
);
/** Over UDP: TCP itself sends again. */
const healthy = places.filter((name) => /^healthy-(?!tcp)/.test(name));

const recordsOf = (name: string): Promise<RecordList> => readRecords(join(CAPTURES, name));

const START = 1_767_225_600_000_000;
/** Long after everything, some of which takes more than an hour: the end of a capture says what is still open. */
const END = START + 10_000_000_000;
const IDLE = ethernet(ipv4(udp('no SIP')));
const LAST_PACKET: Record = { at: END, bytes: IDLE };

function startingAt(start: number, records: readonly Record[]): readonly Record[] {
	const first = records[0]?.at ?? 0;
	return records.map((record) => ({ ...record, at: record.at - first + start }));
}

/** Another phone: its address, user and Call-IDs are others of the same length, in headers and text alike. */
function ofAnotherPhone(records: readonly Record[]): readonly Record[] {
	const replace = (text: string) =>
		text
			.replaceAll('192.168.31.30', '192.168.31.40')
			.replaceAll('\xc0\xa8\x1f\x1e', '\xc0\xa8\x1f\x28')
			.replaceAll('1001', '1002')
			.replace(/^(Call-ID: ).(.*)$/gm, '$1z$2');
	return records.map(({ at, bytes }) => ({
		at,
		bytes: Buffer.from(replace(bytes.toString('latin1')), 'latin1'),
	}));
}

function capture(...parts: readonly (readonly Record[])[]): RecordList {
	return { linkType: ETHERNET, records: [...parts.flat(), LAST_PACKET] };
}

describe('two phones in one capture', () => {
	it('get the verdicts that each gets alone, however their packets interleave', async () => {
		const offset = fc.integer({ min: 0, max: 40_000_000 });
		const one = fc.constantFrom(...phones);
		await fc.assert(
			fc.asyncProperty(one, one, offset, offset, async (first, second, early, late) => {
				const { records } = await recordsOf(first);
				const others = ofAnotherPhone((await recordsOf(second)).records);
				const a = startingAt(START + early, records);
				const b = startingAt(START + late, others);
				// The vantage is guessed from all phones; what is at stake here are the verdicts.
				const alone = await Promise.all([a, b].map((each) => verdictsOn(capture(each), 'client')));
				const together = await verdictsOn(capture(a, b), 'client');
				expect(together).toEqual(alone.flat().toSorted(byAor));
			}),
			{ numRuns: 150 },
		);
	});
});

describe('a capture', () => {
	it('gives the same analysis in chunks of any sizes', async () => {
		const sizes = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 8 });
		await fc.assert(
			fc.asyncProperty(fc.constantFrom(...places), sizes, async (name, chunkSizes) => {
				const file = readFileSync(join(CAPTURES, name));
				const whole = { name, chunks: inPieces(file, [file.length]), accounts: [] };
				const pieces = { name, chunks: inPieces(file, chunkSizes), accounts: [] };
				expect(await analyseCapture(pieces)).toEqual(await analyseCapture(whole));
			}),
			{ numRuns: 60 },
		);
	});

	it.each(places)('%s gives the same verdicts with every packet seen twice', async (name) => {
		const list = await recordsOf(name);
		const verdicts = await verdictsOn(list);
		for (const gap of [0, 7, 999]) {
			const twice = list.records.flatMap((record) => [record, { ...record, at: record.at + gap }]);
			expect(await verdictsOn({ ...list, records: twice })).toEqual(verdicts);
		}
	});
});

/** The chunks of a file, of these sizes in turn. */
async function* inPieces(file: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
	let at = 0;
	for (let turn = 0; at < file.length; turn += 1) {
		const size = sizes[turn % sizes.length] ?? file.length;
		yield file.subarray(at, at + size);
		at += size;
	}
}

/** T1 of RFC 3261 §17.1.2.1, microseconds. */
const T1 = 500_000;

/** From one record on, everything T1 later. */
function delayed(records: readonly Record[], from: number): readonly Record[] {
	return records.slice(from).map((record) => ({ ...record, at: record.at + T1 }));
}

/** Half a second after the request at `index` it is sent again; only that copy is answered. */
function withLostRequest(records: readonly Record[], index: number): readonly Record[] {
	const request = records[index];
	if (request === undefined) return records;
	const copy = { ...request, at: request.at + T1 };
	return [...records.slice(0, index + 1), copy, ...delayed(records, index + 1)];
}

/** The response at `index` was seen and never arrived: its request and it come again. */
function withLostResponse(
	records: readonly Record[],
	request: number,
	index: number,
): readonly Record[] {
	const again = [records[request], records[index]].flatMap((record) => record ?? []);
	const copies = again.map((record) => ({ ...record, at: record.at + T1 }));
	return [...records.slice(0, index + 1), ...copies, ...delayed(records, index + 1)];
}

const isRequest = ({ bytes }: Record) => bytes.includes('REGISTER sip:');
const isResponse = ({ bytes }: Record) =>
	bytes.includes('SIP/2.0 ') && !isRequest({ at: 0, bytes });

function placesOf(
	what: (record: Record) => boolean,
	records: readonly Record[],
): readonly number[] {
	return records.flatMap((record, index) => (what(record) ? [index] : []));
}

type Verdicts = Awaited<ReturnType<typeof verdictsOn>>;

const isFine = (verdict: Verdicts[number]) => verdict.severity !== 'fatal';

describe.each(healthy)('the healthy %s', (name) => {
	it('has no fatal cause where any one request was lost and sent again', async () => {
		const { linkType, records } = await recordsOf(name);
		const outcomes = (await verdictsOn({ linkType, records })).map(({ outcome }) => outcome);
		for (const index of placesOf(isRequest, records)) {
			const changed = await verdictsOn({ linkType, records: withLostRequest(records, index) });
			expect(changed.every(isFine)).toBe(true);
			expect(changed.map((verdict) => verdict.outcome)).toEqual(outcomes);
		}
	});

	it('has no fatal cause where any one response was lost and asked for again', async () => {
		const { linkType, records } = await recordsOf(name);
		const outcomes = (await verdictsOn({ linkType, records })).map(({ outcome }) => outcome);
		for (const index of placesOf(isResponse, records)) {
			const request = records.slice(0, index).findLastIndex(isRequest);
			const changed = await verdictsOn({
				linkType,
				records: withLostResponse(records, request, index),
			});
			expect(changed.every(isFine)).toBe(true);
			expect(changed.map((verdict) => verdict.outcome)).toEqual(outcomes);
		}
	});

	it('has no fatal cause where the capture missed a packet that came again', async () => {
		const { linkType, records } = await recordsOf(name);
		const payload = ({ bytes }: Record) => bytes.subarray(42).toString('latin1');
		const cameAgain = [...records.keys()].filter((index) =>
			records.slice(index + 1).some((later) => payload(later) === payload(records[index] ?? later)),
		);
		for (const index of cameAgain) {
			const changed = await verdictsOn({ linkType, records: records.toSpliced(index, 1) });
			expect(changed.every(isFine)).toBe(true);
		}
	});
});

/** In 100 s nothing more comes: what is still open then stays open. */
const LATER = 100_000_000;

async function endedCapture(name: string): Promise<RecordList> {
	const { linkType, records } = await recordsOf(name);
	return {
		linkType,
		records: [...records, { at: (records.at(-1)?.at ?? 0) + LATER, bytes: IDLE }],
	};
}

/**
 * Phones that ask again in a capture that has one answer alone to all of it, as the others were late or lost: without that
 * one nobody can know. So with the fragments of a REGISTER that are not all there.
 */
const TOLD_BY_ONE_PACKET =
	/^(?:delayed-in-transit|server-slow|intermittent-loss|events.fragments-lost-ipv6)/;

/**
 * Those that were a default once (68, 96), powers of two, and others, so that each header field of some message is cut in its
 * midst.
 */
const SNAPLENS = [
	68, 96, 128, 150, 175, 200, 228, 256, 280, 300, 324, 336, 348, 370, 400, 412, 512, 700,
];

/** Microseconds: a time daemon sets a clock at once that is off by more than an eighth of a second. */
const SET_BACK = [200_000, 3_000_000, 600_000_000];

/** As far apart as a capture may have packets in disorder. */
const SET_BACK_LITTLE = [50_000];

/** Where each REGISTER has a Call-ID of its own, or shows its second leg first, nothing but the time tells which came first. */
const TOLD_BY_TIME = /^(?:healthy-new-call-id|tunnels.nat-any)/;

/** Small ones: the messages of the lab fit into one packet. */
const MTUS = [300, 420, 576, 700, 900];

/** The first fragment that is made of an IPv4 datagram for this MTU; the frame itself where it is something else, or fits. */
function firstFragment(frame: Buffer, mtu: number): Buffer {
	const at = 14;
	const length = frame.readUInt16BE(at + 2);
	const isPlain = frame.readUInt16BE(12) === 0x0800 && frame[at] === 0x45 && frame[at + 9] === 17;
	if (!isPlain || length <= mtu || (frame.readUInt16BE(at + 6) & 0x3fff) !== 0) return frame;
	const size = 20 + Math.floor((mtu - 20) / 8) * 8;
	const first = Buffer.from(frame.subarray(0, at + size));
	first.writeUInt16BE(size, at + 2);
	first.writeUInt16BE(0x2000, at + 6);
	return first;
}

/** What goes by before it ends well is a refusal, or long silence, and would be the last word where nothing followed. */
const REFUSED_FIRST = /^healthy-(?:nonce-over|wrong-then-right)|^dns-dead-target-baresip/;

/** Captures of phones that are well; of those with a connection that fails there is nothing to say here. */
const fine: string[] = [];
for (const name of files) {
	if (
		!/\.pcap$/.test(name) ||
		/^formats.(?:empty|text)/.test(name) ||
		TOLD_BY_ONE_PACKET.test(name)
	)
		continue;
	const list = await endedCapture(name);
	const isShort = list.records.length > 1 && list.records.length < 200;
	if (isShort && (await verdictsOn(list)).every(isFine)) fine.push(name);
}

it('healthy captures are there, over UDP, TCP, WebSocket and TLS', () => {
	expect(fine.length).toBeGreaterThan(150);
	for (const one of ['healthy-nat', 'healthy-tcp/', 'healthy-ws/', 'healthy-tls13/'])
		expect(fine.some((name) => name.startsWith(one))).toBe(true);
});

describe.each(fine)('%s', (name) => {
	it('has no fatal cause where the capture misses any one packet', async () => {
		const { linkType, records } = await endedCapture(name);
		for (const index of records.keys()) {
			const changed = await verdictsOn({ linkType, records: records.toSpliced(index, 1) });
			expect([index, changed.filter((one) => !isFine(one))]).toEqual([index, []]);
		}
	});

	it('has no fatal cause where any two packets were recorded the wrong way round', async () => {
		const { linkType, records } = await endedCapture(name);
		for (const [index, record] of records.slice(0, -2).entries()) {
			const next = records[index + 1] ?? record;
			const swapped = records.toSpliced(index, 2, next, record);
			const changed = await verdictsOn({ linkType, records: swapped, asTheyStand: true });
			expect([index, changed.filter((one) => !isFine(one))]).toEqual([index, []]);
		}
	});

	it('has no fatal cause where a snaplen cuts every packet', async () => {
		const { linkType, records } = await endedCapture(name);
		for (const snaplen of SNAPLENS) {
			const cut = records.map(({ at, bytes }) => ({
				at,
				bytes: bytes.subarray(0, snaplen),
				originalLength: bytes.length,
			}));
			const changed = await verdictsOn({ linkType, records: cut });
			expect([snaplen, changed.filter((one) => !isFine(one))]).toEqual([snaplen, []]);
		}
	});

	it('has no fatal cause where a filter on ports kept first fragments alone', async () => {
		const { linkType, records } = await endedCapture(name);
		for (const mtu of MTUS) {
			const first = records.map(({ at, bytes }) => ({ at, bytes: firstFragment(bytes, mtu) }));
			const changed = await verdictsOn({ linkType, records: first });
			expect([mtu, changed.filter((one) => !isFine(one))]).toEqual([mtu, []]);
		}
	});

	it('has no fatal cause where the capture begins with any packet', async () => {
		const { linkType, records } = await endedCapture(name);
		for (const index of records.keys()) {
			const changed = await verdictsOn({ linkType, records: records.slice(index) });
			expect([index, changed.filter((one) => !isFine(one))]).toEqual([index, []]);
		}
	});

	it.skipIf(REFUSED_FIRST.test(name))(
		'has no fatal cause where it ends behind any packet',
		async () => {
			const { linkType, records } = await recordsOf(name);
			for (const index of records.keys()) {
				const changed = await verdictsOn({ linkType, records: records.slice(0, index + 1) });
				expect([index, changed.filter((one) => !isFine(one))]).toEqual([index, []]);
			}
		},
	);

	it('has no fatal cause where the clock was set back before any packet', async () => {
		const { linkType, records } = await recordsOf(name);
		const steps = TOLD_BY_TIME.test(name) ? SET_BACK : [...SET_BACK, ...SET_BACK_LITTLE];
		for (const by of steps) {
			for (const index of records.keys()) {
				const stepped = records.map(({ at, bytes }, each) => ({
					at: each < index ? at : at - by,
					bytes,
				}));
				const at = Math.max(...stepped.map((record) => record.at)) + LATER;
				const ended = [...stepped, { at, bytes: IDLE }];
				const changed = await verdictsOn({ linkType, records: ended, asTheyStand: true });
				expect([by, index, changed.filter((one) => !isFine(one))]).toEqual([by, index, []]);
			}
		}
	});
});
