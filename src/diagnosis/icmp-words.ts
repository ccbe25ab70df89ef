/** ICMP errors in words. */
import type { UnreachableEvent } from '../trace/observed.js';

export const UNREACHABLE_WORDS: Readonly<Record<UnreachableEvent['reason'], string>> = {
	port: 'port unreachable',
	host: 'host unreachable',
	network: 'network unreachable',
	protocol: 'protocol unreachable',
	'admin-prohibited': 'administratively prohibited',
	'fragmentation-needed': 'fragmentation needed',
	'time-exceeded': 'time exceeded',
	other: 'destination unreachable',
};

/** `ICMPv6 type 1 code 4, port unreachable`. */
export function icmpWords(
	reason: UnreachableEvent['reason'],
	{ version, type, code }: NonNullable<UnreachableEvent['icmp']>,
): string {
	const protocol = version === 6 ? 'ICMPv6' : 'ICMP';
	return `${protocol} type ${type} code ${code}, ${UNREACHABLE_WORDS[reason]}`;
}

/** `203.0.113.10`, or that the sender is not known. */
export function reporterOf({ reporter }: Pick<UnreachableEvent, 'reporter'>): string {
	return reporter ?? 'somebody on the path (a socket is not told who)';
}
