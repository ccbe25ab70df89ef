/* What holds for every capture, whatever is in it: any REGISTERs and answers in any order. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../src/analysis/analysis.js';
import { isFailed } from '../../src/registration/outcome.js';
import { accepted, answered, challenged, credentials, request, sent } from '../support/exchange.js';
import { analyseTranscript } from '../support/transcript.js';

const register = fc
	.record({
		cseq: fc.integer({ min: 1, max: 4 }),
		callId: fc.constantFrom('call-1', 'call-2'),
		client: fc.constantFrom('192.168.1.10:5060', '198.51.100.7:41022', '203.0.113.5:5070'),
		server: fc.constantFrom('203.0.113.5:5060', '10.0.0.20:5060'),
		contact: fc.constantFrom('<sip:1001@192.168.1.10:5060>', '*', undefined),
		expires: fc.constantFrom(3600, 0, undefined),
		nonce: fc.constantFrom(undefined, 'n1', 'n2'),
		realm: fc.constantFrom('example.com', 'EXAMPLE.com', 'example.net'),
	})
	.map(({ nonce, realm, ...parts }) =>
		request({ ...parts, headers: nonce === undefined ? [] : [credentials(nonce, realm)] }),
	);

const event = fc.record({
	register,
	kind: fc.constantFrom('sent', 'sent', 'sent', 'challenged', 'accepted', 'answered', 'icmp'),
	wait: fc.constantFrom(0.0004, 0.03, 0.5, 4, 33, 600),
	status: fc.constantFrom(100, 302, 403, 404, 408, 423, 500, 503, 603),
	nonce: fc.constantFrom('n1', 'n2', 'n3'),
	stale: fc.boolean(),
});

const transcript = fc.array(event, { maxLength: 14 }).map((events) => {
	let at = 0;
	return events
		.map(({ register: one, kind, wait, status, nonce, stale }) => {
			at += wait;
			if (kind === 'sent') return sent(one, at);
			if (kind === 'challenged') return challenged(one, at, nonce, stale ? ', stale=true' : '');
			if (kind === 'accepted') return accepted(one, at);
			if (kind === 'answered') return answered(one, at, { status });
			return `+${at.toFixed(4)} ICMP port from 203.0.113.5 quoting UDP ${one.client} > ${one.server}\n`;
		})
		.join('');
});

function holds(check: (analysis: Analysis) => void): void {
	fc.assert(
		fc.property(transcript, (text) => check(analyseTranscript(text))),
		{ numRuns: 120 },
	);
}

describe('every registration', () => {
	it('that failed has a cause, and no other has a fatal one', () => {
		holds(({ registrations }) => {
			for (const { outcome, cause } of registrations) {
				if (isFailed(outcome)) expect(cause?.severity).toBe('fatal');
				else expect(cause?.severity).not.toBe('fatal');
			}
		});
	});

	it('has a cause that no later attempt mended, and never twice', () => {
		holds(({ registrations }) => {
			for (const { cause, findings } of registrations) {
				expect(cause?.mended ?? false).toBe(false);
				const ids = findings.map(({ id }) => id);
				expect(new Set([...ids, cause?.id]).size).toBe(ids.length + 1);
			}
		});
	});

	it('has attempts in order, and the decisive one among them', () => {
		holds(({ registrations }) => {
			for (const { attempts, decisive, outcome } of registrations) {
				expect(attempts.map(({ number }) => number)).toEqual(attempts.map((_, index) => index + 1));
				expect(attempts).toContain(decisive);
				expect(outcome).toBe(decisive?.outcome);
			}
		});
	});

	it('has a final status only where the last REGISTER of that attempt was answered', () => {
		holds(({ registrations }) => {
			for (const { outcome, finalStatus } of registrations) {
				if (outcome === 'unanswered') expect(finalStatus).toBeUndefined();
				if (outcome === 'rejected') expect(finalStatus).toBeGreaterThanOrEqual(400);
				if (outcome === 'registered') expect(finalStatus).toBe(200);
			}
		});
	});
});

describe('every message', () => {
	it('belongs to one registration at most', () => {
		holds(({ registrations }) => {
			const frames = registrations
				.flatMap(({ messages }) => messages)
				.flatMap(({ observed }) => observed.frames);
			expect(new Set(frames).size).toBe(frames.length);
		});
	});

	it('stands in order of time', () => {
		holds(({ registrations }) => {
			for (const { messages } of registrations) {
				const times = messages.map(({ observed }) => observed.at);
				expect(times).toEqual(times.toSorted((a, b) => a - b));
			}
		});
	});
});
