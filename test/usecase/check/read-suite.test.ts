import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PASSWORD, problemsOf, suiteOf } from './suite-text.js';

describe('a suite', () => {
	it('takes options and expectations from its defaults', () => {
		const [entry] = suiteOf(
			'defaults:',
			'  server: 192.0.2.1',
			'  transport: tcp',
			'  timeout: 5',
			'  expect: { registered-within: 2000 }',
			'accounts:',
			'  - aor: 1001@example.com',
		).entries;
		expect(entry?.options).toMatchObject({
			server: '192.0.2.1',
			transports: ['tcp'],
			timeoutMs: 5000,
		});
		expect(entry?.expectations.map(({ key, line }) => [key, line])).toEqual([
			['outcome', 7],
			['registered-within', 5],
		]);
	});

	it('lets an entry have its own options and expectations', () => {
		const [entry] = suiteOf(
			'defaults: { transport: tcp, expect: { registered-within: 2000 } }',
			'accounts:',
			'  - aor: 1001@example.com',
			'    transport: udp',
			'    expect:',
			'      registered-within: 50',
		).entries;
		expect(entry?.options.transports).toEqual(['udp']);
		expect(entry?.expectations.find(({ key }) => key === 'registered-within')?.line).toBe(6);
	});

	it('expects an account to register and an endpoint to answer where it says nothing', () => {
		const { entries } = suiteOf(
			'accounts: [{ aor: 1001@example.com }]',
			'endpoints: [{ domain: example.com }]',
		);
		expect(entries.map(({ expectations }) => expectations.map(({ key }) => key))).toEqual([
			['outcome'],
			['answered'],
		]);
	});

	it('does not expect of a refused account what only a registered one has', () => {
		const [entry] = suiteOf(
			'defaults: { expect: { registered-within: 2000, expires-at-least: 60, no-alg: true } }',
			'accounts:',
			'  - { aor: 1001@example.com, expect: { status: 401 } }',
		).entries;
		expect(entry?.expectations.map(({ key }) => key)).toEqual(['status', 'no-alg']);
	});

	it('keeps digits as they are written', () => {
		const [entry] = suiteOf('accounts: [{ aor: 0012@example.com, auth-user: 0012 }]').entries;
		expect(entry?.authUser).toBe('0012');
	});

	it('takes a password from a variable or from the first line of a file', () => {
		const { entries } = suiteOf(
			'accounts:',
			'  - { aor: 1001@example.com, password: env:PW }',
			'  - { aor: 1002@example.com, password: file:pw.txt }',
		);
		const secret = { kind: 'password', password: PASSWORD };
		expect(entries.map((entry) => entry.secret)).toEqual([secret, secret]);
	});

	it('follows an alias', () => {
		const [, second] = suiteOf(
			'accounts:',
			'  - { aor: 1001@example.com, expect: &fast { registered-within: 10 } }',
			'  - { aor: 1002@example.com, expect: *fast }',
		).entries;
		expect(second?.expectations.map(({ key }) => key)).toContain('registered-within');
	});
});

describe('a wrong suite', () => {
	it('is told with line, key and what was meant', () => {
		const lines = ['accounts:', '  - aor: 1001@example.com', '    expcet:', '      status: 401'];
		expect(problemsOf(...lines)).toEqual([
			'suite.yaml:3: accounts[0].expcet: unknown key; did you mean "expect"?',
		]);
	});

	it('is told all at once', () => {
		const problems = problemsOf(
			'paralel: 8',
			'accounts:',
			'  - aor: 1001@example.com',
			'    transport: carrier-pigeon',
			'    expect:',
			'      registered-within: soon',
			'endpoints:',
			'  - server: 192.0.2.1',
		);
		expect(problems).toEqual([
			'suite.yaml:1: paralel: unknown key; did you mean "parallel"?',
			'suite.yaml:4: accounts[0].transport: one of udp, tcp, tls, ws, wss is expected, or a list of them',
			'suite.yaml:6: accounts[0].expect.registered-within: a whole number from 1 to 300000 is expected',
			'suite.yaml:8: endpoints[0].domain: it is missing',
		]);
	});

	it.each([
		['a literal password', '{ aor: a@b.example, password: s3cret-word }'],
		[
			'a literal password that looks like a reference',
			'{ aor: a@b.example, password: "env:s3cret-word" }',
		],
		['a password in the address-of-record', '{ aor: "sip:a:s3cret-word@b.example" }'],
		['a password as number', '{ aor: a@b.example, expires: s3cret-word }'],
		['a password twice', '{ aor: a@b.example, password: s3cret-word, password: s3cret-word }'],
		['a password after a tab', '{ aor: a@b.example,\n\tpassword: "s3cret-word }'],
	])('is told without the value: %s', (_name, entry) => {
		const problems = problemsOf('accounts:', `  - ${entry}`);
		expect(problems.length).toBeGreaterThan(0);
		expect(problems.join('\n')).not.toContain(PASSWORD);
	});

	it('names the variable that is not set', () => {
		const problems = problemsOf('accounts:', '  - aor: a@b.example', '    password: env:MISSING');
		expect(problems).toEqual([
			'suite.yaml:3: accounts[0].password: the variable MISSING is not set',
		]);
	});

	it.each([
		['nothing at all', ''],
		['a word', 'accounts'],
		['a list', '- accounts'],
		['no entries', 'accounts: []'],
		['two documents', 'accounts: [{ aor: a@b.example }]\n---\nx: y'],
		['a key twice', 'parallel: 1\nparallel: 2\naccounts: [{ aor: a@b.example }]'],
		['too many at once', 'parallel: 65\naccounts: [{ aor: a@b.example }]'],
	])('is refused: %s', (_name, text) => {
		expect(problemsOf(text)[0]).toMatch(/^suite\.yaml:\d+: /);
	});
});

describe('a hostile suite', () => {
	it('cannot grow by aliases of aliases', () => {
		const levels = Array.from({ length: 30 }, (_, level) =>
			level === 0 ? 'l0: &l0 [x, x]' : `l${level}: &l${level} [*l${level - 1}, *l${level - 1}]`,
		);
		expect(problemsOf(...levels)[0]).toMatch(/too deeply|aliases|more than can be a suite/);
	});

	it('cannot hold more aliases than are followed', () => {
		const items = Array.from({ length: 1100 }, () => '*a').join(', ');
		expect(problemsOf('defaults: &a { expires: 60 }', `accounts: [${items}]`)[0]).toContain(
			'aliases',
		);
	});

	it('cannot be nested without end', () => {
		expect(problemsOf('['.repeat(50_000))[0]).toMatch(/suite\.yaml:1: /);
		expect(problemsOf(`a: ${'{ a: '.repeat(40)}1${' }'.repeat(40)}`)[0]).toContain('too deeply');
	});

	it('cannot be larger than any suite', () => {
		expect(problemsOf(`# ${'x'.repeat(5_000_000)}`)[0]).toContain('larger than');
	});

	it('never does more than be refused, whatever the text', () => {
		const word = fc.constantFrom(
			...[
				'accounts',
				'defaults',
				'expect',
				'aor',
				':',
				'-',
				'\n',
				'  ',
				'&a',
				'*a',
				'[',
				'{',
				'}',
				']',
			],
			...['"', '!!binary', '|', '? ', '#', '\t', 'env:PW', '1@b', '<<', ','],
		);
		const text = fc.oneof(
			fc.string(),
			fc.array(word, { maxLength: 40 }).map((words) => words.join(' ')),
		);
		fc.assert(fc.property(text, (one) => Array.isArray(problemsOf(one))));
	});
});
