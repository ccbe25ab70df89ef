import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { watchExitCode } from '../../src/report/exit-code.js';
import type { WatchEvent, WatchSummary } from '../../src/report/watch-event.js';
import { watchLine } from '../../src/report/watch-json.js';
import {
	isNotable,
	renderWatchSummary,
	renderWatchView,
	watchEventLine,
	watchEventLines,
} from '../../src/report/watch-text.js';

const AT = 1_795_272_000_000_000;
const HOSTILE = 'a\u001b[2Jb\u202e response="0123456789abcdef0123456789abcdef"';

const SUMMARY: WatchSummary = {
	at: AT,
	aor: 'sip:1001@example.com',
	startedAt: AT - 3_600_000_000,
	seconds: 3600,
	isRegistered: true,
	uptime: 0.9912,
	registrations: 80,
	failures: 2,
	losses: 1,
	longestGapMs: 31_000,
	byCause: { 'no-response': 2 },
	responseTimeMs: { median: 12, p95: 40 },
	keepAliveMs: { median: 8, p95: 9, unanswered: 1 },
	requestsAnswered: 3,
	mapped: '198.51.100.7:1024',
	mappingChanges: 1,
	natLifetime: { atLeast: 29.5, atMost: 60 },
	gaveUp: undefined,
};

const REGISTERED = {
	event: 'registered',
	gapMs: 31_000,
	at: AT,
	expires: 60,
	ms: 12,
	refreshInMs: 40_000,
	local: '192.0.2.9:40000',
	remote: '192.0.2.1:5060',
	transport: 'udp',
	mapped: '198.51.100.7:1024',
	note: undefined,
} as const;

const LOST: WatchEvent = {
	event: 'lost',
	at: AT,
	since: AT - 32_000_000,
	isFlow: false,
	text: 'no answer came',
	outcome: 'unanswered',
	status: undefined,
	cause: {
		id: 'no-response',
		severity: 'fatal',
		title: 'No response',
		summary: HOSTILE,
		fix: [{ who: 'site-network', what: 'Look at the firewall.' }],
	},
	cannotTell: [],
	retryInMs: 22_500,
};

const ALL: readonly WatchEvent[] = [
	REGISTERED,
	(({ gapMs: _gap, ...rest }) => ({ ...rest, event: 'refreshed' }) as const)(REGISTERED),
	LOST,
	{ ...LOST, event: 'failed', cause: undefined },
	{ event: 'mapping-changed', at: AT, from: '198.51.100.7:1', to: HOSTILE, silenceMs: 40_000 },
	{ event: 'request-answered', at: AT, method: HOSTILE, from: '192.0.2.1:5060' },
	{ event: 'keep-alive-answered', at: AT, ms: 8.2 },
	{ event: 'keep-alive-unanswered', at: AT, isDead: true },
	{ event: 'gave-up', at: AT, why: 'credentials-refused', text: HOSTILE },
	{ event: 'unregistered', at: AT, isSure: true, text: HOSTILE },
	{ event: 'summary', ...SUMMARY },
];

const PAPER = { columns: 80, colour: false };
const SECRET = '0123456789abcdef0123456789abcdef';

describe('the events of a watch as JSON', () => {
	const schema: unknown = JSON.parse(
		readFileSync(join(import.meta.dirname, '../../schemas/watch.schema.json'), 'utf8'),
	);
	const ajv = new Ajv2020({
		strict: true,
		allowUnionTypes: true,
		strictRequired: false,
		formats: { 'date-time': true },
	});
	const validate = ajv.compile(schema as object);

	it.each(ALL.map((event) => [event.event, event] as const))(
		'fit their schema: %s',
		(_name, event) => {
			const line = watchLine(event);
			expect(line).not.toContain('\n');
			expect(validate(JSON.parse(line)), JSON.stringify(validate.errors)).toBe(true);
		},
	);

	it('hold no secret and nothing that steers a terminal', () => {
		for (const event of ALL) {
			expect(watchLine(event)).not.toContain(SECRET);
			expect(watchLine(event)).not.toContain('\u001b');
		}
	});

	it('have times as RFC 3339', () => {
		expect(watchLine(LOST)).toContain('"since":"2026-11-');
	});
});

describe('the events of a watch as lines', () => {
	it('name cause and what comes next', () => {
		const line = watchEventLine(LOST, PAPER);
		expect(line).toMatch(/^2026-11-\d\d \d\d:\d\d:\d\d UTC {2}✗ lost: no-response: /);
		expect(line).toContain('next attempt in 22.5 s');
	});

	it('hold no secret and nothing that steers a terminal', () => {
		for (const event of ALL) {
			const line = watchEventLine(event, PAPER);
			expect(line).not.toContain('\u001b');
			expect(line).not.toContain(SECRET);
		}
	});

	it('name the cause that was just told by its id alone', () => {
		const line = watchEventLine({ ...LOST, event: 'failed' }, { ...PAPER, told: 'no-response' });
		expect(line).toMatch(/✗ failed: no-response again; next attempt in 22\.5 s$/);
	});

	it('say what would decide it where there is no cause', () => {
		const cannotTell = [{ id: 'x', because: 'nothing shows it', decidedBy: 'a capture' }];
		const line = watchEventLine({ ...LOST, cause: undefined, cannotTell }, PAPER);
		expect(line).toContain(
			'no answer came (cannot tell why: nothing shows it; decided by a capture)',
		);
	});

	it('leave out what happens all the time', () => {
		const notable = ALL.filter(isNotable).map(({ event }) => event);
		expect(notable).not.toContain('refreshed');
		expect(notable).not.toContain('keep-alive-answered');
		expect(notable).toContain('lost');
		expect(isNotable({ event: 'keep-alive-unanswered', at: AT, isDead: false })).toBe(false);
	});
});

describe('the events of a watch on a terminal', () => {
	it.each([60, 80, 120])('are told whole within %i columns', (columns) => {
		const long = { ...LOST, text: 'word '.repeat(40).trim() };
		const lines = watchEventLines(long, { ...PAPER, columns });
		for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
		expect(lines.join(' ').replace(/\s+/g, ' ')).toContain('next attempt in 22.5 s');
	});
});

describe('the live view of a watch', () => {
	it.each([40, 60, 80, 120])('stays within %i columns and 24 lines', (columns) => {
		const view = { summary: SUMMARY, registered: REGISTERED };
		const text = renderWatchView(view, { ...PAPER, columns });
		const lines = text.split('\n');
		for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
		expect(lines.length).toBeLessThan(24);
	});
});

describe('the summary of a watch', () => {
	it('says uptime, gaps, causes, times and the lifetime of the NAT mapping', () => {
		const text = renderWatchSummary(SUMMARY, PAPER).replace(/\s+/g, ' ');
		expect(text).toContain('99.12 % of 60 min');
		expect(text).toContain('lost 1 time, the longest gap 31.0 s');
		expect(text).toContain('causes: no-response 2');
		expect(text).toContain('95 % within 40 ms');
		expect(text).toContain('at least 29.5 s and at most 60 s');
	});

	it.each([
		['was never lost', { losses: 0, failures: 0 }, 0],
		['was lost', {}, 1],
		['was never registered', { losses: 0, registrations: 0 }, 1],
		['gave up', { losses: 0, gaveUp: 'credentials-refused' }, 1],
	] as const)('has an exit code where it %s', (_name, more, code) => {
		expect(watchExitCode({ ...SUMMARY, ...more })).toBe(code);
	});
});
