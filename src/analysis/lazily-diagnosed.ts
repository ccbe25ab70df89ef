/*
 * Nearly all registrations of a large capture are alike and healthy, and a report tells of them in one line each: what
 * else is true of them is found out when somebody asks.
 */
import type { Diagnosis } from '../diagnosis/diagnose.js';
import type { Registration } from '../registration/registration.js';
import type { DiagnosedRegistration } from './analysis.js';

/** Shapes of healthy registrations that are remembered; a capture has a few. */
const MAX_SHAPES = 4_096;

/** Diagnoses registrations, those of a shape that was healthy before only when they are asked. */
export class Diagnostician {
	readonly #diagnose: (registration: Registration) => Diagnosis;
	readonly #shapeOf: (registration: Registration) => string | undefined;
	readonly #healthy = new Set<string>();
	/** Of the one that was asked last alone: whoever goes through all of them asks each for several things at once. */
	#asked: { readonly registration: Registration; readonly diagnosis: Diagnosis } | undefined;

	constructor(
		diagnose: (registration: Registration) => Diagnosis,
		shapeOf: (registration: Registration) => string | undefined,
	) {
		this.#diagnose = diagnose;
		this.#shapeOf = shapeOf;
	}

	diagnosed(registration: Registration): DiagnosedRegistration {
		const shape = this.#shapeOf(registration);
		if (shape !== undefined && this.#healthy.has(shape))
			return lazilyDiagnosed(registration, () => this.#ofAsked(registration));
		const diagnosis = this.#diagnose(registration);
		if (shape !== undefined && diagnosis.cause === undefined && this.#healthy.size < MAX_SHAPES)
			this.#healthy.add(shape);
		return { ...registration, ...diagnosis, steps: [] };
	}

	#ofAsked(registration: Registration): Diagnosis {
		if (this.#asked?.registration === registration) return this.#asked.diagnosis;
		const diagnosis = this.#diagnose(registration);
		this.#asked = { registration, diagnosis };
		return diagnosis;
	}
}

/** A registration without a cause. */
function lazilyDiagnosed(
	registration: Registration,
	diagnosis: () => Diagnosis,
): DiagnosedRegistration {
	return {
		...registration,
		cause: undefined,
		get findings() {
			const { cause, findings } = diagnosis();
			return cause === undefined ? findings : [cause, ...findings];
		},
		get cannotTell() {
			return diagnosis().cannotTell;
		},
		get digestChecks() {
			return diagnosis().digestChecks;
		},
		steps: [],
	};
}
