import type { Malformed } from '../bytes/malformed.js';
import type { SipMessage } from './message.js';

/** RFC 3261 §8.1.1 (requests) and §8.2.6.2 (responses), in the words of the wire. */
const MANDATORY: readonly string[] = ['Via', 'From', 'To', 'Call-ID', 'CSeq'];

/** Header fields that stand once (RFC 3261 §20): a registrar answers a second one with 400 or takes either. */
const SINGLE: ReadonlySet<string> = new Set([
	'from',
	'to',
	'call-id',
	'cseq',
	'max-forwards',
	'expires',
	'min-expires',
	'content-length',
	'content-type',
	'user-agent',
]);

/** The mandatory header fields that a message lacks, and the single ones that it repeats. */
export function findFieldDefects(message: SipMessage): readonly Malformed[] {
	const present = new Set<string>();
	const repeated: Malformed[] = [];
	for (const { id, name, value, offset } of message.headers) {
		if (present.has(id) && SINGLE.has(id)) {
			repeated.push(badField(offset, name, value, 'the header field only once'));
		}
		present.add(id);
	}
	const needed = message.kind === 'request' ? [...MANDATORY, 'Max-Forwards'] : MANDATORY;
	const missing = needed
		.filter((name) => !present.has(name.toLowerCase()))
		.map((name) => badField(0, name, '', 'the header field'));
	return [...missing, ...repeated];
}

function badField(offset: number, field: string, value: string, expected: string): Malformed {
	return { layer: 'sip', offset, problem: { kind: 'bad-field', field, value, expected } };
}
