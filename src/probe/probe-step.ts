/**
 * One line of a probe's checklist. The same shape as the report's step (design: `steps[]`); declared here because the
 * probe lies below the analysis and may not import it.
 */
export interface ProbeStep {
	readonly id: ProbeStepId;
	readonly state: 'ok' | 'warning' | 'failed' | 'skipped' | 'cannot-tell';
	/** How long the step took, milliseconds; absent where nothing was measured. */
	readonly ms: number | undefined;
	/** One sentence that names the values. Text of the wire is in it: the report makes it safe to print. */
	readonly text: string;
}

/** The steps of a probe, in the order in which they are taken and reported. */
export const PROBE_STEP_IDS = [
	'name',
	'address',
	'path',
	'transport',
	'tls',
	'options',
	'register',
	'challenge',
	'credentials',
	'binding',
	'nat',
	'alg',
	'keepalive',
	'unregistered',
] as const;
export type ProbeStepId = (typeof PROBE_STEP_IDS)[number];
