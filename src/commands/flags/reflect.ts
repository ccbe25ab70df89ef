/** Flags of `sipdoctor reflect`. */
import { Flags } from '@oclif/core';

const REGISTRAR = 'PRACTICE REGISTRAR';
const DAY = 86_400;

export const reflectFlags = {
	port: Flags.integer({
		summary: 'Port to listen on, UDP and TCP; give it again for more. 0: the system chooses.',
		multiple: true,
		multipleNonGreedy: true,
		default: [5060],
		min: 0,
		max: 65_535,
	}),
	address: Flags.string({
		summary: 'Address to listen on; all of this machine without it.',
		helpValue: 'IP',
	}),
	duration: Flags.integer({
		summary: 'Stop after so many seconds; without it, on Ctrl-C.',
		min: 1,
		max: 31 * DAY,
	}),
	rate: Flags.integer({
		summary: 'Requests a second that one source may send; ten seconds of it may come at once.',
		default: 10,
		min: 1,
		max: 1000,
	}),
	'any-size': Flags.boolean({
		summary:
			'Over UDP also send answers that are larger than their request. For a closed network only: on the internet it can be abused to flood others.',
	}),
	accounts: Flags.string({
		summary: 'Accounts that may register, as of analyze --accounts; without it, everybody may.',
		helpValue: 'FILE',
		helpGroup: REGISTRAR,
	}),
	realm: Flags.string({
		summary: 'Realm of the challenge; the domain asked for without it.',
		helpGroup: REGISTRAR,
	}),
	algorithm: Flags.string({
		summary: 'Digest algorithm to offer; give it again for more, the most wanted first.',
		multiple: true,
		multipleNonGreedy: true,
		default: ['MD5'],
		options: ['MD5', 'SHA-256', 'SHA-512-256'],
		helpGroup: REGISTRAR,
	}),
	'nonce-lifetime': Flags.integer({
		summary: 'Seconds after which a nonce is stale.',
		default: 120,
		min: 1,
		max: DAY,
		helpGroup: REGISTRAR,
	}),
	'min-expires': Flags.integer({
		summary: 'Shorter is refused with 423.',
		default: 30,
		min: 1,
		max: 3600,
		helpGroup: REGISTRAR,
	}),
	'max-expires': Flags.integer({
		summary: 'Longer is granted as this.',
		default: 3600,
		min: 1,
		max: DAY,
		helpGroup: REGISTRAR,
	}),
	fault: Flags.string({
		summary: 'Play a fault, see --list-faults.',
		helpValue: 'NAME',
		helpGroup: REGISTRAR,
	}),
	'list-faults': Flags.boolean({
		summary: 'List the faults that can be played, and the diagnosis of each.',
		helpGroup: REGISTRAR,
	}),
};
