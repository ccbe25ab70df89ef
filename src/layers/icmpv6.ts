/** ICMPv6 errors (RFC 4443 §3). Neighbour discovery is in neighbour-discovery.ts. */
import { type Parsed, tooShort } from '../bytes/malformed.js';
import type { IcmpError, UnreachableReason } from './icmp.js';
import { parseQuotedPacket } from './quoted-packet.js';

const HEADER_BYTES = 8;

const UNREACHABLE = 1;
const PACKET_TOO_BIG = 2;
const TIME_EXCEEDED = 3;
const PARAMETER_PROBLEM = 4;

/** By code of destination unreachable; RFC 4443 §3.1 calls 5 and 6 "more informative subsets of code 1". */
const REASONS: readonly UnreachableReason[] = [
	'network',
	'admin-prohibited',
	'other',
	'host',
	'port',
	'admin-prohibited',
	'admin-prohibited',
];

/** Undefined for messages that are no errors. */
export function parseIcmpv6(bytes: Uint8Array, limitedBy: string): Parsed<IcmpError> | undefined {
	if (bytes.length < 1) return tooShort('icmpv6', 0, HEADER_BYTES, 0, limitedBy);
	const type = bytes[0] ?? 0;
	if (type < UNREACHABLE || type > PARAMETER_PROBLEM) return undefined;
	if (bytes.length < HEADER_BYTES) {
		return tooShort('icmpv6', 0, HEADER_BYTES, bytes.length, limitedBy);
	}
	const code = bytes[1] ?? 0;
	const quoted = parseQuotedPacket(bytes.subarray(HEADER_BYTES));
	if (!quoted.ok) return quoted;
	const value = {
		version: 6,
		type,
		code,
		reason: reasonOf(type, code),
		quoted: quoted.value,
	} as const;
	return { ok: true, value };
}

function reasonOf(type: number, code: number): UnreachableReason {
	if (type === PACKET_TOO_BIG) return 'fragmentation-needed';
	if (type === TIME_EXCEEDED) return 'time-exceeded';
	return type === UNREACHABLE ? (REASONS[code] ?? 'other') : 'other';
}
