/** What `--vantage` takes: the places a user can know; `unknown` is only ever a guess. */
import type { Vantage } from '../registration/vantage.js';
import { UsageError } from './usage-error.js';

const VANTAGE_NAMES = ['client', 'server', 'middle'] as const;

/** `client` for the only capture, `FILE=client` for one of them. Throws UsageError for anything else. */
export function vantagesFrom(
	values: readonly string[],
	paths: readonly string[],
): ReadonlyMap<string, Vantage> {
	const vantages = new Map<string, Vantage>();
	for (const value of values) {
		const { path, word } = splitValue(value, paths);
		const vantage = VANTAGE_NAMES.find((name) => name === word);
		if (vantage === undefined) {
			throw new UsageError(
				`Expected --vantage=${value} to be one of: ${VANTAGE_NAMES.join(', ')}`,
				'Of several captures say which one: --vantage FILE=server.',
			);
		}
		if (vantages.has(path)) {
			throw new UsageError(
				`--vantage was given twice for ${path}`,
				'Give it once for each capture.',
			);
		}
		vantages.set(path, vantage);
	}
	return vantages;
}

function splitValue(
	value: string,
	paths: readonly string[],
): { readonly path: string; readonly word: string } {
	const [only, ...others] = paths;
	const equals = value.lastIndexOf('=');
	if (equals < 0) {
		if (only !== undefined && others.length === 0) return { path: only, word: value };
		throw new UsageError(
			'of several captures --vantage must say which one it is about',
			`Give --vantage FILE=${value}, with the path as given.`,
		);
	}
	const path = value.slice(0, equals);
	if (!paths.includes(path)) {
		throw new UsageError(
			`--vantage names ${path}, which is none of the captures`,
			'Write the path as it was given.',
		);
	}
	return { path, word: value.slice(equals + 1) };
}
