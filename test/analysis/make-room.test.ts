/* A capture with more phones than are kept: some make room for others while it is read. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Analysis } from '../../src/analysis/analysis.js';
import { SourceLog } from '../../src/analysis/source-log.js';
import { traceCapture } from '../../src/trace/trace-capture.js';
import { analyseCapture } from '../../src/usecase/analyse-capture.js';
import { inChunks, pcapFile } from '../support/capture-bytes.js';
import { dnsQuery, dnsResponse } from '../support/dns-bytes.js';
import { ipv4, SERVER, udp } from '../support/packet-bytes.js';

const RAW_IP = 101;
/** More than are kept, by some thousand. */
const PHONES = 15_500;
const PHONES_PER_SECOND = 200;
/** The phones that failed, among the first that registered. */
const REFUSED = [3, 4];
const RESOLVER = '192.0.2.53';
/** It registers, although one of its questions led nowhere. */
const FIRST_PHONE = '10.9.0.0';
/** It never got to send a REGISTER. */
const LOST_PHONE = '10.8.0.7';

function addressOf(phone: number): string {
	return `10.9.${phone >> 8}.${phone & 0xff}`;
}

function headersOf(phone: number): string {
	const address = addressOf(phone);
	return [
		`Via: SIP/2.0/UDP ${address}:5060;branch=z9hG4bK${phone};rport`,
		`From: <sip:u${phone}@example.com>;tag=f${phone}`,
		`To: <sip:u${phone}@example.com>`,
		`Call-ID: ${phone}@example.com`,
		'CSeq: 1 REGISTER',
		`Contact: <sip:u${phone}@${address}:5060>;expires=3600`,
		'Content-Length: 0\r\n\r\n',
	].join('\r\n');
}

function packetsOf(phone: number): readonly Buffer[] {
	const address = addressOf(phone);
	const status = REFUSED.includes(phone) ? '403 Forbidden' : '200 OK';
	const back = { source: SERVER, destination: address };
	return [
		ipv4(udp(`REGISTER sip:example.com SIP/2.0\r\n${headersOf(phone)}`, { source: address }), {
			source: address,
		}),
		ipv4(udp(`SIP/2.0 ${status}\r\n${headersOf(phone)}`, back), back),
	];
}

/** Asked for a SIP server of a domain that there is not. */
function askedInVain(client: string): readonly Buffer[] {
	const name = '_sip._udp.nowhere.example';
	const there = { source: client, destination: RESOLVER };
	const back = { source: RESOLVER, destination: client };
	const question = { ...there, sourcePort: 40_000, destinationPort: 53 };
	const answer = { ...back, sourcePort: 53, destinationPort: 40_000 };
	return [
		ipv4(udp(dnsQuery(name, 'SRV'), question), there),
		ipv4(udp(dnsResponse(name, 'SRV', { rcode: 3 }), answer), back),
	];
}

function captureOf(phones: number): Buffer {
	const records = [FIRST_PHONE, LOST_PHONE]
		.flatMap(askedInVain)
		.map((bytes) => ({ seconds: 1_700_000_000, fraction: 0, bytes }));
	for (let phone = 0; phone < phones; phone += 1) {
		const micros = 1_000_000 + Math.floor(phone * (1_000_000 / PHONES_PER_SECOND));
		const at = { seconds: 1_700_000_000 + Math.floor(micros / 1_000_000), fraction: 0 };
		const fraction = micros % 1_000_000;
		for (const [index, bytes] of packetsOf(phone).entries())
			records.push({ ...at, fraction: fraction + index * 1000, bytes });
	}
	return pcapFile({ linkType: RAW_IP, records });
}

describe('a capture with more phones than are kept', () => {
	let capture: Buffer;
	let all: Analysis;
	const analysed = (aorPattern?: string) =>
		analyseCapture({ name: 'a', chunks: inChunks(capture, 65_536), accounts: [], aorPattern });

	beforeAll(async () => {
		capture = captureOf(PHONES);
		all = await analysed();
	});

	it('tells of every phone, or counts it', () => {
		const left = all.omitted.reduce((sum, { count }) => sum + count, 0);
		expect(all.registrations.filter(({ aor }) => aor !== undefined).length + left).toBe(PHONES);
	});

	it('tells of those that failed, however long ago', () => {
		const failed = all.registrations.filter(({ outcome }) => outcome === 'rejected');
		expect(failed.map(({ aor }) => aor)).toEqual(
			REFUSED.map((phone) => `sip:u${phone}@example.com`),
		);
		expect(failed.map(({ cause }) => cause?.id)).toEqual(REFUSED.map(() => expect.any(String)));
	});

	it('tells once of a phone that never got to send a REGISTER', () => {
		const unresolved = all.registrations.filter(({ aor }) => aor === undefined);
		expect(unresolved.map(({ target }) => target.host)).toEqual(['nowhere.example']);
		expect(unresolved[0]?.lookups.map(({ src }) => src.address)).toEqual([LOST_PHONE]);
		expect(all.omitted.map(({ outcome }) => outcome)).not.toContain('unreachable');
	});

	it('tells of the phone that was asked for, with every message of it', async () => {
		const { registrations, omitted } = await analysed('u0@example.com');
		expect(registrations.map(({ aor, messages }) => [aor, messages.length])).toEqual([
			['sip:u0@example.com', 2],
		]);
		expect(omitted).toEqual([]);
	});

	it('has many of them make room at one time, as what is the same for all is put together for each time', async () => {
		const parts: number[] = [];
		const log = new SourceLog([], {
			onFull: ({ transactions }) => parts.push(transactions.length),
			isAsked: () => false,
		});
		await traceCapture('a', inChunks(capture, 65_536), log);
		expect(new Set(parts)).toEqual(new Set([1000]));
	});

	it('counts of those that were asked for what is beyond the limit', async () => {
		const { registrations, omitted } = await analysed('u*@example.com');
		expect(registrations).toHaveLength(10_000);
		expect(omitted.reduce((sum, { count }) => sum + count, 0)).toBe(PHONES - 10_000);
	});
});
