/** Flags of a probe or a watch that say how it registers, and with what besides a password. */
import { Flags } from '@oclif/core';
import { registeringFrom } from '../../usecase/registering.js';
import { type AkaFlags, akaFlags, readAkaKey } from './aka.js';
import { firstLine, readText } from './secrets.js';

const GROUP = 'REGISTERING';
const SECRETS = 'SECRETS';

const contact = (summary: string) => Flags.string({ summary, helpValue: 'URI', helpGroup: GROUP });

/** Those of everybody who registers. */
export const phoneFlags = {
	'display-name': Flags.string({
		summary: 'Display name of From and To.',
		helpValue: 'NAME',
		helpGroup: GROUP,
	}),
	contact: contact("Contact to register instead of the socket's own address."),
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

/** Those of a probe, which may also only ask or remove. */
export const registeringFlags = {
	...phoneFlags,
	contact: contact(
		"Contact to register instead of the socket's own address, or none, which only asks.",
	),
	query: Flags.boolean({ summary: 'Only list the bindings.', helpGroup: GROUP }),
	unregister: Flags.boolean({
		summary: 'Only remove the binding of --contact or --instance.',
		helpGroup: GROUP,
	}),
	keep: Flags.boolean({
		summary: 'Leave the binding until it expires; calls go there, and nobody answers.',
		helpGroup: GROUP,
	}),
};

export interface RegisteringFlags extends AkaFlags {
	readonly 'display-name'?: string | undefined;
	readonly contact?: string | undefined;
	readonly instance?: string | undefined;
	readonly 'reg-id'?: number | undefined;
	readonly header?: readonly string[] | undefined;
	/** Only a probe's. */
	readonly query?: boolean;
	readonly unregister?: boolean;
	readonly keep?: boolean;
	readonly 'bearer-file'?: string | undefined;
	readonly 'bearer-over-cleartext': boolean;
	readonly 'aka-sqn'?: string | undefined;
}

/** Throws UsageError that names flags and no secret. */
export function readRegistering(flags: RegisteringFlags): ReturnType<typeof registeringFrom> {
	const file = flags['bearer-file'];
	return registeringFrom({
		query: flags.query === true,
		...{ unregister: flags.unregister === true, keep: flags.keep === true },
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
