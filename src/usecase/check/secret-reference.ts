import type { DigestSecret } from '../../digest/digest.js';
import { ProbeError } from '../../probe/probe-error.js';
import { ha1Secret } from '../accounts.js';
import { UsageError } from '../usage-error.js';
import type { SuiteFields } from './suite-fields.js';

/** What a suite may ask of the world: nothing but what its references name. */
export interface SuiteWorld {
	/** Undefined where the variable is not set. */
	readonly environment: (name: string) => string | undefined;
	/** The text of a file named in the suite; a message in words where it cannot be read. */
	readonly readText: (path: string) => string | { readonly because: string };
}

const REFERENCE = 'env:NAME or file:PATH is expected; a suite holds no secret itself';

/** Keys that give a secret. */
export const SECRET_KEYS = ['password', 'ha1', 'ha1-algorithm'] as const;

/** The secret that an entry refers to. What is wrong goes into the problems, and no value with it. */
export function secretOf(fields: SuiteFields, world: SuiteWorld): DigestSecret | undefined {
	if (fields.has('password') && fields.has('ha1')) {
		fields.problem('ha1', 'give either password or ha1');
		return undefined;
	}
	const password = referred(fields, 'password', world);
	if (password !== undefined) return { kind: 'password', password };
	const ha1 = referred(fields, 'ha1', world);
	if (ha1 === undefined) return undefined;
	const algorithm = fields.oneOf('ha1-algorithm', ['MD5', 'SHA-256', 'SHA-512-256']);
	return problemIn(fields, 'ha1', () => ha1Secret(ha1, algorithm, 'what it refers to'));
}

/** What reading gives; where it is refused, the refusal goes into the problems, with no flag of the command line in it. */
export function problemIn<T>(fields: SuiteFields, key: string, read: () => T): T | undefined {
	try {
		return read();
	} catch (error) {
		if (!(error instanceof UsageError) && !(error instanceof ProbeError)) throw error;
		fields.problem(
			key,
			error.message.replace(/^--[a-z-]+:? (?:and --[a-z-]+: )?/, '').replaceAll('--', ''),
		);
		return undefined;
	}
}

/** The first line of what `env:NAME` or `file:PATH` leads to; undefined where the key is not there, or leads nowhere. */
export function referred(fields: SuiteFields, key: string, world: SuiteWorld): string | undefined {
	if (!fields.has(key)) return undefined;
	const text = fields.text(key);
	if (text === undefined) return undefined;
	const variable = /^env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(text)?.[1];
	if (variable !== undefined) {
		const value = world.environment(variable);
		if (value === undefined) fields.problem(key, `the variable ${variable} is not set`);
		return value;
	}
	const path = /^file:(.+)$/.exec(text)?.[1];
	if (path === undefined) {
		fields.problem(key, REFERENCE);
		return undefined;
	}
	const read = world.readText(path);
	if (typeof read === 'string') return read.split(/\r?\n/)[0] ?? '';
	fields.problem(key, `the file it names cannot be read (${read.because})`);
	return undefined;
}
