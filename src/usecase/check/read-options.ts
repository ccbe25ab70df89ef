/* The options of an entry, or of the defaults: how to reach the registrar, and what every REGISTER of it has. */
import { checkTlsSettings, PLAIN_TLS } from '../../probe/secure/tls-handshake.js';
import { PROBE_TRANSPORTS, type ProbeTransportName } from '../../probe/transport.js';
import { headersFrom } from '../registering.js';
import { problemIn, type SuiteWorld } from './secret-reference.js';
import type { EntryOptions } from './suite.js';
import type { SuiteFields } from './suite-fields.js';
import type { YamlTree } from './yaml-tree.js';

const MILLISECONDS = 1000;

const ALGORITHMS = [
	...['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess', 'SHA-512-256', 'SHA-512-256-sess'],
	...['AKAv1-MD5', 'AKAv2-MD5', 'AKAv2-SHA-256'],
];

export const OPTION_KEYS = [
	...['server', 'transport', 'algorithm', 'expires', 'timeout', 'beside', 'headers', 'user-agent'],
	...['dns', 'ca', 'cert', 'key', 'tls-insecure', 'ws-path', 'alg'],
];

/** What `fields` says, and for the rest the defaults. What is wrong goes into the problems. */
export function optionsOf(
	fields: SuiteFields,
	world: SuiteWorld,
	defaults: EntryOptions | undefined,
): EntryOptions {
	const seconds = fields.integer('timeout', 1, 300);
	return {
		server: fields.text('server') ?? defaults?.server,
		transports: transportsOf(fields) ?? defaults?.transports ?? [],
		algorithm: fields.oneOf('algorithm', ALGORITHMS) ?? defaults?.algorithm,
		expires: fields.integer('expires', 1, 86_400) ?? defaults?.expires,
		timeoutMs: seconds === undefined ? defaults?.timeoutMs : seconds * MILLISECONDS,
		beside: fields.flag('beside') ?? defaults?.beside ?? false,
		headers: headersOf(fields) ?? defaults?.headers ?? [],
		userAgent: fields.text('user-agent') ?? defaults?.userAgent,
		dns: fields.text('dns') ?? defaults?.dns,
		tls: tlsOf(fields, world, defaults?.tls),
		tlsInsecure: fields.flag('tls-insecure') ?? defaults?.tlsInsecure ?? false,
		wsPath: wsPath(fields) ?? defaults?.wsPath,
		alg: fields.flag('alg') ?? defaults?.alg ?? false,
	};
}

/** One, or a list: then the entry is tried over each of them. */
function transportsOf(fields: SuiteFields): readonly ProbeTransportName[] | undefined {
	const named = fields.texts('transport');
	if (named === undefined) return undefined;
	const known = named.flatMap((name) => PROBE_TRANSPORTS.find((one) => one === name) ?? []);
	if (known.length < named.length) {
		const which = `one of ${PROBE_TRANSPORTS.join(', ')} is expected, or a list of them`;
		fields.problem('transport', which);
	}
	return [...new Set(known)];
}

/** A map of names and values, or a list of "Name: value". */
function headersOf(fields: SuiteFields): EntryOptions['headers'] | undefined {
	const tree = fields.tree('headers');
	if (tree === undefined) return undefined;
	const lines = (tree.kind === 'list' ? tree.items : [tree]).flatMap(headerLines);
	return problemIn(fields, 'headers', () => headersFrom(lines));
}

function headerLines(tree: YamlTree): readonly string[] {
	if (tree.kind === 'text') return [tree.text];
	if (tree.kind === 'list') return tree.items.flatMap(headerLines);
	return tree.entries.map(
		({ key, value }) => `${key}: ${value.kind === 'text' ? value.text : '\n'}`,
	);
}

/** The texts of PEM files beside the suite; each pair is looked at where it is written. */
function tlsOf(
	fields: SuiteFields,
	world: SuiteWorld,
	defaults: EntryOptions['tls'] | undefined,
): EntryOptions['tls'] {
	const [ca, cert, key] = (['ca', 'cert', 'key'] as const).map((name) => pem(fields, name, world));
	if (fields.has('cert') !== fields.has('key')) {
		const [there, missing] = fields.has('cert') ? ['cert', 'key'] : ['key', 'cert'];
		fields.problem(there, `${missing} is missing beside it`);
	}
	if (ca !== undefined) checked(fields, 'ca', { ca });
	if (cert !== undefined && key !== undefined) checked(fields, 'cert', { cert, key });
	const own = cert === undefined || key === undefined ? undefined : { cert, key };
	return {
		ca: ca ?? defaults?.ca,
		cert: own?.cert ?? defaults?.cert,
		key: own?.key ?? defaults?.key,
	};
}

function checked(fields: SuiteFields, key: string, given: Partial<EntryOptions['tls']>): void {
	problemIn(fields, key, () => checkTlsSettings({ ...PLAIN_TLS, ...given }));
}

function pem(
	fields: SuiteFields,
	key: 'ca' | 'cert' | 'key',
	world: SuiteWorld,
): string | undefined {
	const path = fields.text(key)?.replace(/^file:/, '');
	if (path === undefined) return undefined;
	const read = world.readText(path);
	if (typeof read === 'string') return read;
	fields.problem(key, `the file it names cannot be read (${read.because})`);
	return undefined;
}

function wsPath(fields: SuiteFields): string | undefined {
	const path = fields.text('ws-path');
	if (path === undefined || /^\/[!-~]*$/.test(path)) return path;
	fields.problem('ws-path', 'a path is expected, which begins with a slash: /ws');
	return undefined;
}
