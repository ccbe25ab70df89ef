/* What holds whatever the network tells, in any order, between REGISTERs and answers. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../src/analysis/analysis.js';
import { isFailed } from '../../src/registration/outcome.js';
import { accepted, answered, challenged, request, sent } from '../support/exchange.js';
import { analyseTranscript } from '../support/transcript.js';

const client = fc.constantFrom('192.168.1.10:49152', '192.168.1.10:5060', '192.168.1.11:49152');
const server = fc.constantFrom('203.0.113.5:5060', '203.0.113.5:5061', '203.0.113.6:8088');
const side = fc.constantFrom('client', 'server');

const connection = fc
	.record({
		outcome: fc.constantFrom('refused', 'timed-out', 'reset', 'closed'),
		by: fc.constantFrom('', '[by=client]', '[by=server]', '[by=middle]'),
		marks: fc.constantFrom(
			'',
			'[established]',
			'[copies=1]',
			'[established] [unacknowledged=1448]',
		),
	})
	.map(
		({ outcome, by, marks }) =>
			(flow: string) =>
				`CONNECT ${outcome} TCP ${flow} ${by} ${marks}`,
	);

const tls = fc
	.record({
		reached: fc.constantFrom('client-hello', 'server-hello', 'certificate', 'application-data'),
		alert: fc.option(fc.tuple(side, fc.constantFrom(0, 40, 42, 45, 46, 48, 70, 80, 112, 116))),
		closed: fc.option(side),
		marks: fc.constantFrom('', '[asks]', '[foreign=SIP/2.0_400_Bad]', '[foreign=HTTP/1.1_400]'),
	})
	.map(({ reached, alert, closed, marks }) => (flow: string) => {
		const told = alert === null ? '' : `[alert=${alert[0]}:${alert[1]}]`;
		return `TLS ${reached} ${flow} ${told} ${closed === null ? '' : `[closed=${closed}]`} ${marks}`;
	});

const others = fc.constantFrom(
	(flow: string) => `WEBSOCKET refused WS ${flow} [status=403]`,
	(flow: string) => `WEBSOCKET established WS ${flow} [protocol=sip]`,
	(flow: string) => `WEBSOCKET closed WS ${flow} [protocol=sip] [code=1006]`,
	() => 'UNANSWERED-ARP 203.0.113.5 from 192.168.1.10 [copies=4]',
	() => 'FRAGMENTS 192.168.1.10 > 203.0.113.5 [received=300]',
	() =>
		'FRAGMENTS 192.168.1.10 > 203.0.113.5 [ports=5060>5060]\nREGISTER sip:a SIP/2.0\nCall-ID: call-1',
	(flow: string) =>
		`FOREIGN TCP ${flow.split(' > ').toReversed().join(' > ')} [like=http] [text=HTTP]`,
);

const step = fc.record({
	client,
	server,
	wait: fc.constantFrom(0.0004, 0.03, 0.5, 4, 33, 600),
	cseq: fc.integer({ min: 1, max: 3 }),
	callId: fc.constantFrom('call-1', 'call-2'),
	transport: fc.constantFrom('UDP', 'TCP'),
	kind: fc.constantFrom('sent', 'challenged', 'accepted', 'refused', 'event', 'event', 'event'),
	event: fc.oneof(connection, tls, others),
});

const transcript = fc.array(step, { maxLength: 14 }).map((steps) => {
	let at = 0;
	return steps
		.map(({ wait, kind, event, ...parts }) => {
			at += wait;
			const register = request(parts);
			if (kind === 'sent') return sent(register, at);
			if (kind === 'challenged') return challenged(register, at, 'n1');
			if (kind === 'accepted') return accepted(register, at);
			if (kind === 'refused') return answered(register, at, { status: 403 });
			return `+${at.toFixed(4)} ${event(`${parts.client} > ${parts.server}`)}\n`;
		})
		.join('');
});

function holds(check: (analysis: Analysis) => void): void {
	fc.assert(
		fc.property(transcript, (text) => check(analyseTranscript(text))),
		{ numRuns: 300 },
	);
}

describe('every registration, whatever the network tells', () => {
	it('that failed has a cause, and no other has a fatal one', () => {
		holds(({ registrations }) => {
			for (const { outcome, cause } of registrations) {
				if (isFailed(outcome)) expect(cause?.severity).toBe('fatal');
				else expect(cause?.severity).not.toBe('fatal');
			}
		});
	});

	it('has attempts in order of time, numbered from 1, and the decisive one among them', () => {
		holds(({ registrations }) => {
			for (const { attempts, decisive } of registrations) {
				expect(attempts.map(({ number }) => number)).toEqual(attempts.map((_, index) => index + 1));
				expect(attempts).toContain(decisive);
				const starts = attempts.map(({ transactions, failures }) => {
					return transactions[0]?.phone.request.at ?? failures[0]?.at ?? 0;
				});
				expect(starts).toEqual(starts.toSorted((a, b) => a - b));
			}
		});
	});

	it('holds an event in one attempt at most', () => {
		holds(({ registrations }) => {
			for (const { attempts } of registrations) {
				const events = attempts.flatMap(({ failures }) => failures);
				expect(new Set(events).size).toBe(events.length);
			}
		});
	});

	it('without a message is unreachable or unanswered, and names phone and server', () => {
		holds(({ registrations }) => {
			for (const { aor, outcome, path, messages } of registrations) {
				if (messages.length > 0) continue;
				expect(['unreachable', 'unanswered']).toContain(outcome);
				expect(path).toHaveLength(1);
				expect(aor).toBeUndefined();
			}
		});
	});

	it('that is registered stays so', () => {
		const register = request({ transport: 'TCP', client: '192.168.1.10:49152' });
		fc.assert(
			fc.property(connection, (event) => {
				const text =
					sent(register, 0) +
					accepted(register, 0.1) +
					`+5 ${event('192.168.1.10:50000 > 192.168.1.1:443')}\n`;
				const { registrations } = analyseTranscript(text);
				expect(registrations.map(({ outcome }) => outcome)).toEqual(['registered']);
			}),
		);
	});
});
