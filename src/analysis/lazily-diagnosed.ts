/*
 * Nearly all registrations of a large capture are alike and healthy, and a report tells of them in one line each: what
 * else is true of them is found out when somebody asks.
 */
import type { Diagnosis } from '../diagnosis/diagnose.js';
import type { Registration } from '../registration/registration.js';
import type { DiagnosedRegistration } from './analysis.js';

/** Shapes of healthy registrations that are remembered; a capture has a few. */
const MAX_SHAPES = 4_096;

const NO_STEPS: DiagnosedRegistration['steps'] = [];

/** Diagnoses registrations, those of a shape that was healthy before only when they are asked. */
export class Diagnostician {
	readonly #diagnose: (registration: Registration) => Diagnosis;
	readonly #shapeOf: (registration: Registration) => string | undefined;
	readonly #healthy = new Set<string>();

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
			return new HealthyRegistration(registration, this.#diagnose);
		const diagnosis = this.#diagnose(registration);
		if (shape !== undefined && diagnosis.cause === undefined && this.#healthy.size < MAX_SHAPES)
			this.#healthy.add(shape);
		return { ...registration, ...diagnosis, steps: [] };
	}
}

/**
 * A registration without a cause. A class, as there are thousands: an object with getters of its own costs more to make
 * than the registration. Its getters are no keys: a copy by spreading would lack what they give.
 */
class HealthyRegistration implements DiagnosedRegistration {
	readonly aor: Registration['aor'];
	readonly target: Registration['target'];
	readonly failover: Registration['failover'];
	readonly userAgent: Registration['userAgent'];
	readonly instanceId: Registration['instanceId'];
	readonly callIds: Registration['callIds'];
	readonly outcome: Registration['outcome'];
	readonly finalStatus: Registration['finalStatus'];
	readonly grantedExpires: Registration['grantedExpires'];
	readonly path: Registration['path'];
	readonly attempts: Registration['attempts'];
	readonly decisive: Registration['decisive'];
	readonly messages: Registration['messages'];
	readonly lookups: Registration['lookups'];
	readonly probe: Registration['probe'];
	readonly cause = undefined;
	readonly steps: DiagnosedRegistration['steps'] = NO_STEPS;
	readonly #registration: Registration;
	readonly #diagnose: (registration: Registration) => Diagnosis;
	#known: Diagnosis | undefined;

	constructor(registration: Registration, diagnose: (registration: Registration) => Diagnosis) {
		this.aor = registration.aor;
		this.target = registration.target;
		this.failover = registration.failover;
		this.userAgent = registration.userAgent;
		this.instanceId = registration.instanceId;
		this.callIds = registration.callIds;
		this.outcome = registration.outcome;
		this.finalStatus = registration.finalStatus;
		this.grantedExpires = registration.grantedExpires;
		this.path = registration.path;
		this.attempts = registration.attempts;
		this.decisive = registration.decisive;
		this.messages = registration.messages;
		this.lookups = registration.lookups;
		this.probe = registration.probe;
		this.#registration = registration;
		this.#diagnose = diagnose;
	}

	get findings(): Diagnosis['findings'] {
		const { cause, findings } = this.#diagnosis;
		return cause === undefined ? findings : [cause, ...findings];
	}

	get cannotTell(): Diagnosis['cannotTell'] {
		return this.#diagnosis.cannotTell;
	}

	get digestChecks(): Diagnosis['digestChecks'] {
		return this.#diagnosis.digestChecks;
	}

	get #diagnosis(): Diagnosis {
		this.#known ??= this.#diagnose(this.#registration);
		return this.#known;
	}
}
