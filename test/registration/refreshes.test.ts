/* When a phone comes back, against what it was granted. */
import { describe, expect, it } from 'vitest';
import { goesByRequested, type Refreshes, refreshesOf } from '../../src/registration/refreshes.js';
import { accepted, type Request, request, sent } from '../support/exchange.js';
import { theRegistration } from './reading.js';

const CONTACT = '<sip:1001@192.168.1.10:5060>';

/** Bindings for 60 s, made at these times. */
function refreshes(
	times: readonly number[],
	parts: (index: number) => Partial<Request> = () => ({}),
): Refreshes {
	const events = times.map((at, index) => {
		const register = request({ cseq: index + 1, ...parts(index) });
		return sent(register, at) + accepted(register, at + 0.02, [`${CONTACT};expires=60`]);
	});
	return refreshesOf(theRegistration(events.join(''), 100_000));
}

describe('a refresh', () => {
	it('is in time before the binding is over, and in the second it ends', () => {
		expect(refreshes([0, 30, 91])).toMatchObject({ inTime: 2, late: [] });
	});

	it('is late behind it', () => {
		const { late } = refreshes([0, 70]);
		expect(
			late.map(({ grantedSeconds, afterMs }) => [grantedSeconds, Math.round(afterMs / 1000)]),
		).toEqual([[60, 70]]);
	});

	it('is not judged where CSeq says that REGISTERs are missing', () => {
		expect(refreshes([0, 70], (index) => ({ cseq: index * 3 + 1 })).late).toEqual([]);
	});

	it('is not judged where the phone was started anew', () => {
		expect(refreshes([0, 70], (index) => ({ callId: `call-${index}`, cseq: 1 })).late).toEqual([]);
	});

	it('is not judged where the phone was away for hours', () => {
		expect(refreshes([0, 20_000]).late).toEqual([]);
	});

	it('goes by what was asked for where it comes at half of that', () => {
		const { late } = refreshes([0, 1800]);
		expect(late.map(goesByRequested)).toEqual([true]);
	});

	it('does not where it is merely late', () => {
		const { late } = refreshes([0, 70]);
		expect(late.map(goesByRequested)).toEqual([false]);
	});
});
