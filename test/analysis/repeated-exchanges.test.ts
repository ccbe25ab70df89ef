/*
 * Exchanges that are known by their bytes and not read: what is said of a capture must be what is said of it where every
 * message is read.
 */
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/analyse.js';
import { SourceLog } from '../../src/analysis/source-log.js';
import type { ByteOrder } from '../../src/bytes/integers.js';
import { attemptCount } from '../../src/registration/attempt-facts.js';
import { traceCapture } from '../../src/trace/trace-capture.js';
import { accountsFrom } from '../../src/usecase/accounts.js';
import {
	inChunks,
	pcapFile,
	pcapngInterface,
	pcapngOption,
	pcapngPacket,
	pcapngSection,
	type RecordFields,
} from '../support/capture-bytes.js';
import { randomOf, type SiteOptions, siteAccounts, siteRecords } from '../support/phone-days.js';

/** Every message is read. */
class WholeLog extends SourceLog {
	override repeatable(): undefined {
		return undefined;
	}
}

/** Counts the messages that were read. */
class CountingLog extends SourceLog {
	read = 0;

	override message(observed: Parameters<SourceLog['message']>[0]): void {
		this.read += 1;
		super.message(observed);
	}
}

async function told(
	log: SourceLog,
	file: Uint8Array,
	options: { withAccounts: boolean; phones: number },
) {
	const accounts = accountsOf(options);
	const facts = await traceCapture('a.pcap', inChunks(file, 65_536), log);
	const analysis = analyse({ source: log.finish(facts), accounts });
	return {
		facts: { ...facts, oddities: analysis.sources[0]?.oddities },
		findings: analysis.findings.map(({ id }) => id),
		registrations: analysis.registrations
			.toSorted((a, b) => `${a.aor} ${a.callIds[0]}`.localeCompare(`${b.aor} ${b.callIds[0]}`))
			.map((registration) => ({
				aor: registration.aor,
				callIds: registration.callIds.length,
				outcome: registration.outcome,
				finalStatus: registration.finalStatus,
				grantedExpires: registration.grantedExpires,
				cause: registration.cause && `${registration.cause.id} ${registration.cause.confidence}`,
				attempts: attemptCount(registration),
				// Those of one weight stand in the order of their frames, which are other ones of many equal messages.
				findings: registration.findings
					.map(({ id, confidence }) => `${id} ${confidence}`)
					.toSorted(),
				userAgent: registration.userAgent,
			})),
	};
}

function accountsOf({ withAccounts, phones }: { withAccounts: boolean; phones: number }) {
	return withAccounts
		? accountsFrom({
				username: undefined,
				secret: undefined,
				file: { text: siteAccounts(phones), name: 'a.csv' },
			})
		: [];
}

interface PcapngOptions {
	readonly order?: ByteOrder;
	readonly nanoseconds?: boolean;
	/** Of the n-th packet, what is odd about it. */
	readonly odd?: (index: number) => 'comment' | 'interface' | 'length' | undefined;
}

function pcapngFile(
	records: readonly RecordFields[],
	{ order = 'little', nanoseconds = false, odd = () => undefined }: PcapngOptions = {},
): Buffer {
	const resolution = pcapngOption(order, 9, Buffer.from([nanoseconds ? 9 : 6]));
	const packets = records.map(({ seconds = 0, fraction = 0, ...record }, index) => {
		const micros = BigInt(seconds) * 1_000_000n + BigInt(fraction);
		const time = nanoseconds ? micros * 1000n + 999n : micros;
		const [high, low] = [Number(time >> 32n), Number(time & 0xffff_ffffn)];
		const oddity = odd(index);
		const options = oddity === 'comment' ? [pcapngOption(order, 1, Buffer.from('odd'))] : [];
		const interfaceId = oddity === 'interface' ? 1 : 0;
		const block = pcapngPacket(order, { ...record, interfaceId, high, low, options });
		if (oddity === 'length') block.fill(0, block.length - 4);
		return block;
	});
	const declared = pcapngInterface(order, { options: [resolution] });
	return Buffer.concat([pcapngSection(order), declared, declared, ...packets]);
}

async function compare(site: SiteOptions, withAccounts: boolean, toFile = pcapOf) {
	const file = toFile(siteRecords(site));
	const options = { withAccounts, phones: site.phones };
	const log = new CountingLog(accountsOf(options));
	return {
		whole: await told(new WholeLog(accountsOf(options)), file, options),
		known: await told(log, file, options),
		read: log.read,
	};
}

function pcapOf(records: readonly RecordFields[]): Buffer {
	return pcapFile({ records });
}

/** Each hundredth frame with another byte somewhere. */
function broken(records: readonly RecordFields[], random: () => number): readonly RecordFields[] {
	return records.map((record) => {
		if (random() > 0.01) return record;
		const bytes = Uint8Array.from(record.bytes);
		bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
		return { ...record, bytes };
	});
}

/** Some frames that were cut, and exchanges of four messages for which the clock was set back. */
function odd(records: readonly RecordFields[]): readonly RecordFields[] {
	return records.map((record, index) => {
		if (index % 97 === 41) return { ...record, originalLength: record.bytes.length + 1 };
		return index % 92 >= 40 && index % 92 < 44
			? { ...record, seconds: (record.seconds ?? 0) - 2 }
			: record;
	});
}

const inNanoseconds = (records: readonly RecordFields[]): readonly RecordFields[] =>
	records.map(({ fraction = 0, ...record }) => ({ ...record, fraction: fraction * 1000 + 999 }));

const ODD_FILES: readonly [string, (records: readonly RecordFields[]) => Buffer][] = [
	['pcap', (records) => pcapFile({ records: odd(records) })],
	[
		'pcap of another byte order, in nanoseconds',
		(records) =>
			pcapFile({ records: inNanoseconds(odd(records)), order: 'big', nanoseconds: true }),
	],
	['pcapng', (records) => pcapngFile(odd(records))],
	[
		'pcapng of another byte order, in nanoseconds',
		(records) => pcapngFile(odd(records), { order: 'big', nanoseconds: true }),
	],
	[
		'pcapng with odd blocks',
		(records) =>
			pcapngFile(records, {
				odd: (index) =>
					index % 89 === 30
						? 'comment'
						: index % 89 === 50
							? 'interface'
							: index % 89 === 70
								? 'length'
								: undefined,
			}),
	],
];

/** What was captured until shortly before the last exchange was over. */
function withoutEnd(records: readonly RecordFields[], missing: number): readonly RecordFields[] {
	return records.slice(0, records.length - missing);
}

const SEEDS = [1, 2, 3, 4, 5, 6];

describe('a capture in which phones do the same again and again', () => {
	it.each(SEEDS)(
		'says what it says where every message is read: mishaps of seed %s',
		async (seed) => {
			const { whole, known } = await compare(
				{ seed, phones: 12, hours: 6, mishaps: 0.04, legs: seed % 2 === 0 },
				seed % 3 > 0,
			);
			expect(known).toEqual(whole);
		},
	);

	it.each([11, 12, 13])(
		'says the same of bytes that are broken here and there: seed %s',
		async (seed) => {
			const site = { seed, phones: 12, hours: 6, mishaps: 0 };
			const { whole, known, read } = await compare(site, true, (records) =>
				pcapOf(broken(records, randomOf(seed))),
			);
			expect(known).toEqual(whole);
			expect(read).toBeLessThan(whole.facts.sipMessages);
		},
	);

	it('says so in pcapng as well', async () => {
		const site = { seed: 8, phones: 12, hours: 6, mishaps: 0.02 };
		const { whole, known, read } = await compare(site, true, (records) => pcapngFile(records));
		expect(known).toEqual(whole);
		expect(read).toBeLessThan(whole.facts.sipMessages * 0.8);
	});

	it.each(ODD_FILES)('says the same of records that are odd: %s', async (_, toFile) => {
		const site = { seed: 21, phones: 6, hours: 5, mishaps: 0 };
		const { whole, known, read } = await compare(site, true, toFile);
		expect(known).toEqual(whole);
		expect(read).toBeLessThan(whole.facts.sipMessages);
		expect(whole.facts.oddities?.length).toBeGreaterThan(0);
	});

	it.each([1, 2, 3])(
		'says the same of a capture that ends within an exchange: %s messages before its end',
		async (missing) => {
			const site = { seed: 31, phones: 6, hours: 4, mishaps: 0 };
			for (const withAccounts of [true, false]) {
				const { whole, known, read } = await compare(site, withAccounts, (records) =>
					pcapOf(withoutEnd(records, missing)),
				);
				expect(known).toEqual(whole);
				expect(read).toBeLessThan(whole.facts.sipMessages);
			}
		},
	);

	it('is hardly read where nothing happens', async () => {
		const { whole, known, read } = await compare(
			{ seed: 7, phones: 12, hours: 6, mishaps: 0 },
			true,
		);
		expect(known).toEqual(whole);
		expect(read).toBeLessThan(whole.facts.sipMessages / 2);
	});
});
