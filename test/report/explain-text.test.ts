import { describe, expect, it } from 'vitest';
import { type ExplainedRule, renderExplanation } from '../../src/report/explain-text.js';

const RULE: ExplainedRule = {
	id: 'realm-mismatch',
	severity: 'fatal',
	title: 'The credentials name a realm that no challenge offered',
	references: ['RFC 3261 §22.1', 'RFC 7616 §3.3'],
	explanation: {
		means:
			'The phone computes its answer over a realm of its own. The registrar looks the account up under another, and refuses whatever the password.',
		causes: [
			'The realm is typed into the phone and was not changed with the server.',
			'An old challenge is kept.',
		],
		confirm: 'Compare realm= of the challenge with realm= of the REGISTER that follows.',
		lookAlikes: ['realm-case-mismatch: only upper and lower case differ.'],
	},
	fix: [
		{
			who: 'phone',
			what: 'empty the realm setting, so that the phone takes it from the challenge',
		},
	],
};
const OPTIONS = { columns: 72, colour: false };

describe('explain', () => {
	it('reads as reviewed: a rule', async () => {
		const text = renderExplanation({ kind: 'rule', rule: RULE }, OPTIONS);
		await expect(`${text}\n`).toMatchFileSnapshot('__snapshots__/explain-rule.txt');
	});

	it('reads as reviewed: a status code', async () => {
		const status = {
			code: 423,
			phrase: 'Interval Too Brief',
			meaning: 'The asked expiry is shorter than Min-Expires allows.',
			related: ['interval-too-brief'],
		};
		const text = renderExplanation({ kind: 'status', status }, OPTIONS);
		await expect(`${text}\n`).toMatchFileSnapshot('__snapshots__/explain-status.txt');
	});

	it('lists the worst severity first and each id once, by name', () => {
		const rules = [
			{ ...RULE, id: 'ip-as-domain', severity: 'risk' as const },
			RULE,
			{ ...RULE, id: 'challenge-missing' },
		];
		const text = renderExplanation({ kind: 'list', rules }, OPTIONS);
		const places = ['fatal', 'challenge-missing', 'realm-mismatch', 'risk', 'ip-as-domain'].map(
			(word) => text.search(new RegExp(`^ *${word}`, 'm')),
		);
		expect(places).toEqual(places.toSorted((a, b) => a - b));
		expect(places).not.toContain(-1);
	});

	it('keeps to the width of the terminal', () => {
		for (const columns of [40, 60, 80, 200]) {
			const lines = renderExplanation(
				{ kind: 'rule', rule: RULE },
				{ columns, colour: false },
			).split('\n');
			expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
		}
	});
});
