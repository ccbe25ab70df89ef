/* Whoever comes back as phones do is none, whatever the numbers; the table is bounded. */
import { describe, expect, it } from 'vitest';
import { ScannerLog } from '../../src/registration/scanner-log.js';
import { accepted, answered, type Request, request, sent } from '../support/exchange.js';
import { clientTransactionsIn } from '../support/transcript.js';

/** Of a probe everything is kept, also what would be a scanner's. */
function transactionsIn(text: string) {
	return clientTransactionsIn(`# probe sip:1001@example.com\n${text}`);
}

function logOf(...events: readonly string[]): ScannerLog {
	const log = new ScannerLog();
	for (const phone of transactionsIn(events.join(''))) log.add({ phone, hops: [phone] });
	return log;
}

/** REGISTER of line `index` of one address, answered with `status`. */
function tried(index: number, at: number, status: number, parts: Partial<Request> = {}): string {
	const register = request({
		client: '198.51.100.7:5060',
		aor: `sip:${2000 + index}@example.com`,
		callId: `line-${index}`,
		branch: `z9hG4bK${index}x${at.toFixed(2)}`,
		cseq: Math.floor(at) + 1,
		...parts,
	});
	return sent(register, at) + answered(register, at + 0.01, { status });
}

const lines = (count: number, at: number, status: number, parts: Partial<Request> = {}) =>
	Array.from({ length: count }, (_, index) => tried(index, at + index / 4, status, parts));

const sourcesOf = (log: ScannerLog) => log.traffic().sources.map(({ address }) => address);

describe('a server with more lines than most', () => {
	it('is a scanner where it asks for each once and is refused', () => {
		expect(sourcesOf(logOf(...lines(101, 0, 403)))).toEqual(['198.51.100.7']);
	});

	it('is none once the same lines come again in the same calls', () => {
		const rounds = [0, 60, 120].flatMap((at) => lines(101, at, 403));
		expect(sourcesOf(logOf(...rounds))).toEqual([]);
	});

	it('is none where the server is in trouble', () => {
		expect(sourcesOf(logOf(...lines(101, 0, 503)))).toEqual([]);
	});

	it('is none once a single line is registered', () => {
		const good = request({ client: '198.51.100.7:5060', branch: 'z9hG4bKgood' });
		const log = logOf(...lines(101, 0, 403), sent(good, 60), accepted(good, 60.1));
		expect(sourcesOf(log)).toEqual([]);
	});
});

describe('the table of scanners', () => {
	it('goes on in a copy without a change to the original', () => {
		const log = logOf(...lines(2, 0, 404, { userAgent: 'sipvicious' }));
		const copy = log.copy();
		const [phone] = transactionsIn(tried(9, 50, 404, { userAgent: 'sipvicious' }));
		if (phone === undefined) throw new Error('no transaction');
		copy.add({ phone, hops: [phone] });
		expect([log, copy].map((one) => one.traffic().sources[0]?.registers)).toEqual([2, 3]);
	});

	it('counts the scanners that it has no room for', () => {
		const log = new ScannerLog();
		const [phone] = transactionsIn(tried(1, 1, 404, { userAgent: 'sipvicious' }));
		if (phone === undefined) throw new Error('no transaction');
		const COUNT = 25_000;
		for (let index = 0; index < COUNT; index += 1) {
			const client = {
				address: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
				port: 5060,
			};
			const one = { ...phone, client };
			log.add({ phone: one, hops: [one] });
		}
		const { sources, others } = log.traffic();
		expect(sources.length).toBeLessThanOrEqual(100);
		expect(sources.length + others.sources).toBe(COUNT);
	});

	it('takes a thousand User-Agents of one address for few', () => {
		const log = logOf(
			...Array.from({ length: 1000 }, (_, index) =>
				tried(index, index / 20, 401, { userAgent: `agent ${index}` }),
			),
		);
		expect(log.traffic().sources.length).toBeLessThan(10);
		expect(sourcesOf(log)).toContain('198.51.100.7');
	});
});
