/*
 * Exchanges that are known by their bytes and not read: what is said of a capture must be what is said of it where every
 * message is read.
 */
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/analyse.js';
import { SourceLog } from '../../src/analysis/source-log.js';
import { attemptCount } from '../../src/registration/attempt-facts.js';
import { traceCapture } from '../../src/trace/trace-capture.js';
import { accountsFrom } from '../../src/usecase/accounts.js';
import {
	inChunks,
	pcapFile,
	pcapngInterface,
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

function pcapngFile(records: readonly RecordFields[]): Buffer {
	const packets = records.map(({ seconds = 0, fraction = 0, bytes }) => {
		const time = BigInt(seconds) * 1_000_000n + BigInt(fraction);
		const [high, low] = [Number(time >> 32n), Number(time & 0xffff_ffffn)];
		return pcapngPacket('little', { high, low, bytes });
	});
	return Buffer.concat([pcapngSection('little'), pcapngInterface('little'), ...packets]);
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
		const { whole, known, read } = await compare(site, true, pcapngFile);
		expect(known).toEqual(whole);
		expect(read).toBeLessThan(whole.facts.sipMessages * 0.8);
	});

	it('is hardly read where nothing happens', async () => {
		const { whole, known, read } = await compare(
			{ seed: 7, phones: 12, hours: 6, mishaps: 0 },
			true,
		);
		expect(known).toEqual(whole);
		expect(read).toBeLessThan(whole.facts.sipMessages / 2);
	});
});
