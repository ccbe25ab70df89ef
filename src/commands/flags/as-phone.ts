/** Flags of whoever registers as a phone, once or for long. */
import { Flags } from '@oclif/core';

export const asPhoneFlags = {
	'auth-user': Flags.string({
		summary: 'Digest username, where it is not the user of the address-of-record.',
		helpValue: 'NAME',
	}),
	'local-port': Flags.integer({
		summary: 'Local port; the system chooses without it.',
		min: 1,
		max: 65_535,
	}),
	beside: Flags.boolean({ summary: 'Register although another device is bound.' }),
};
