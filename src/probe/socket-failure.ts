import type { TransportFailure } from './transport.js';

/** The errno name of a socket or resolver error, `ECONNREFUSED`; the message's first word where there is none. */
export function errnoOf(error: unknown): string {
	if (error instanceof Error && 'code' in error && typeof error.code === 'string')
		return error.code;
	return error instanceof Error ? error.name : 'unknown';
}

/**
 * What a connected UDP socket is told of ICMP: port unreachable is ECONNREFUSED; an administrative refusal is
 * EHOSTUNREACH (codes 10 and 13), ENETUNREACH (code 9) or EACCES (ICMPv6 code 1); packet too big is EMSGSIZE. True host or network unreachable
 * are transient for the kernel and never reach a UDP socket. EPERM is this machine's own packet filter. Who sent the
 * ICMP message is never told.
 */
export function udpFailure(errno: string): TransportFailure {
	switch (errno) {
		case 'ECONNREFUSED':
			return { kind: 'unreachable', reason: 'port', errno };
		case 'EHOSTUNREACH':
		case 'ENETUNREACH':
		case 'EACCES':
		case 'EPERM':
			return { kind: 'unreachable', reason: 'admin-prohibited', errno };
		case 'EMSGSIZE':
			return { kind: 'unreachable', reason: 'fragmentation-needed', errno };
		default:
			return { kind: 'unreachable', reason: 'other', errno };
	}
}

/** What a TCP socket says; during the handshake the kernel hands on every ICMP error, transient ones too. */
export function tcpFailure(errno: string): TransportFailure {
	switch (errno) {
		case 'ECONNREFUSED':
			return { kind: 'connection', outcome: 'refused', errno };
		case 'ETIMEDOUT':
			return { kind: 'connection', outcome: 'timed-out', errno };
		case 'ECONNRESET':
		case 'EPIPE':
			return { kind: 'connection', outcome: 'reset', errno };
		case 'EHOSTUNREACH':
			return { kind: 'unreachable', reason: 'host', errno };
		case 'ENETUNREACH':
			return { kind: 'unreachable', reason: 'network', errno };
		case 'EACCES':
		case 'EPERM':
			return { kind: 'unreachable', reason: 'admin-prohibited', errno };
		default:
			return { kind: 'unreachable', reason: 'other', errno };
	}
}
