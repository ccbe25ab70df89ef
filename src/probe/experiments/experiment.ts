import type { Instant } from '../../time/instant.js';
import type { ExperimentId, ExperimentVerdict } from '../../trace/experiment-words.js';

/** What proves a verdict. */
export interface ExperimentProof {
	/** Of the answer in `--save`; 0 where it is not kept there. */
	readonly frame: number;
	readonly at: Instant;
	readonly field: string;
	readonly text: string;
}

/** One experiment with its outcome, as a table. Text of the wire is in it: the report makes it safe to print. */
export interface Experiment {
	readonly id: ExperimentId;
	readonly verdict: ExperimentVerdict;
	/** One sentence that names the values. */
	readonly text: string;
	readonly columns: readonly string[];
	/** As many cells as columns each. */
	readonly rows: readonly (readonly string[])[];
	/** Empty unless something was proved that somebody must act upon. */
	readonly proof: readonly ExperimentProof[];
}

/** Where nothing came of it, in words. */
export function inconclusive(id: ExperimentId, text: string): Experiment {
	return { id, verdict: 'cannot-tell', text, columns: [], rows: [], proof: [] };
}
