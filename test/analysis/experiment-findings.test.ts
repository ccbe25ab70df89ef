import { describe, expect, it } from 'vitest';
import { withExperiments } from '../../src/analysis/experiment-findings.js';
import { exitCode } from '../../src/report/exit-code.js';
import { renderTerminal } from '../../src/report/terminal.js';
import type { ExperimentEvent, ProbeEvent } from '../../src/trace/observed.js';
import { analysis, finding, registration } from '../report/analysis-builder.js';

const PROVEN: ExperimentEvent = {
	kind: 'experiment',
	...{ source: 'probe', at: 0, frame: 12 },
	id: 'alg',
	verdict: 'alg-proven',
	text: 'ALG proven over UDP: From was sent as a and came back as b',
	columns: ['request', 'answer', 'came back changed'],
	rows: [['OPTIONS, own address', '200 OK (\u001b[31mPBX)', 'From: a → b']],
	proof: [{ frame: 11, at: 0, field: 'From', text: 'sent as a, came back as b' }],
};
const NONE: ExperimentEvent = {
	...PROVEN,
	verdict: 'no-alg',
	text: 'no ALG: as it was sent',
	proof: [],
};

const GUESS = finding({ id: 'sip-alg', confidence: 'likely' });
const SET_OUT: ProbeEvent = {
	...{ kind: 'probe', at: 0, source: 'probe', frame: 1, aor: 'sip:1001@example.com' },
	target: { host: 'example.com', port: 5060, transport: 'udp' },
};
const GUESSED = analysis({
	registrations: [registration({ probe: SET_OUT, findings: [GUESS, finding({ id: 'no-qop' })] })],
	findings: [],
});

describe('what experiments prove', () => {
	it('is a finding of the whole, with its evidence and who must act', () => {
		const { findings } = withExperiments(GUESSED, [PROVEN]);
		expect(findings).toMatchObject([
			{ id: 'sip-alg', severity: 'degraded', confidence: 'proven', attempt: 0 },
		]);
		expect(findings[0]?.evidence).toEqual([{ source: 'probe', ...PROVEN.proof[0] }]);
		expect(findings[0]?.fix.map(({ who }) => who)).toContain('site-network');
	});

	it('counts where degraded findings are to fail', () => {
		const proven = withExperiments(analysis({ registrations: [] }), [PROVEN]);
		expect(exitCode(proven, 'degraded')).toBe(1);
	});

	it('is said once, and takes the place of what was only likely', () => {
		const [first] = withExperiments(GUESSED, [PROVEN]).registrations;
		expect(first?.findings.map(({ id }) => id)).toEqual(['no-qop']);
	});

	it('refutes what was only likely', () => {
		const refuted = withExperiments(GUESSED, [NONE]);
		expect(refuted.findings).toEqual([]);
		expect(refuted.registrations[0]?.findings.map(({ id }) => id)).toEqual(['no-qop']);
	});

	it('leaves the guess where nothing is known', () => {
		const unknown = { ...NONE, verdict: 'cannot-tell' } as const;
		expect(withExperiments(GUESSED, [unknown]).registrations[0]?.findings).toHaveLength(2);
		expect(withExperiments(GUESSED, []).registrations[0]?.findings).toHaveLength(2);
	});
});

describe('the experiments of two saved probes', () => {
	const other = { ...PROVEN, source: 'hotspot.pcapng', verdict: 'no-alg', proof: [] } as const;

	it('settle the guesses of their own registrations alone', () => {
		const guess = registration({ probe: { ...SET_OUT, source: 'x.pcapng' }, findings: [GUESS] });
		const told = withExperiments(analysis({ registrations: [guess] }), [PROVEN, other]);
		expect(told.registrations[0]?.findings).toHaveLength(1);
		expect(told.findings).toHaveLength(1);
	});

	it('say whose they are', () => {
		const told = withExperiments(analysis({ registrations: [] }), [PROVEN, other]);
		expect(told.experiments?.map(({ source }) => source)).toEqual(['probe', 'hotspot.pcapng']);
	});
});

describe('the table of an experiment', () => {
	function shown(columns: number, one: ExperimentEvent = PROVEN): string {
		const told = withExperiments(analysis({ registrations: [registration()] }), [one]);
		return renderTerminal(told, { columns, colour: false });
	}

	it('stands under its verdict', () => {
		const text = shown(100);
		expect(text).toContain('SIP ALG: ALG proven\n');
		expect(text).toMatch(/request +answer +came back changed/);
		expect(text).toMatch(/OPTIONS, own address +200 OK/);
	});

	it('cannot steer the terminal', () => {
		expect(shown(100)).not.toContain('\u001b');
		expect(shown(100)).toContain('\\x1b[31mPBX');
	});

	it.each([40, 60, 80])('keeps to %i columns', (columns) => {
		const long = 'sip:probe@192.168.31.30 '.repeat(5) + 'x'.repeat(120);
		const wide = { ...PROVEN, rows: [[long, '200 OK', long]] };
		const from = shown(columns, wide).split('\n');
		const start = from.findIndex((line) => line.includes('SIP ALG'));
		const table = from.slice(
			start,
			from.findIndex((line) => line.startsWith('  also')),
		);
		expect(table.length).toBeGreaterThan(3);
		expect(table.filter((line) => line.length > columns)).toEqual([]);
		expect(table.join('').replaceAll(' ', '')).toContain('x'.repeat(8));
	});
});
