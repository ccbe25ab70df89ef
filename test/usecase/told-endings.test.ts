/* What `--follow` has told already. */
import { describe, expect, it } from 'vitest';
import { ToldEndings } from '../../src/usecase/told-endings.js';
import { registrationsIn, theRegistration } from '../registration/reading.js';
import { accepted, request, sent } from '../support/exchange.js';

const exchange = (cseq: number, at: number) =>
	sent(request({ cseq }), at) + accepted(request({ cseq }), at + 0.05);
const first = theRegistration(exchange(1, 0), 40);
const refreshed = theRegistration(exchange(1, 0) + exchange(2, 300), 400);
const ASK = 'DNS 192.168.1.10:40000 > 192.168.1.1:53 SRV _sip._udp';

describe('an end of a registration', () => {
	it('is new once', () => {
		const told = new ToldEndings();
		expect([told.isNew(first), told.isNew(first)]).toEqual([true, false]);
	});

	it('is new for each refresh', () => {
		const told = new ToldEndings();
		expect([told.isNew(first), told.isNew(refreshed), told.isNew(refreshed)]).toEqual([
			true,
			true,
			false,
		]);
	});

	it('is new again where another cause of it is known by now', () => {
		const told = new ToldEndings();
		const closed = { ...first, cause: { id: 'flow-closed' } };
		const all = [first, closed, closed, first, closed];
		expect(all.map((one) => told.isNew(one))).toEqual([true, true, false, true, true]);
	});

	it('is none while the answer is waited for', () => {
		expect(new ToldEndings().isNew(theRegistration(sent(request(), 0), 0.1))).toBe(false);
	});

	it('is another one for each domain and time where there is no REGISTER', () => {
		const unresolved = registrationsIn(
			`+0.000 ${ASK}.a.example nxdomain\n+0.100 ${ASK}.b.example nxdomain\n`,
			30,
		);
		const told = new ToldEndings();
		expect(unresolved.map((one) => told.isNew(one))).toEqual([true, true]);
		expect(unresolved.map((one) => told.isNew(one))).toEqual([false, false]);
	});

	it('is remembered of so many phones at most, and of those longest that are asked for again', () => {
		const told = new ToldEndings();
		told.isNew(first);
		for (let index = 0; index < 150_000; index += 1) {
			told.isNew({ ...first, aor: `sip:${index}@example.com` });
			if (index % 10_000 === 0) expect(told.isNew(first)).toBe(false);
		}
		expect(told.size).toBe(100_000);
	});
});
