/** Flags by which the key of a SIM reaches sipdoctor. None of the values is ever printed. */
import { Flags } from '@oclif/core';
import { akaKeyFrom } from '../../usecase/aka-key.js';
import { UsageError } from '../../usecase/usage-error.js';
import { firstLine, readText } from './secrets.js';

const GROUP = 'SECRETS';

const file = (what: string, name: string) =>
	Flags.string({
		summary: `File whose first line is ${what}, 32 hex digits; or the environment variable ${name}.`,
		helpValue: 'FILE',
		helpGroup: GROUP,
	});

export const akaFlags = {
	'aka-k': file('the key K of the SIM', 'SIPDOCTOR_AKA_K'),
	'aka-op': file('OP of the operator', 'SIPDOCTOR_AKA_OP'),
	'aka-opc': file('OPc of the SIM, in place of OP', 'SIPDOCTOR_AKA_OPC'),
};

export interface AkaFlags {
	readonly 'aka-k'?: string | undefined;
	readonly 'aka-op'?: string | undefined;
	readonly 'aka-opc'?: string | undefined;
}

/** The key of the SIM, or undefined where none is given. Throws UsageError that names flags and no value. */
export function readAkaKey(flags: AkaFlags): ReturnType<typeof akaKeyFrom> {
	const value = (flag: keyof AkaFlags, variable: string): string | undefined => {
		const given = flags[flag];
		if (given === undefined) return process.env[variable];
		// Who gives the digits themselves is understood, although others can see them in the process list.
		if (/^[0-9a-f]{32}$/i.test(given)) return given;
		return firstLine(readSecretFile(given, `--${flag}`));
	};
	return akaKeyFrom({
		k: value('aka-k', 'SIPDOCTOR_AKA_K'),
		op: value('aka-op', 'SIPDOCTOR_AKA_OP'),
		opc: value('aka-opc', 'SIPDOCTOR_AKA_OPC'),
	});
}

/** What was typed may be the key itself with a slip in it, so that it is not repeated. */
function readSecretFile(path: string, flag: string): string {
	try {
		return readText(path, flag);
	} catch {
		throw new UsageError(`${flag}: there is no such file that can be read`);
	}
}
