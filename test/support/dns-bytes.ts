/** DNS messages as bytes, built from values. */
import { type Answer, encode, RECURSION_DESIRED, type RecordType } from 'dns-packet';

export interface ResponseFields {
	readonly id?: number;
	readonly rcode?: number;
	readonly flags?: number;
	readonly answers?: readonly Answer[];
	readonly additionals?: readonly Answer[];
	readonly authorities?: readonly Answer[];
}

export function dnsQuery(name: string, type: RecordType, id = 1): Buffer {
	return encode({ type: 'query', id, flags: RECURSION_DESIRED, questions: [{ name, type }] });
}

export function dnsResponse(name: string, type: RecordType, fields: ResponseFields = {}): Buffer {
	const { id = 1, rcode = 0, flags = 0, answers = [], additionals = [], authorities = [] } = fields;
	return encode({
		type: 'response',
		id,
		flags: RECURSION_DESIRED | flags | rcode,
		questions: [{ name, type }],
		answers: [...answers],
		additionals: [...additionals],
		authorities: [...authorities],
	});
}

export function srv(name: string, target: string, priority = 10, port = 5060): Answer {
	return { type: 'SRV', name, ttl: 300, data: { priority, weight: 60, port, target } };
}

export function address(name: string, data: string): Answer {
	return { type: data.includes(':') ? 'AAAA' : 'A', name, ttl: 300, data };
}
