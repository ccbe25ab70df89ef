/** Captures as lists of records, for tests that change what happened and write it again. */
import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { analyse } from '../../src/analysis/analyse.js';
import { SourceLog } from '../../src/analysis/source-log.js';
import type { Vantage } from '../../src/registration/vantage.js';
import { traceCapture } from '../../src/trace/trace-capture.js';
import { inChunks, pcapFile, readAll } from './capture-bytes.js';

export interface Record {
	/** Microseconds since the Unix epoch. */
	readonly at: number;
	readonly bytes: Buffer;
	/** Where a snaplen cut it. */
	readonly originalLength?: number;
}

export interface RecordList {
	readonly linkType: number;
	readonly records: readonly Record[];
	/** They are written as they stand, whatever their times; absent: in order of time. */
	readonly asTheyStand?: true;
}

export async function readRecords(path: string): Promise<RecordList> {
	const { frames } = await readAll(readFileSync(path));
	const records = frames.map(({ at, bytes }) => ({ at, bytes: Buffer.from(bytes) }));
	return { linkType: frames[0]?.linkType ?? 1, records };
}

function writeRecords({ linkType, records, asTheyStand }: RecordList): Buffer {
	const written = asTheyStand === true ? records : records.toSorted((a, b) => a.at - b.at);
	return pcapFile({
		linkType,
		records: written.map(({ at, bytes, originalLength = bytes.length }) => ({
			seconds: Math.floor(at / 1_000_000),
			fraction: at % 1_000_000,
			bytes,
			originalLength,
		})),
	});
}

/** What was found, without the frames and times that a change may shift; in order of the addresses-of-record. */
export async function verdictsOn(list: RecordList, vantage?: Vantage) {
	// pcap-parser asks for more on the next tick, and until then all of its capture is kept: promises alone never let it come.
	await setImmediate();
	const log = new SourceLog();
	const facts = await traceCapture('a.pcap', inChunks(writeRecords(list), 65_536), log);
	const { registrations } = analyse({ source: log.finish(facts), accounts: [], vantage });
	return registrations
		.map((registration) => ({
			aor: registration.aor,
			callIds: registration.callIds,
			outcome: registration.outcome,
			finalStatus: registration.finalStatus,
			grantedExpires: registration.grantedExpires,
			attempts: registration.attempts.map(({ outcome }) => outcome),
			cause: registration.cause?.id,
			severity: registration.cause?.severity,
			findings: registration.findings.map(({ id }) => id).toSorted(),
			messages: registration.messages.length,
			copies: registration.messages.filter(({ retransmission }) => retransmission).length,
		}))
		.toSorted(byAor);
}

/** By address-of-record; those without one by all that is known of them. */
export function byAor(a: { aor: string | undefined }, b: { aor: string | undefined }): number {
	const words = (verdict: object) => JSON.stringify(verdict);
	return String(a.aor).localeCompare(String(b.aor)) || words(a).localeCompare(words(b));
}
