/** ICMP errors (RFC 792, RFC 1812 §5.2.7): what was refused, and the packet that was. */
import { badField, type Parsed, tooShort } from '../bytes/malformed.js';
import { parseQuotedPacket, type QuotedPacket } from './quoted-packet.js';

/** Why a packet was not delivered. */
export type UnreachableReason =
	| 'port'
	| 'host'
	| 'network'
	| 'protocol'
	| 'admin-prohibited'
	| 'fragmentation-needed'
	| 'time-exceeded'
	| 'other';

export interface IcmpError {
	readonly version: 4 | 6;
	readonly type: number;
	readonly code: number;
	readonly reason: UnreachableReason;
	readonly quoted: QuotedPacket;
}

const HEADER_BYTES = 8;

const UNREACHABLE = 3;
const TIME_EXCEEDED = 11;
const PARAMETER_PROBLEM = 12;

/** By code of destination unreachable. 9, 10 and 13 are filters by design, the rest routing or the host itself. */
const REASONS: readonly UnreachableReason[] = [
	'network',
	'host',
	'protocol',
	'port',
	'fragmentation-needed',
	'other',
	'network',
	'host',
	'host',
	'admin-prohibited',
	'admin-prohibited',
	'network',
	'host',
	'admin-prohibited',
	'other',
	'other',
];

/** Undefined for messages that are no errors, such as echo. */
export function parseIcmp(bytes: Uint8Array, limitedBy: string): Parsed<IcmpError> | undefined {
	if (bytes.length < 1) return tooShort('icmp', 0, HEADER_BYTES, 0, limitedBy);
	const type = bytes[0] ?? 0;
	if (type !== UNREACHABLE && type !== TIME_EXCEEDED && type !== PARAMETER_PROBLEM)
		return undefined;
	if (bytes.length < HEADER_BYTES) {
		return tooShort('icmp', 0, HEADER_BYTES, bytes.length, limitedBy);
	}
	const code = bytes[1] ?? 0;
	if (type === UNREACHABLE && code >= REASONS.length) {
		return badField('icmp', 1, 'code', code, `at most ${REASONS.length - 1}`);
	}
	const quoted = parseQuotedPacket(bytes.subarray(HEADER_BYTES));
	if (!quoted.ok) return quoted;
	const value = {
		version: 4,
		type,
		code,
		reason: reasonOf(type, code),
		quoted: quoted.value,
	} as const;
	return { ok: true, value };
}

function reasonOf(type: number, code: number): UnreachableReason {
	if (type === TIME_EXCEEDED) return 'time-exceeded';
	return type === UNREACHABLE ? (REASONS[code] ?? 'other') : 'other';
}
