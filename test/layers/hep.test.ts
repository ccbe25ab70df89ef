import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isHep, parseHep } from '../../src/layers/hep.js';
import { readHepStream } from '../../src/layers/hep-stream.js';
import { be, chunk, hep3, hep3Head, hep3Of, oldHep } from '../support/hep-bytes.js';
import { addressBytes, bytesOf, PHONE6, REGISTER, SERVER6 } from '../support/packet-bytes.js';

const IPV6 = { source: PHONE6, destination: SERVER6 };

function reportOf(bytes: Uint8Array, port = 9060) {
	const parsed = parseHep(bytes, port);
	return parsed?.ok === true ? parsed.value : undefined;
}

/** What is wrong with a report, in the words of its oddity; undefined where nothing is. */
function problemOf(bytes: Uint8Array, port = 9060) {
	const parsed = parseHep(bytes, port);
	return parsed?.ok === false ? parsed.malformed.problem : undefined;
}

const textOf = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('latin1');

describe('a report in HEP', () => {
	it.each([
		['1', oldHep(1, REGISTER), undefined],
		['2', oldHep(2, REGISTER), 1_700_000_000_123_456],
		['3', hep3(REGISTER), 1_700_000_000_123_456],
	])('of version %s says who sent what to whom, and by what', (version, bytes, reportedAt) => {
		expect(reportOf(bytes)).toEqual({
			version: Number(version),
			protocol: 17,
			src: { address: Buffer.from([192, 0, 2, 10]), port: 5060 },
			dst: { address: Buffer.from([198, 51, 100, 5]), port: 5060 },
			reportedAt,
			agentId: reportedAt === undefined ? undefined : 2001,
			payloadType: 1,
			payload: Buffer.from(REGISTER, 'latin1'),
			missing: 0,
		});
	});

	it.each([
		['1', oldHep(1, REGISTER, IPV6)],
		['2', oldHep(2, REGISTER, IPV6)],
		['3', hep3(REGISTER, IPV6)],
	])('of version %s may be of IPv6', (_, bytes) => {
		const { src, dst, payload } = reportOf(bytes) ?? {};
		expect([src?.address, dst?.address]).toEqual(
			[PHONE6, SERVER6].map((address) => Buffer.from(addressBytes(address))),
		);
		expect(textOf(payload)).toBe(REGISTER);
	});

	it('of version 2 may count its time into the length of its header', () => {
		const bytes = oldHep(2, REGISTER);
		bytes[1] = 28;
		expect(textOf(reportOf(bytes)?.payload)).toBe(REGISTER);
	});

	it('of version 3 may have its chunks in any order, and others beside', () => {
		const odd = [chunk(17, 'call-id@x'), chunk(18, [0, 7]), chunk(3, 'ours', 7), chunk(15, 'x', 7)];
		const value = reportOf(hep3Of(chunk(15, REGISTER), ...odd, hep3Head()));
		expect(value).toEqual(reportOf(hep3(REGISTER)));
	});

	it.each([
		['gzip', gzipSync(REGISTER)],
		['zlib', deflateSync(REGISTER)],
	])('of version 3 may be compressed with %s', (_, payload) => {
		const value = reportOf(hep3Of(hep3Head(), chunk(16, payload)));
		expect(textOf(value?.payload)).toBe(REGISTER);
	});

	it.each([
		['is no compressed data', Buffer.from('REGISTER'), 'Z_DATA_ERROR'],
		['ends too early', gzipSync(REGISTER).subarray(0, 40), 'Z_BUF_ERROR'],
		['expands without end', gzipSync(Buffer.alloc(10_000_000)), 'ERR_BUFFER_TOO_LARGE'],
	])('whose compressed payload %s says so', (_, payload, value) => {
		expect(problemOf(hep3Of(hep3Head(), chunk(16, payload)))).toMatchObject({
			kind: 'bad-field',
			field: 'compressed payload',
			value,
		});
	});

	it('that was cut has what is left of its payload, and says how much is missing', () => {
		const value = reportOf(hep3(REGISTER).subarray(0, -100));
		expect(textOf(value?.payload)).toBe(REGISTER.slice(0, -100));
		expect(value?.missing).toBe(100);
	});

	it('of something else than SIP, or without addresses, says so', () => {
		expect(reportOf(hep3('{}', { type: 100 }))?.payloadType).toBe(100);
		expect(reportOf(hep3Of(chunk(11, [1]), chunk(15, REGISTER)))).toMatchObject({
			src: undefined,
			dst: undefined,
			protocol: 0,
			agentId: undefined,
			reportedAt: undefined,
		});
		expect(reportOf(hep3Of(chunk(3, [1, 2]), chunk(4, [])))?.src).toBeUndefined();
	});

	it.each([
		['ends in its name', bytesOf('HEP3'), { kind: 'too-short', needed: 6 }],
		['has no length', bytesOf('HEP3', [0, 0]), { kind: 'bad-field', field: 'length' }],
		['ends in the head of a chunk', bytesOf('HEP3', [0, 9, 0, 0, 0]), { needed: 6, available: 3 }],
		['has a chunk without a length', hep3Of(be(6, 0)), { field: 'chunk length', value: '0' }],
		['has a chunk that is longer than it', hep3Of(be(6, 0x0001_0009), be(1, 1)), { needed: 9 }],
		['of version 2 ends in its time', oldHep(2, '').subarray(0, 25), { kind: 'too-short' }],
		['of version 1 ends in its addresses', oldHep(1, '').subarray(0, 12), { kind: 'too-short' }],
	])('that %s cannot be read', (_, bytes, problem) => {
		expect(problemOf(bytes)).toMatchObject(problem);
	});

	it('of version 1 or 2 is only looked for on the port of Homer, one of version 3 on any', () => {
		const old = oldHep(2, REGISTER);
		expect([isHep(old, 9060), isHep(old, 5060), parseHep(old, 5060)]).toEqual([
			true,
			false,
			undefined,
		]);
		expect(isHep(hep3(REGISTER), 9063)).toBe(true);
		expect(textOf(reportOf(hep3(REGISTER), 9063)?.payload)).toBe(REGISTER);
	});

	it.each([
		['SIP', bytesOf(REGISTER)],
		['another version', bytesOf([3], oldHep(1, REGISTER).subarray(1))],
		['another family', bytesOf([1, 16, 3], oldHep(1, REGISTER).subarray(3))],
		['another length', bytesOf([1, 20], oldHep(1, REGISTER).subarray(2))],
		['the time of version 2 in version 1', bytesOf([1, 28], oldHep(1, REGISTER).subarray(2))],
		['nothing', new Uint8Array(0)],
	])('is not what has %s on the port of Homer', (_, bytes) => {
		expect(parseHep(bytes, 9060)).toBeUndefined();
		expect(isHep(bytes, 9060)).toBe(false);
	});

	it('never makes the reader throw, whichever bytes of it are others', () => {
		const reports = [oldHep(1, REGISTER), oldHep(2, REGISTER, IPV6), hep3(REGISTER)];
		const compressed = hep3Of(hep3Head(), chunk(16, gzipSync(REGISTER)));
		const change = fc.tuple(fc.nat(200), fc.nat(255));
		fc.assert(
			fc.property(
				fc.constantFrom(...reports, compressed),
				fc.array(change, { maxLength: 8 }),
				fc.nat(600),
				(report, changes, length) => {
					const bytes = Buffer.from(report.subarray(0, length));
					for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
					const parsed = parseHep(bytes, 9060);
					return parsed === undefined || typeof parsed.ok === 'boolean';
				},
			),
		);
	});
});

describe('a stream of HEP', () => {
	const [one, two] = [hep3('one'), hep3('the other')];

	it('gives each whole report, and waits for the rest of the last', () => {
		const bytes = bytesOf(one, two, one.subarray(0, -1));
		const { messages, consumed, isAligned } = readHepStream(bytes);
		expect(messages).toEqual([one, two]);
		expect([consumed, isAligned]).toEqual([one.length + two.length, true]);
	});

	it.each([
		['something else', bytesOf(one, 'GET / HTTP')],
		['a report without a length', bytesOf(one, 'HEP3', [0, 5])],
	])('is not read on behind %s', (_, bytes) => {
		const { messages, isAligned } = readHepStream(bytes);
		expect(messages).toEqual([one]);
		expect(isAligned).toBe(false);
	});
});
