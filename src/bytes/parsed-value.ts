import type { Parsed } from './malformed.js';

/** The value, or undefined where there is none or it could not be read: for callers to whom both are the same. */
export function parsedValue<T>(parsed: Parsed<T> | undefined): T | undefined {
	return parsed?.ok === true ? parsed.value : undefined;
}

/** The values that could be read. */
export function parsedValues<T>(parsed: readonly Parsed<T>[]): readonly T[] {
	return parsed.flatMap((one) => (one.ok ? [one.value] : []));
}
