import { displayText } from '../sip/display-text.js';
import { PROBE_STEP_IDS, type ProbeStep, type ProbeStepId } from './probe-step.js';

/** Found out when the REGISTER is long over, and reported before its binding was removed. */
const LATE_STEPS: readonly ProbeStepId[] = ['nat', 'alg', 'keepalive'];

/** The steps as they become known; each is said once, and what was never reached is said to be skipped. */
export class Checklist {
	readonly #steps = new Map<ProbeStepId, ProbeStep>();
	/** Said, and waiting for a step that comes before. */
	#told: ProbeStep[] = [];
	readonly #onStep: ((step: ProbeStep) => void) | undefined;

	constructor(onStep: ((step: ProbeStep) => void) | undefined) {
		this.#onStep = onStep;
	}

	/** `ms`: how long it took, where that was measured. The first word on a step stands. */
	say(id: ProbeStepId, state: ProbeStep['state'], text: string, ms?: number): void {
		if (this.#steps.has(id)) return;
		// A clock that was set back in between measured nothing.
		const measured = ms !== undefined && ms >= 0 ? ms : undefined;
		const step: ProbeStep = { id, state, ms: measured, text };
		this.#steps.set(id, step);
		this.#told.push(step);
		this.#tell();
	}

	/** Hands on what no late step comes before; the rest waits for it. */
	#tell(): void {
		const awaited = LATE_STEPS.find((id) => !this.#steps.has(id));
		const end = awaited === undefined ? PROBE_STEP_IDS.length : PROBE_STEP_IDS.indexOf(awaited);
		const place = (step: ProbeStep) => PROBE_STEP_IDS.indexOf(step.id);
		const ready = this.#told.filter((step) => place(step) < end);
		this.#told = this.#told.filter((step) => place(step) >= end);
		for (const step of ready.toSorted((a, b) => place(a) - place(b))) this.#onStep?.(step);
	}

	/** Says skipped of every step before `id` that was not reached, so that the steps come out in order. */
	skipBefore(id: ProbeStepId, reason: string): void {
		for (const earlier of PROBE_STEP_IDS.slice(0, PROBE_STEP_IDS.indexOf(id))) {
			this.say(earlier, 'skipped', reason);
		}
	}

	/** Every step in order, those without a word as skipped for `reason`. */
	finish(reason: string): readonly ProbeStep[] {
		for (const id of PROBE_STEP_IDS) this.say(id, 'skipped', reason);
		return PROBE_STEP_IDS.flatMap((id) => this.#steps.get(id) ?? []);
	}
}

const MAX_QUOTED = 120;

/** A value of the wire for a step's text: readable, bounded, in quotes. */
export function quoted(latin1: string): string {
	return `"${clipped(latin1)}"`;
}

/** A value of the wire for a step's text: readable and bounded. */
export function clipped(latin1: string): string {
	const text = displayText(latin1);
	return text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text;
}
