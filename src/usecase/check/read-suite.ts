/*
 * A suite from its YAML text:
 *
 *   parallel, starts-per-second, max-refused   how many at once, how fast, when to stop
 *   defaults                                   options and `expect` for every entry
 *   accounts[]                                 aor, password: env:NAME | file:PATH, options, expect
 *   endpoints[]                                domain, options, expect: one REGISTER without credentials
 */
import { ProbeError } from '../../probe/probe-error.js';
import { PLAIN_REGISTERING } from '../../probe/registering-options.js';
import { readTarget } from '../../probe/target.js';
import { UsageError } from '../usage-error.js';
import { expectationsOf, readExpectations } from './read-expectations.js';
import { OPTION_KEYS, optionsOf } from './read-options.js';
import { REGISTERING_KEYS, registeringOf } from './read-registering.js';
import { SECRET_KEYS, type SuiteWorld, secretOf } from './secret-reference.js';
import type { EntryOptions, Expectation, Suite, SuiteEntry } from './suite.js';
import { SuiteFields } from './suite-fields.js';
import { SuiteProblems } from './suite-problems.js';
import { readYaml, type YamlTree } from './yaml-tree.js';

const MAX_ENTRIES = 10_000;
const MAX_PARALLEL = 64;
const DEFAULT_PARALLEL = 8;
const MAX_STARTS = 100;
const DEFAULT_STARTS = 20;
const DEFAULT_REFUSED = 10;

const SUITE_KEYS = [
	...['parallel', 'starts-per-second', 'max-refused', 'defaults', 'accounts', 'endpoints'],
];
const ACCOUNT_KEYS = [
	...['aor', 'name', 'auth-user', ...SECRET_KEYS, ...REGISTERING_KEYS, ...OPTION_KEYS, 'expect'],
];
const ENDPOINT_KEYS = ['domain', 'user', 'name', ...OPTION_KEYS, 'expect'];
/** Who an endpoint is asked about; nobody is registered by it. */
const NOBODY = 'sipdoctor';

interface Defaults {
	readonly options: EntryOptions;
	readonly expectations: readonly Expectation[];
}

/** Throws UsageError naming file, line and key of everything that is wrong; it quotes no value. */
export function readSuite(text: string, file: string, world: SuiteWorld): Suite {
	const problems = new SuiteProblems(file);
	const yaml = readYaml(text);
	if (!yaml.ok) {
		problems.add(yaml.line, '', yaml.because);
		problems.throwIfAny();
		throw new UsageError(`${file} cannot be read`);
	}
	const fields = new SuiteFields(yaml.tree, '', SUITE_KEYS, problems);
	const reader = new SuiteReader(problems, world, fields.tree('defaults'));
	const entries = [
		...listed(fields, 'accounts', problems).map(({ tree, path }) => reader.account(tree, path)),
		...listed(fields, 'endpoints', problems).map(({ tree, path }) => reader.endpoint(tree, path)),
	].flatMap((entry) => (entry === undefined ? [] : overEach(entry)));
	if (!fields.has('accounts') && !fields.has('endpoints')) {
		problems.add(fields.line, '', 'there is nothing to check: accounts or endpoints are expected');
	}
	const suite = {
		file,
		entries,
		parallel: fields.integer('parallel', 1, MAX_PARALLEL) ?? DEFAULT_PARALLEL,
		startsPerSecond: fields.integer('starts-per-second', 1, MAX_STARTS) ?? DEFAULT_STARTS,
		maxRefused: fields.integer('max-refused', 1, MAX_ENTRIES) ?? DEFAULT_REFUSED,
	};
	problems.throwIfAny();
	return suite;
}

/** An entry that names several transports is one entry for each. */
function overEach(entry: SuiteEntry): readonly SuiteEntry[] {
	const { options, name } = entry;
	if (options.transports.length < 2) return [entry];
	return options.transports.map((transport) => ({
		...entry,
		name: `${name} (${transport})`,
		options: { ...options, transports: [transport] },
	}));
}

function listed(
	fields: SuiteFields,
	key: 'accounts' | 'endpoints',
	problems: SuiteProblems,
): readonly { readonly tree: YamlTree; readonly path: string }[] {
	const tree = fields.tree(key);
	if (tree === undefined) return [];
	if (tree.kind !== 'list' || tree.items.length === 0) {
		fields.problem(key, 'a list is expected, each entry behind a dash');
		return [];
	}
	if (tree.items.length > MAX_ENTRIES) {
		problems.add(tree.line, key, `there are more than ${MAX_ENTRIES} entries`);
		return [];
	}
	return tree.items.map((item, index) => ({ tree: item, path: `${key}[${index}]` }));
}

class SuiteReader {
	readonly #problems: SuiteProblems;
	readonly #world: SuiteWorld;
	readonly #defaults: Defaults;

	constructor(problems: SuiteProblems, world: SuiteWorld, defaults: YamlTree | undefined) {
		this.#problems = problems;
		this.#world = world;
		const fields = new SuiteFields(defaults, 'defaults', [...OPTION_KEYS, 'expect'], problems);
		this.#defaults = {
			options: optionsOf(fields, world, undefined),
			expectations: readExpectations(fields.tree('expect'), 'defaults.expect', problems),
		};
	}

	account(tree: YamlTree, path: string): SuiteEntry | undefined {
		const fields = new SuiteFields(tree, path, ACCOUNT_KEYS, this.#problems);
		const aor = fields.text('aor');
		const common = this.#common(fields, 'account');
		const entry = {
			authUser: fields.text('auth-user'),
			secret: secretOf(fields, this.#world),
			...common,
			registering: registeringOf(fields, this.#world, common.options),
		};
		if (aor === undefined) {
			if (!fields.has('aor')) fields.problem('aor', 'it is missing');
			return undefined;
		}
		const canonicalAor = canonical(fields, 'aor', aor, entry.options.server);
		const name = fields.text('name') ?? aor;
		return canonicalAor === undefined ? undefined : { ...entry, aor, canonicalAor, name };
	}

	endpoint(tree: YamlTree, path: string): SuiteEntry | undefined {
		const fields = new SuiteFields(tree, path, ENDPOINT_KEYS, this.#problems);
		const domain = fields.text('domain');
		const user = fields.text('user') ?? NOBODY;
		const common = this.#common(fields, 'endpoint');
		const { headers } = common.options;
		// A server that challenges nobody would register an endpoint's nobody.
		const registering = { ...PLAIN_REGISTERING, headers, mode: 'query' } as const;
		const entry = { authUser: undefined, secret: undefined, ...common, registering };
		if (domain === undefined) {
			if (!fields.has('domain')) fields.problem('domain', 'it is missing');
			return undefined;
		}
		const aor = `${user}@${domain}`;
		const canonicalAor = canonical(fields, 'domain', aor, entry.options.server);
		const name = fields.text('name') ?? domain;
		return canonicalAor === undefined ? undefined : { ...entry, aor, canonicalAor, name };
	}

	#common<K extends SuiteEntry['kind']>(fields: SuiteFields, kind: K) {
		const own = readExpectations(fields.tree('expect'), fields.at('expect'), this.#problems);
		const { line } = fields;
		return {
			kind,
			line,
			options: optionsOf(fields, this.#world, this.#defaults.options),
			expectations: expectationsOf(kind, line, own, this.#defaults.expectations),
		};
	}
}

/** The canonical address-of-record; what the probe would refuse is told here, at its line. */
function canonical(
	fields: SuiteFields,
	key: string,
	aor: string,
	server: string | undefined,
): string | undefined {
	try {
		return readTarget(aor, server).aor;
	} catch (error) {
		if (!(error instanceof ProbeError)) throw error;
		fields.problem(key, error.message);
		return undefined;
	}
}
