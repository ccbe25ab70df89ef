/** Several forms at once, at most one of each family. */
import type { Form } from './alteration.js';

/** Inputs after some changes. */
export interface Combination<Inputs> {
	readonly inputs: Inputs;
	readonly forms: readonly Form<Inputs>[];
}

/** Every combination of exactly `changes` forms of different families, in the order of the families. */
export function* combinations<Inputs>(
	written: Inputs,
	families: readonly (readonly Form<Inputs>[])[],
	changes: number,
): Generator<Combination<Inputs>> {
	if (changes === 0) {
		yield { inputs: written, forms: [] };
		return;
	}
	for (const [index, family] of families.entries()) {
		const rest = families.slice(index + 1);
		for (const form of family) {
			const inputs = form.change(written);
			if (changes === 1) yield { inputs, forms: [form] };
			else
				for (const behind of combinations(inputs, rest, changes - 1))
					yield { inputs: behind.inputs, forms: [form, ...behind.forms] };
		}
	}
}
