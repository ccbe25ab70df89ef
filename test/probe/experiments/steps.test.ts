import { describe, expect, it } from 'vitest';
import { algStep } from '../../../src/probe/experiments/alg-step.js';
import { type Experiment, inconclusive } from '../../../src/probe/experiments/experiment.js';
import { keepaliveStep } from '../../../src/probe/experiments/keepalive-step.js';
import type { Lifetime } from '../../../src/probe/experiments/lifetime.js';
import type { Received } from '../../../src/probe/register-session.js';
import { parseDatagram } from '../../../src/sip/parse-message.js';
import { OUTSIDE, PHONE, SERVER } from './fake-network.js';

const LOCAL = { address: PHONE, port: 40_500 };

/** A REGISTER and its answer, with other lines in the answer where wanted. */
function received(
	via = `;rport=7;received=${OUTSIDE}`,
	from = 'sip:1001@pbx.example.com',
): Received {
	const lines = (start: string, parameters: string, party: string) =>
		[
			start,
			`Via: SIP/2.0/UDP ${PHONE}:40500;branch=z9hG4bKa${parameters}`,
			`From: <${party}>;tag=1`,
			'To: <sip:1001@pbx.example.com>',
			'Call-ID: a',
			'CSeq: 1 REGISTER',
			'Content-Length: 0',
			'',
			'',
		].join('\r\n');
	const request = lines(
		'REGISTER sip:pbx.example.com SIP/2.0',
		';rport',
		'sip:1001@pbx.example.com',
	);
	const parse = (text: string) => {
		const parsed = parseDatagram(Buffer.from(text));
		if (!parsed.ok) throw new Error('not SIP');
		return parsed.value;
	};
	const [sent, answer] = [parse(request), parse(lines('SIP/2.0 401 X', via, from))];
	if (sent.kind !== 'request' || answer.kind !== 'response') throw new Error('the wrong kind');
	return { request: sent, response: answer, from: SERVER, local: LOCAL, remote: SERVER };
}

function alg(verdict: Experiment['verdict'], text: string): Experiment {
	return { ...inconclusive('alg', text), verdict };
}

describe('the alg step', () => {
	it('is fine where every answer echoes what was sent', () => {
		const { state, text } = algStep([received(), received()], []);
		expect(state).toBe('ok');
		expect(text).toContain('all 2 answers came back as they were sent');
	});

	it('cannot tell without an answer', () => {
		expect(algStep([], []).state).toBe('cannot-tell');
	});

	it('warns where an answer to the REGISTER was edited', () => {
		const edited = received(undefined, `sip:1001@${OUTSIDE}:7`);
		expect(algStep([edited], []).state).toBe('warning');
		expect(algStep([edited], [alg('no-alg', 'none')]).state).toBe('warning');
	});

	it('cannot tell an ALG from a VPN by received alone, and says what does', () => {
		const { state, text } = algStep([received(`;rport=40500;received=${PHONE}`)], []);
		expect(state).toBe('cannot-tell');
		expect(text).toContain('--alg tells which');
	});

	it('believes the experiment there', () => {
		const restored = [received(`;rport=40500;received=${PHONE}`)];
		expect(algStep(restored, [alg('no-alg', 'no ALG: …')])).toEqual({
			state: 'ok',
			text: 'no ALG: …',
		});
		expect(algStep(restored, [alg('alg-proven', 'ALG proven')]).state).toBe('warning');
		expect(algStep(restored, [alg('cannot-tell', 'no answer')]).state).toBe('cannot-tell');
	});
});

describe('the keepalive step', () => {
	const measured = (lifetime: Lifetime, verdict: Experiment['verdict'] = 'measured') => ({
		lifetime,
		experiment: { ...inconclusive('nat-timeout', 'as told'), verdict },
	});

	it('is skipped where nothing was measured', () => {
		expect(keepaliveStep(undefined).state).toBe('skipped');
	});

	it('warns of a mapping that dies before the usual keep-alive', () => {
		const { state, text } = keepaliveStep(measured({ kind: 'between', low: 15, high: 25 }));
		expect(state).toBe('warning');
		expect(text).toContain("set the phone's keep-alive to 12 s or less");
	});

	it('is fine where the mapping lives longer', () => {
		const { state, text } = keepaliveStep(measured({ kind: 'between', low: 100, high: 130 }));
		expect(state).toBe('ok');
		expect(text).toContain('between 100 and 130 s: a keep-alive every 29 s is enough');
	});

	it('tells why it cannot tell', () => {
		const unknown = { kind: 'cannot-tell' } as const;
		expect(keepaliveStep(measured(unknown, 'cannot-tell'))).toEqual({
			state: 'cannot-tell',
			text: 'as told',
		});
		expect(keepaliveStep(measured(unknown, 'no-nat')).state).toBe('skipped');
	});
});
