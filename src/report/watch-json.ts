import { toRfc3339 } from '../time/instant.js';
import { toJsonText } from './json-text.js';
import { maskSecrets } from './masking.js';
import type { WatchEvent } from './watch-event.js';
import { readable } from './wire-text.js';

const TIMES = new Set(['at', 'since', 'startedAt']);

/** One event as one line of NDJSON, without its line end and without secrets. */
export function watchLine(event: WatchEvent): string {
	return toJsonText(jsonOf(event), 0);
}

function jsonOf(value: object): object {
	return Object.fromEntries(
		Object.entries(value).map(([key, one]: [string, unknown]) => [key, jsonValue(key, one)]),
	);
}

function jsonValue(key: string, value: unknown): unknown {
	if (value === undefined) return null;
	if (typeof value === 'number') return TIMES.has(key) ? toRfc3339(value) : value;
	if (typeof value === 'string') return maskSecrets(readable(value));
	if (Array.isArray(value)) return value.map((one: unknown) => jsonValue('', one));
	return typeof value === 'object' && value !== null ? jsonOf(value) : value;
}
