/** What a probe can try out beside its REGISTER, in the order in which it does. */
export const EXPERIMENT_IDS = ['stun', 'alg', 'reflector', 'traceroute', 'nat-timeout'] as const;
export type ExperimentId = (typeof EXPERIMENT_IDS)[number];

export const EXPERIMENT_VERDICTS = [
	'no-alg',
	'alg-proven',
	'no-nat',
	'endpoint-independent',
	'endpoint-dependent',
	'measured',
	'cannot-tell',
] as const;
export type ExperimentVerdict = (typeof EXPERIMENT_VERDICTS)[number];
