/* What an account says of its REGISTER, and what it authenticates with besides a password: a bearer token, a SIM. */
import { checkIdentity } from '../../probe/identity.js';
import { PLAIN_REGISTERING, type RegisteringOptions } from '../../probe/registering-options.js';
import { akaKeyFrom } from '../aka-key.js';
import { simFrom, tokenFrom } from '../registering.js';
import { problemIn, referred, type SuiteWorld } from './secret-reference.js';
import type { EntryOptions } from './suite.js';
import type { SuiteFields } from './suite-fields.js';

export const REGISTERING_KEYS = [
	...['display-name', 'contact', 'instance', 'reg-id', 'bearer', 'bearer-over-cleartext'],
	...['aka-k', 'aka-op', 'aka-opc', 'aka-sqn'],
];

/** RFC 5626 §4.2: 1 to 2^31 − 1; nobody has as many flows. */
const MAX_REG_ID = 1000;

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
const CONTROL = /[\u0000-\u001f\u007f]/;

/** What is wrong goes into the problems; secrets come by reference alone. */
export function registeringOf(
	fields: SuiteFields,
	world: SuiteWorld,
	{ headers }: EntryOptions,
): RegisteringOptions {
	const displayName = fields.text('display-name');
	if (displayName !== undefined && CONTROL.test(displayName))
		fields.problem('display-name', 'it holds a control character');
	const [contact, instance] = [fields.text('contact'), fields.text('instance')];
	const registering: RegisteringOptions = {
		...PLAIN_REGISTERING,
		...{ displayName, contact, instance, headers },
		regId: fields.integer('reg-id', 1, MAX_REG_ID),
		sim: simOf(fields, world),
		bearer: bearerOf(fields, world),
	};
	problemIn(fields, 'contact', () => checkIdentity({ ...PLAIN_REGISTERING, contact }));
	problemIn(fields, 'instance', () => checkIdentity({ ...PLAIN_REGISTERING, instance }));
	return registering;
}

function bearerOf(fields: SuiteFields, world: SuiteWorld): RegisteringOptions['bearer'] {
	const overCleartext = fields.flag('bearer-over-cleartext') ?? false;
	const text = referred(fields, 'bearer', world);
	if (text === undefined) return undefined;
	const token = problemIn(fields, 'bearer', () => tokenFrom(text));
	return token === undefined ? undefined : { token, overCleartext };
}

function simOf(fields: SuiteFields, world: SuiteWorld): RegisteringOptions['sim'] {
	const named = ['aka-k', 'aka-op', 'aka-opc'] as const;
	const [k, op, opc] = named.map((name) => referred(fields, name, world));
	const first = [...named, 'aka-sqn'].find((name) => fields.has(name));
	// A reference that leads nowhere is told already.
	if (
		first === undefined ||
		named.some((name, at) => fields.has(name) && [k, op, opc][at] === undefined)
	)
		return undefined;
	const key = problemIn(fields, first, () => akaKeyFrom({ k, op, opc }));
	const sqn = fields.text('aka-sqn');
	return key === undefined && first !== 'aka-sqn'
		? undefined
		: problemIn(fields, 'aka-sqn', () => simFrom(key, sqn));
}
