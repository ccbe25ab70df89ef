import { BINDINGS } from './bindings.js';
import { CHALLENGES } from './challenges.js';
import type { Fault } from './fault.js';
import { LOSSES } from './losses.js';
import { REFUSALS } from './refusals.js';

/** Every fault that can be played, by theme. */
export const FAULTS: readonly Fault[] = [...CHALLENGES, ...REFUSALS, ...LOSSES, ...BINDINGS];

/** The fault of that name; undefined where there is none. */
export function findFault(name: string): Fault | undefined {
	return FAULTS.find((fault) => fault.name === name);
}
