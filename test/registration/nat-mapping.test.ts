/* What the NAT makes of a phone's port over time is read from answers at the phone, from packets at the server. */
import { describe, expect, it } from 'vitest';
import { mappingExpiry, natMapping } from '../../src/registration/nat-mapping.js';
import type { Registration } from '../../src/registration/registration.js';
import { answered, type Request, request, sent } from '../support/exchange.js';
import { theRegistration } from './reading.js';

const INSIDE: Partial<Request> = { sentBy: '192.168.1.10:5060' };

/** One registered REGISTER a pair: its time in seconds, and the port of the NAT. */
function atPhone(...pairs: readonly (readonly [number, number])[]): Registration {
	const events = pairs.map(([at, port], index) => {
		const register = request({ ...INSIDE, cseq: index + 1 });
		const via = `;received=198.51.100.7;rport=${port}`;
		const answer = answered(register, at + 0.02, {
			status: 200,
			headers: ['Contact: <sip:1001@192.168.1.10:5060>;expires=3600'],
		});
		return sent(register, at) + answer.replace(/(Via: .*)/, `$1${via}`);
	});
	return theRegistration(events.join(''), 10_000);
}

function atServer(...pairs: readonly (readonly [number, string])[]): Registration {
	const events = pairs.map(([at, client], index) => {
		const register = request({ ...INSIDE, client, cseq: index + 1 });
		const headers = ['Contact: <sip:1001@192.168.1.10:5060>;expires=3600'];
		return sent(register, at) + answered(register, at + 0.02, { status: 200, headers });
	});
	return theRegistration(events.join(''), 10_000);
}

describe('the mapping of a NAT', () => {
	it('changes where rport changes, seen at the phone', () => {
		const { portChanges } = natMapping(atPhone([0, 4000], [600, 4001]));
		expect(portChanges.map(({ gapMs }) => Math.round(gapMs / 1000))).toEqual([600]);
	});

	it('changes where the source port changes, seen at the server', () => {
		const registration = atServer([0, '198.51.100.7:4000'], [600, '198.51.100.7:4001']);
		expect(natMapping(registration).portChanges).toHaveLength(1);
	});

	it('has another address where the line has', () => {
		const registration = atServer([0, '198.51.100.7:4000'], [600, '198.51.100.8:4000']);
		const { portChanges, addressChanges } = natMapping(registration);
		expect([portChanges.length, addressChanges.length]).toEqual([0, 1]);
	});

	it('is not there for a phone with a public address that changes its port', () => {
		const register = (at: number, port: number): string => {
			const one = request({
				client: `198.51.100.7:${port}`,
				sentBy: `198.51.100.7:${port}`,
				cseq: at + 1,
			});
			return sent(one, at) + answered(one, at + 0.02, { status: 200 });
		};
		const registration = theRegistration(register(0, 5060) + register(600, 5062), 10_000);
		expect(natMapping(registration).last).toBeUndefined();
	});

	it('has no pause where the attempts between were not kept', () => {
		const whole = atPhone([0, 4000], [600, 4000], [1200, 4001]);
		const attempts = whole.attempts.filter(({ number }) => number !== 2);
		const { portChanges, longestKeptMs } = natMapping({ ...whole, attempts });
		expect([portChanges.map(({ gapMs }) => gapMs), longestKeptMs]).toEqual([[Infinity], 0]);
	});

	it('is computed once for a registration', () => {
		const registration = atPhone([0, 4000]);
		expect(natMapping(registration)).toBe(natMapping(registration));
	});
});

describe('a mapping that expires', () => {
	it('changes after every long pause and after no short one', () => {
		const registration = atPhone([0, 4000], [5, 4000], [600, 4001], [605, 4001], [1300, 4002]);
		const expiry = mappingExpiry(registration);
		expect(expiry?.changes).toHaveLength(2);
		expect(Math.round((expiry?.shortestMs ?? 0) / 1000)).toBe(595);
	});

	it('is not one that changes after seconds as well', () => {
		expect(mappingExpiry(atPhone([0, 4000], [5, 4001], [600, 4002]))).toBeUndefined();
	});

	it('is not one that outlived a longer pause', () => {
		const registration = atPhone([0, 4000], [5, 4000], [600, 4001], [2000, 4001], [2600, 4002]);
		expect(mappingExpiry(registration)).toBeUndefined();
	});

	it('is not said where no short pause shows that the NAT keeps a port at all', () => {
		expect(mappingExpiry(atPhone([0, 4000], [600, 4001], [1200, 4002]))).toBeUndefined();
	});
});
