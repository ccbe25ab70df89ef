/* What several captures are to one another: places whose clocks differ, parts of one, incidents of their own. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../src/analysis/analysis.js';
import { renderTerminal } from '../../src/report/terminal.js';
import { analyseCaptures } from '../../src/usecase/analyse-captures.js';

const CAPTURES = join(import.meta.dirname, '../../fixtures/captures');
const FILE_HEADER = 24;
const RECORD_HEADER = 16;

interface Capture {
	readonly header: Buffer;
	readonly records: readonly Buffer[];
}

/** A classic capture of the lab: little-endian, microseconds. */
function readFixture(path: string): Capture {
	const bytes = readFileSync(join(CAPTURES, path));
	const records: Buffer[] = [];
	for (let at = FILE_HEADER; at < bytes.length; ) {
		const end = at + RECORD_HEADER + bytes.readUInt32LE(at + 8);
		records.push(bytes.subarray(at, end));
		at = end;
	}
	return { header: bytes.subarray(0, FILE_HEADER), records };
}

function shifted({ header, records }: Capture, seconds: number): Capture {
	const moved = records.map((record) => {
		const copy = Buffer.from(record);
		copy.writeUInt32LE(record.readUInt32LE(0) + seconds, 0);
		return copy;
	});
	return { header, records: moved };
}

function slice({ header, records }: Capture, from: number, to?: number): Capture {
	return { header, records: records.slice(from, to) };
}

/** As if other addresses of the same length had sent and received it. */
function readdressed(capture: Capture, addresses: Readonly<Record<string, string>>): Capture {
	const records = capture.records.map((record) => {
		let text = record.toString('latin1');
		for (const [from, to] of Object.entries(addresses))
			text = text.replaceAll(octets(from), octets(to));
		return Buffer.from(text, 'latin1');
	});
	return { ...capture, records };
}

function octets(address: string): string {
	return String.fromCharCode(...address.split('.').map(Number));
}

/** As taken at one place in one go. */
function merged(captures: readonly Capture[]): Capture {
	const header = captures[0]?.header ?? Buffer.alloc(0);
	const at = (record: Buffer) => record.readUInt32LE(0) * 1_000_000 + record.readUInt32LE(4);
	const records = captures.flatMap((capture) => capture.records).toSorted((a, b) => at(a) - at(b));
	return { header, records };
}

async function* chunks({ header, records }: Capture): AsyncGenerator<Uint8Array> {
	yield Buffer.concat([header, ...records]);
}

function analyse(captures: Readonly<Record<string, Capture>>): Promise<Analysis> {
	return analyseCaptures({
		captures: Object.entries(captures).map(([name, capture]) => ({
			name,
			chunks: chunks(capture),
		})),
		accounts: [],
		vantages: new Map(),
	});
}

function causes({ registrations }: Analysis): readonly (string | undefined)[] {
	return registrations.map(({ cause }) => cause?.id);
}

describe('two places whose clocks differ by 37 s', () => {
	const phone = readFixture('sip-alg/phone.pcap');
	const server = shifted(readFixture('sip-alg/server.pcap'), 37);

	it('are aligned by requests and responses', async () => {
		const { sources } = await analyse({ phone, server });
		expect(sources[0]?.clockOffsetMs).toBe(0);
		expect(Math.abs((sources[1]?.clockOffsetMs ?? 0) - 37_000)).toBeLessThan(20);
	});

	it('are aligned to the first one that was given', async () => {
		const { sources } = await analyse({ server, phone });
		expect(Math.abs((sources[1]?.clockOffsetMs ?? 0) + 37_000)).toBeLessThan(20);
	});

	it('prove the ALG as with equal clocks', async () => {
		const analysis = await analyse({ phone, server });
		expect(causes(analysis)).toEqual(['sip-alg']);
		expect(analysis.registrations[0]?.cause?.confidence).toBe('proven');
	});

	it('keep the times of their own clocks, in messages and in evidence', async () => {
		const { registrations, sources } = await analyse({ phone, server });
		const from = sources[1]?.firstPacketAt ?? 0;
		const messages = registrations[0]?.messages.map(({ observed }) => observed) ?? [];
		const evidence = registrations[0]?.cause?.evidence ?? [];
		const there = [...messages, ...evidence].filter(({ source }) => source === 'server');
		expect(there.length).toBeGreaterThan(4);
		expect(there.every(({ at }) => at >= from)).toBe(true);
	});

	it('are told in the order in which it happened', async () => {
		const { registrations } = await analyse({ phone, server });
		const sources = registrations[0]?.messages.map(({ observed }) => observed.source);
		expect(sources).toEqual([
			...['phone', 'server', 'server', 'phone'],
			...['phone', 'server', 'server', 'phone'],
		]);
	});

	it('say in the report how far the clock is ahead', async () => {
		const text = renderTerminal(await analyse({ phone, server }), { columns: 200, colour: false });
		expect(text).toContain("its clock is 37.0 s ahead of the first capture's");
	});
});

describe('a capture that was cut in two by time', () => {
	const whole = readFixture('realm-mismatch/phone.pcap');
	const cuts = whole.records.map((_, index) => index).slice(1);

	it.each(cuts)('is one registration, cut before frame %i', async (cut) => {
		const analysis = await analyse({ first: slice(whole, 0, cut), second: slice(whole, cut) });
		expect(causes(analysis)).toEqual(['realm-mismatch']);
		expect(analysis.registrations[0]?.outcome).toBe('rejected');
	});

	it('goes on where a REGISTER is being repeated', async () => {
		const silent = readFixture('no-response-inbound-blocked/phone.pcap');
		const analysis = await analyse({ first: slice(silent, 0, 6), second: slice(silent, 6) });
		expect(causes(analysis)).toEqual(['no-response']);
		expect(analysis.registrations[0]?.attempts[0]?.transactions[0]?.phone.sends).toHaveLength(11);
	});

	it('may be given in the wrong order', async () => {
		const analysis = await analyse({ second: slice(whole, 4), first: slice(whole, 0, 4) });
		expect(causes(analysis)).toEqual(['realm-mismatch']);
	});

	it('is compared with a capture of another place', async () => {
		const alg = readFixture('sip-alg/phone.pcap');
		const server = readFixture('sip-alg/server.pcap');
		const analysis = await analyse({ first: slice(alg, 0, 4), second: slice(alg, 4), server });
		expect(causes(analysis)).toEqual(['sip-alg']);
		expect(analysis.registrations[0]?.cause?.confidence).toBe('proven');
	});
});

describe('a packet that is doubled on the way', () => {
	const phone = readFixture('healthy-nat/phone.pcap');
	const server = readFixture('healthy-nat/server.pcap');
	const doubled = (wanted: (at: number) => boolean): Capture => ({
		header: server.header,
		records: server.records.flatMap((record, at) => (wanted(at) ? [record, record] : [record])),
	});
	const found = async (capture: Capture) => {
		const { registrations } = await analyse({ phone, server: capture });
		return registrations.flatMap(({ findings }) => findings.map(({ id }) => id));
	};

	it('is told, where the other packets of that way are not', async () => {
		const registers = server.records.flatMap((record, at) =>
			record.includes('REGISTER sip:') ? [at] : [],
		);
		expect(registers.length).toBeGreaterThan(1);
		expect(await found(doubled((at) => at === registers[1]))).toContain('duplicated-in-transit');
	});

	it('is not told of a capture that shows every packet twice', async () => {
		expect(await found(doubled(() => true))).not.toContain('duplicated-in-transit');
	});
});

describe('phones that fail over TLS one behind the other, none with a REGISTER', () => {
	const phones = Array.from({ length: 8 }, (_, index) => 40 + index);
	const at = (place: string, apart: number) =>
		merged(
			phones.map((host, index) => {
				const capture = shifted(readFixture(`mtu-blackhole-tls/${place}.pcap`), index * apart);
				const outside = `198.51.100.${host}`;
				return readdressed(capture, {
					'192.168.31.30': `192.168.31.${host}`,
					'198.51.100.32': outside,
				});
			}),
		);

	it.each([0, 2])('have each what the server tells of it, %i s apart', async (apart) => {
		const { registrations } = await analyse({
			phone: at('phone', apart),
			server: at('server', apart),
		});
		expect(registrations.map(({ cause }) => cause?.id)).toEqual(phones.map(() => 'mtu-blackhole'));
	});
});

describe('captures of two incidents', () => {
	const one = readFixture('realm-mismatch/phone.pcap');
	const other = shifted(readFixture('unknown-user/phone.pcap'), 86_400);

	it('are told apart, each with its cause', async () => {
		const analysis = await analyse({ one, other });
		expect(causes(analysis)).toEqual(['realm-mismatch', 'unknown-user']);
	});

	it('are said to have nothing in common', async () => {
		const { sources } = await analyse({ one, other });
		expect(sources[1]?.relation).toMatch(/an incident of its own/);
	});
});

describe('the same capture under two names', () => {
	it('is one registration without a fault', async () => {
		const capture = readFixture('healthy-nat/phone.pcap');
		const analysis = await analyse({ one: capture, other: capture });
		expect(causes(analysis)).toEqual([undefined]);
	});
});

describe("a phone's capture that ends in the middle of the attempt", () => {
	it.each([
		['wrong-password', 'rejected', 'wrong-password'],
		['forbidden-after-authentication', 'rejected', 'forbidden-after-authentication'],
		['unknown-user', 'rejected', 'unknown-user'],
		['healthy-nat', 'registered', undefined],
	])('of %s gets its outcome from the place that saw the end', async (name, outcome, cause) => {
		const phone = slice(readFixture(`${name}/phone.pcap`), 0, -1);
		const server = readFixture(`${name}/server.pcap`);
		const analysis = await analyse({ phone, server });
		expect(analysis.registrations.map((registration) => registration.outcome)).toEqual([outcome]);
		expect(causes(analysis)).toEqual([cause]);
	});

	it.each(['healthy-nat', 'healthy-proxy', 'healthy-stale', 'healthy-symmetric-nat'])(
		'of %s gets no cause, wherever it ends',
		async (name) => {
			const phone = readFixture(`${name}/phone.pcap`);
			const server = readFixture(`${name}/server.pcap`);
			for (let end = 1; end < phone.records.length; end += 1) {
				const analysis = await analyse({ phone: slice(phone, 0, end), server });
				expect(causes(analysis), `cut at ${end}`).toEqual([undefined]);
			}
		},
	);
});

describe('the path through an SBC', () => {
	const legs = (name: string) => ({
		phone: readFixture(`${name}/phone.pcap`),
		proxy: readFixture(`${name}/proxy.pcap`),
		server: readFixture(`${name}/server.pcap`),
	});

	it('is told with the leg that the refusal comes from', async () => {
		const { registrations } = await analyse(legs('second-challenge-unanswered'));
		expect(registrations[0]?.cause?.summary).toContain(
			'The 401 Unauthorized comes from the leg SBC 203.0.113.10 → registrar 203.0.113.140.',
		);
	});

	it('is told with the leg that has no answer', async () => {
		const { registrations } = await analyse({ proxy: legs('upstream-timeout').proxy });
		expect(registrations[0]?.cause?.summary).toContain(
			'No final answer comes on the leg SBC 203.0.113.10 → registrar 203.0.113.140',
		);
	});

	it('is told with the leg on which the credentials were taken away', async () => {
		const { registrations } = await analyse(legs('credentials-altered-in-transit'));
		expect(registrations[0]?.cause?.summary).toContain(
			'On the leg SBC 203.0.113.10 → registrar 203.0.113.140 the REGISTER is passed on without its credentials',
		);
	});

	it('has no leg to tell of where there is none', async () => {
		const { registrations } = await analyse({
			phone: readFixture('wrong-password/phone.pcap'),
			server: readFixture('wrong-password/server.pcap'),
		});
		expect(registrations[0]?.cause?.summary).not.toContain('leg');
	});
});
