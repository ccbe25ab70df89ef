/* A DNS question of a probe and what came of it, from the JSON of a packet comment. */
import {
	type EventCommentPlace,
	endpointOf,
	isRecord,
	listOf,
	oneOf,
	textOf,
	wholeOf,
} from './comment-values.js';
import type { DnsEvent } from './observed.js';

/** A resolver asks a few times, and gives as many records as a probe would use. */
const MAX_COPIES = 1_000;
const MAX_ANSWERS = 64;
const MAX_TTL = 2 ** 31;
/** Two names of 255 characters and numbers. */
const MAX_DATA = 600;

/** Undefined where the comment does not hold. */
export function dnsOf(
	json: Record<string, unknown>,
	place: EventCommentPlace,
): DnsEvent | undefined {
	const src = endpointOf(json['src']);
	const dst = endpointOf(json['dst']);
	const name = textOf(json['name']);
	const type = oneOf(json['type'], ['NAPTR', 'SRV', 'A', 'AAAA', 'CNAME']);
	const outcome = oneOf(json['outcome'], OUTCOMES);
	const copies = wholeOf(json['copies'], MAX_COPIES);
	const answers = listOf(json['answers'], MAX_ANSWERS, answerOf);
	if (src === undefined || dst === undefined || name === undefined || type === undefined)
		return undefined;
	if (outcome === undefined || copies === undefined || answers === undefined) return undefined;
	return { kind: 'dns', ...place, src, dst, name, type, outcome, copies, answers };
}

const OUTCOMES = ['answered', 'nxdomain', 'servfail', 'refused', 'empty', 'unanswered'] as const;

function answerOf(json: unknown): DnsEvent['answers'][number] | undefined {
	if (!isRecord(json)) return undefined;
	const name = textOf(json['name']);
	const type = textOf(json['type']);
	const ttl = wholeOf(json['ttl'], MAX_TTL);
	const data = textOf(json['data'], MAX_DATA);
	if (name === undefined || type === undefined || ttl === undefined || data === undefined)
		return undefined;
	return { name, type, ttl, data };
}
