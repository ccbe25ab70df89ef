/** Flags of whoever registers as a phone, once or for long. */
import { Flags } from '@oclif/core';

export const asPhoneFlags = {
	'auth-user': Flags.string({
		summary: 'Digest username, where it is not the user of the address-of-record.',
		helpValue: 'NAME',
	}),
	algorithm: Flags.string({
		summary: 'Answer the challenge of this algorithm instead of the topmost supported one.',
		options: [
			...['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess', 'SHA-512-256', 'SHA-512-256-sess'],
			...['AKAv1-MD5', 'AKAv2-MD5', 'AKAv2-SHA-256'],
		],
	}),
	'local-port': Flags.integer({
		summary: 'Local port; the system chooses without it.',
		min: 1,
		max: 65_535,
	}),
	beside: Flags.boolean({ summary: 'Register although another device is bound.' }),
};
