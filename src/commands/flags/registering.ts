/** Flags of a probe that say how it registers, and with what besides a password. */
import { Flags } from '@oclif/core';
import { registeringFrom } from '../../usecase/registering.js';
import { type AkaFlags, akaFlags, readAkaKey } from './aka.js';
import { firstLine, readText } from './secrets.js';

const GROUP = 'REGISTERING';
const SECRETS = 'SECRETS';

export const registeringFlags = {
	'display-name': Flags.string({
		summary: 'Display name of From and To.',
		helpValue: 'NAME',
		helpGroup: GROUP,
	}),
	contact: Flags.string({
		summary: "Contact to register instead of the socket's own address, or none, which only asks.",
		helpValue: 'URI',
		helpGroup: GROUP,
	}),
	instance: Flags.string({
		summary: 'Instance-id (+sip.instance) instead of a random one.',
		helpValue: 'URN',
		helpGroup: GROUP,
	}),
	'reg-id': Flags.integer({
		summary:
			'SIP outbound (RFC 5626): reg-id of the Contact, with Supported: path, outbound, gruu.',
		helpValue: 'N',
		min: 1,
		max: 2_147_483_647,
		helpGroup: GROUP,
	}),
	header: Flags.string({
		summary: 'A header field to add; may be given several times.',
		helpValue: "'NAME: VALUE'",
		multiple: true,
		multipleNonGreedy: true,
		helpGroup: GROUP,
	}),
	'user-agent': Flags.string({
		summary: 'User-Agent instead of sipdoctor/VERSION.',
		helpValue: 'TEXT',
		helpGroup: GROUP,
	}),
	query: Flags.boolean({ summary: 'Only list the bindings.', helpGroup: GROUP }),
	unregister: Flags.boolean({
		summary: 'Only remove the binding of --contact or --instance.',
		helpGroup: GROUP,
	}),
	keep: Flags.boolean({
		summary: 'Leave the binding until it expires; calls go there, and nobody answers.',
		helpGroup: GROUP,
	}),
	'bearer-file': Flags.string({
		summary:
			'File whose first line is a bearer token (RFC 8898); or the environment variable SIPDOCTOR_BEARER.',
		helpValue: 'FILE',
		helpGroup: SECRETS,
	}),
	'bearer-over-cleartext': Flags.boolean({
		summary: 'Send the token without TLS, too: everybody on the way can take it.',
		helpGroup: SECRETS,
	}),
	...akaFlags,
	'aka-sqn': Flags.string({
		summary:
			'Highest SQN that the SIM has taken, 12 hex digits; older ones are answered with AUTS.',
		helpValue: 'HEX',
		helpGroup: SECRETS,
	}),
};

export interface RegisteringFlags extends AkaFlags {
	readonly 'display-name'?: string | undefined;
	readonly contact?: string | undefined;
	readonly instance?: string | undefined;
	readonly 'reg-id'?: number | undefined;
	readonly header?: readonly string[] | undefined;
	readonly query: boolean;
	readonly unregister: boolean;
	readonly keep: boolean;
	readonly 'bearer-file'?: string | undefined;
	readonly 'bearer-over-cleartext': boolean;
	readonly 'aka-sqn'?: string | undefined;
}

/** Throws UsageError that names flags and no secret. */
export function readRegistering(flags: RegisteringFlags): ReturnType<typeof registeringFrom> {
	const file = flags['bearer-file'];
	return registeringFrom({
		...{ query: flags.query, unregister: flags.unregister, keep: flags.keep },
		...{ contact: flags.contact, instance: flags.instance, regId: flags['reg-id'] },
		displayName: flags['display-name'],
		headers: flags.header ?? [],
		akaKey: readAkaKey(flags),
		akaSqn: flags['aka-sqn'],
		bearerToken:
			file === undefined
				? process.env['SIPDOCTOR_BEARER']
				: firstLine(readText(file, '--bearer-file')),
		bearerOverCleartext: flags['bearer-over-cleartext'],
	});
}
