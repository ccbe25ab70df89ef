/* What the network told, in the attempts of a registration that is known by its REGISTERs. */
import { describe, expect, it } from 'vitest';
import { accepted, answered, challenged, request, sent } from '../support/exchange.js';
import { registrationsIn, theRegistration } from './reading.js';

const CLIENT = '192.168.1.10:49152';
const SERVER = '203.0.113.5:5060';
const overTcp = (cseq: number, client = CLIENT) =>
	request({ cseq, client, server: SERVER, transport: 'TCP' });

function ended(at: number, how: string, flow = `${CLIENT} > ${SERVER}`): string {
	return `+${at} CONNECT ${how} TCP ${flow} [established]\n`;
}

function refused(at: number, port = 50_000): string {
	return `+${at} CONNECT refused TCP 192.168.1.10:${port} > ${SERVER} [by=server]\n`;
}

const first = overTcp(1);
const registered = sent(first, 0) + accepted(first, 0.03);

describe('a connection that ends before the answer', () => {
	it('makes the attempt unreachable at once', () => {
		const { outcome, attempts } = theRegistration(sent(first, 0) + ended(0.1, 'reset'), 1);
		expect([outcome, attempts.length]).toEqual(['unreachable', 1]);
	});

	it('leaves an attempt open that was answered before', () => {
		const text = sent(first, 0) + challenged(first, 0.03, 'n1') + sent(overTcp(2), 0.05);
		expect(theRegistration(text + ended(0.1, 'reset'), 1).outcome).toBe('open');
	});

	it('leaves it open where the phone itself gives up', () => {
		const text = `${sent(first, 0)}+5 CONNECT closed TCP ${CLIENT} > ${SERVER} [established] [by=client]\n`;
		expect(theRegistration(text, 6).outcome).toBe('open');
	});

	it('is another phone’s where the flow is another one', () => {
		const text = sent(first, 0) + ended(0.1, 'reset', `192.168.1.77:49152 > ${SERVER}`);
		expect(registrationsIn(text, 1).find(({ aor }) => aor !== undefined)?.outcome).toBe('open');
	});

	it('concerns every line that shares it', () => {
		const second = request({ ...first, callId: 'call-2', aor: 'sip:1002@example.com' });
		const text = sent(first, 0) + sent(second, 0.01) + ended(0.1, 'reset');
		expect(registrationsIn(text, 1).map(({ outcome }) => outcome)).toEqual([
			'unreachable',
			'unreachable',
		]);
	});
});

describe('a connection that ends after the answer', () => {
	it('changes no outcome', () => {
		const refusal = sent(first, 0) + answered(first, 0.03, { status: 403 });
		expect(theRegistration(registered + ended(1, 'closed'), 60).outcome).toBe('registered');
		expect(theRegistration(refusal + ended(1, 'reset'), 60).outcome).toBe('rejected');
	});
});

describe('a refresh for which no connection comes up', () => {
	const registration = theRegistration(registered + refused(1800) + refused(1860, 50_001), 1900);

	it('is an attempt without a REGISTER, and decides', () => {
		expect(registration.attempts.map(({ number, outcome }) => [number, outcome])).toEqual([
			[1, 'registered'],
			[2, 'unreachable'],
			[3, 'unreachable'],
		]);
		expect(registration.outcome).toBe('unreachable');
		expect(registration.decisive?.number).toBe(3);
	});

	it('keeps the path that the registration had', () => {
		expect(registration.path.map(({ server }) => server.port)).toEqual([5060]);
	});

	it('is mended by the next one that succeeds', () => {
		const again = overTcp(2, '192.168.1.10:50002');
		const text = registered + refused(1800) + sent(again, 1860) + accepted(again, 1860.1);
		const { attempts, outcome } = theRegistration(text, 1900);
		expect(attempts.map((attempt) => attempt.outcome)).toEqual([
			'registered',
			'unreachable',
			'registered',
		]);
		expect(outcome).toBe('registered');
	});

	it('is part of the attempt that follows at once', () => {
		const again = overTcp(2, '192.168.1.10:50002');
		const text = registered + refused(1800) + sent(again, 1801) + accepted(again, 1801.1);
		const { attempts } = theRegistration(text, 1900);
		expect(attempts.map(({ failures }) => failures.length)).toEqual([0, 1]);
	});
});

describe('a REGISTER of which a fragment is missing', () => {
	const small = request();
	const begun = sent(small, 0) + challenged(small, 0.03, 'n1');
	const lost = (at: number, callId = 'call-1') =>
		`+${at} FRAGMENTS 192.168.1.10 > 203.0.113.5 [ports=5060>5060] [tcp]\nREGISTER sip:example.com SIP/2.0\ni: ${callId}\n\n`;

	it('belongs to the registration of its Call-ID', () => {
		const { attempts } = theRegistration(begun + lost(0.05), 40);
		expect(attempts.map(({ failures }) => failures.map(({ kind }) => kind))).toEqual([
			['fragments-lost'],
		]);
	});

	it('of another Call-ID is a phone of its own', () => {
		const [known, unread] = registrationsIn(
			begun + lost(0.05, 'call-9') + lost(0.55, 'call-9'),
			40,
		);
		expect(known?.attempts[0]?.failures).toEqual([]);
		expect([unread?.aor, unread?.outcome]).toEqual([undefined, 'unanswered']);
	});

	it('that was answered all the same shows a gap of the capture, and leaves the attempt open', () => {
		const whole = request({ cseq: 2 });
		const { attempts, outcome } = theRegistration(begun + lost(0.05) + accepted(whole, 0.1), 40);
		expect(outcome).toBe('open');
		expect(attempts.flatMap(({ failures }) => failures)).toEqual([]);
	});

	it('once and never again is no registration: it was answered as likely as not', () => {
		expect(registrationsIn(lost(0), 40)).toEqual([]);
	});

	it('and nothing after it is no registration where the capture ends', () => {
		expect(registrationsIn(lost(0), 1)).toEqual([]);
	});
});
