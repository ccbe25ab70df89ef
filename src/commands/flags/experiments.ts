/** What a probe tries out beside its REGISTER: NAT, ALG and firewall from here. */
import { Flags } from '@oclif/core';

const NAT = { helpGroup: 'NAT AND ALG' };

/** Longest silence that a reflector waits for, seconds. */
const LONGEST = 900;
const USUAL_LONGEST = 300;

export const experimentFlags = {
	experiments: Flags.boolean({
		...NAT,
		summary: 'All experiments that are quick: --alg and --traceroute.',
	}),
	alg: Flags.boolean({
		...NAT,
		summary: 'Find out whether something on the way edits SIP: bait from port 5060, and controls.',
	}),
	stun: Flags.string({
		...NAT,
		summary:
			'Ask this STUN server from the port of the REGISTER how the NAT maps; may be repeated.',
		helpValue: 'HOST[:PORT]',
		multiple: true,
		multipleNonGreedy: true,
	}),
	reflector: Flags.string({
		...NAT,
		summary: 'Compare every octet with what arrives at this sipdoctor reflect.',
		helpValue: 'HOST[:PORT]',
	}),
	traceroute: Flags.boolean({
		...NAT,
		summary: 'Name the SIP hops of a REGISTER, by Max-Forwards.',
	}),
	'nat-timeout': Flags.boolean({
		...NAT,
		summary:
			'Measure how long the NAT keeps a silent mapping, in minutes: by --reflector, by a --stun server that can (RFC 5780), else by the registrar alone.',
	}),
	'nat-timeout-max': Flags.integer({
		...NAT,
		// No default for oclif: with one, it takes the flag for given and asks for the other.
		summary: `Longest silence to try, seconds; ${USUAL_LONGEST} without it.`,
		helpValue: 'SECONDS',
		min: 10,
		max: LONGEST,
		dependsOn: ['nat-timeout'],
	}),
};

interface Given {
	readonly experiments: boolean;
	readonly alg: boolean;
	readonly stun: readonly string[] | undefined;
	readonly reflector: string | undefined;
	readonly traceroute: boolean;
	readonly 'nat-timeout': boolean;
	readonly 'nat-timeout-max': number | undefined;
}

/** The experiments that the flags ask for. */
export function readExperiments(flags: Given): {
	readonly alg: boolean;
	readonly stun: readonly string[];
	readonly traceroute: boolean;
	readonly reflector: string | undefined;
	readonly natTimeout: number | undefined;
} {
	return {
		alg: flags.alg || flags.experiments,
		stun: flags.stun ?? [],
		traceroute: flags.traceroute || flags.experiments,
		reflector: flags.reflector,
		natTimeout: flags['nat-timeout'] ? (flags['nat-timeout-max'] ?? USUAL_LONGEST) : undefined,
	};
}
