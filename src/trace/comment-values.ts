/* Values in the JSON of a packet comment, which is hostile like every byte of a capture: undefined where they do not hold. */
import type { Endpoint } from '../net/endpoint.js';
import type { Transport } from '../net/transport.js';
import type { Instant } from '../time/instant.js';

const MAX_TEXT = 256;

/** Time, source and frame are the comment's own frame's. */
export interface EventCommentPlace {
	readonly at: Instant;
	readonly source: string;
	readonly frame: number;
}

/** An address and a port. */
export function endpointOf(json: unknown): Endpoint | undefined {
	if (!isRecord(json)) return undefined;
	const address = textOf(json['address']);
	const port = wholeOf(json['port'], 65_535);
	return address === undefined || port === undefined ? undefined : { address, port };
}

/** A transport by its name. */
export function transportOf(json: unknown): Transport | undefined {
	return oneOf(json, ['udp', 'tcp', 'tls', 'ws', 'wss']);
}

/** One of the words allowed. */
export function oneOf<const T extends string>(json: unknown, allowed: readonly T[]): T | undefined {
	return allowed.find((one) => one === json);
}

/** A text that is not too long. */
export function textOf(json: unknown, limit = MAX_TEXT): string | undefined {
	return typeof json === 'string' && json.length <= limit ? json : undefined;
}

/** A whole number from 0 up to the limit. */
export function wholeOf(json: unknown, limit: number): number | undefined {
	const isWhole = typeof json === 'number' && Number.isInteger(json) && json >= 0 && json <= limit;
	return isWhole ? json : undefined;
}

/** An object that is no list. */
export function isRecord(json: unknown): json is Record<string, unknown> {
	return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** The values of a list, at most so many; undefined for what is no list, or where one of them does not hold. */
export function listOf<T>(
	json: unknown,
	limit: number,
	read: (value: unknown) => T | undefined,
): readonly T[] | undefined {
	if (!Array.isArray(json) || json.length > limit) return undefined;
	const values = json.map((value: unknown) => read(value));
	return values.every((value) => value !== undefined) ? values : undefined;
}
