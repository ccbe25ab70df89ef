/*
 * The captures of the lab as a server with an agent would show them: every message over UDP is reported in HEP as well, or
 * in HEP alone.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatIpv4 } from '../../src/net/ipv4-address.js';
import { hep3 } from '../support/hep-bytes.js';
import { ethernet, ipv4, udp } from '../support/packet-bytes.js';
import { type Record, readRecords, verdictsOn } from '../support/record-list.js';

const CAPTURES = join(import.meta.dirname, '../../fixtures/captures');
const ETHERNET = 1;
const IP_AT = 14;
const UDP_AT = IP_AT + 20;
const TEXT_AT = UDP_AT + 8;

const names = readdirSync(CAPTURES, { recursive: true, encoding: 'utf8' })
	.filter((name) => name.endsWith('.pcap') && !/^(?:formats|hep)/.test(name))
	.toSorted();

/** The report of a message in plain UDP over IPv4, a little later; undefined for any other frame. */
function reportOf({ at, bytes }: Record, laterUs: number): Record | undefined {
	const isPlain = bytes.length > TEXT_AT && bytes.readUInt16BE(12) === 0x0800;
	if (!isPlain || bytes[IP_AT] !== 0x45 || bytes[IP_AT + 9] !== 17) return undefined;
	if ((bytes.readUInt16BE(IP_AT + 6) & 0x3fff) !== 0) return undefined;
	const text = bytes.subarray(TEXT_AT, UDP_AT + bytes.readUInt16BE(UDP_AT + 4));
	if (!text.toString('latin1', 0, 200).includes('SIP/2.0')) return undefined;
	const report = hep3(text, {
		source: formatIpv4(bytes.subarray(IP_AT + 12, IP_AT + 16)),
		destination: formatIpv4(bytes.subarray(IP_AT + 16, IP_AT + 20)),
		sourcePort: bytes.readUInt16BE(UDP_AT),
		destinationPort: bytes.readUInt16BE(UDP_AT + 2),
	});
	const hop = { source: '203.0.113.8', destination: '203.0.113.9' };
	const datagram = udp(report, { ...hop, sourcePort: 40_000, destinationPort: 9060 });
	return { at: at + laterUs, bytes: ethernet(ipv4(datagram, hop)) };
}

async function capturesOf(only: RegExp) {
	const lists = [];
	for (const name of names.filter((one) => only.test(one))) {
		const list = await readRecords(join(CAPTURES, name));
		if (list.linkType === ETHERNET) lists.push({ name, list });
	}
	return lists;
}

describe('reports of every message', () => {
	it.each([700, 80_000])('change no verdict on any capture, %d µs later', async (laterUs) => {
		let changed = 0;
		for (const { name, list } of await capturesOf(/^/)) {
			const reports = list.records.flatMap((record) => reportOf(record, laterUs) ?? []);
			if (reports.length === 0) continue;
			changed += 1;
			const both = { ...list, records: [...list.records, ...reports] };
			expect([name, await verdictsOn(both)]).toEqual([name, await verdictsOn(list)]);
		}
		expect(changed).toBeGreaterThan(250);
	});

	it('alone say of a healthy registration what it says itself', async () => {
		let told = 0;
		// What comes in fragments, or over TCP, is not reported here.
		for (const { name, list } of await capturesOf(/^healthy-(?!fragmented|tcp-fallback)/)) {
			const records = list.records.flatMap((record) => reportOf(record, 700) ?? []);
			if (records.length === 0) continue;
			const [before, after] = [await verdictsOn(list), await verdictsOn({ ...list, records })];
			expect([name, after.map(verdict)]).toEqual([name, before.map(verdict)]);
			told += after.length;
		}
		expect(told).toBeGreaterThan(60);
	});
});

function verdict({ outcome, cause, findings }: Awaited<ReturnType<typeof verdictsOn>>[number]) {
	return { outcome, cause, findings };
}
