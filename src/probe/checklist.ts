import { displayText } from '../sip/display-text.js';
import type { Instant } from '../time/instant.js';
import { elapsedMs } from '../time/instant.js';
import { PROBE_STEP_IDS, type ProbeStep, type ProbeStepId } from './probe-step.js';

/** The steps as they become known; each is said once, and what was never reached is said to be skipped. */
export class Checklist {
	readonly #steps = new Map<ProbeStepId, ProbeStep>();
	readonly #now: () => Instant;
	readonly #onStep: ((step: ProbeStep) => void) | undefined;

	constructor(now: () => Instant, onStep: ((step: ProbeStep) => void) | undefined) {
		this.#now = now;
		this.#onStep = onStep;
	}

	/** `since`: when the step began, for its duration. The first word on a step stands. */
	say(id: ProbeStepId, state: ProbeStep['state'], text: string, since?: Instant): void {
		if (this.#steps.has(id)) return;
		const ms = since === undefined ? undefined : Math.max(0, elapsedMs(since, this.#now()));
		const step: ProbeStep = { id, state, ms, text };
		this.#steps.set(id, step);
		this.#onStep?.(step);
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
