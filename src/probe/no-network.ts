/* What is said where nothing can leave this machine at all: the world did not let us, and no far side is to blame. */
import { ProbeError } from './probe-error.js';

/** `words`: for each server tried, why not. */
export function noRoute(words: readonly string[]): ProbeError {
	return new ProbeError(
		'local',
		`This machine has no way to the server: ${[...new Set(words)].join('; ')}`,
		'Check its network connection and routes; an IPv6 address needs IPv6.',
	);
}

/** A name did not resolve, and nobody could be asked. */
export function noNetwork(): ProbeError {
	return new ProbeError(
		'local',
		'This machine has no network: no interface but loopback has an address',
		'Connect it, and try again.',
	);
}

/** A local port that cannot be had. */
export function cannotBind(protocol: 'UDP' | 'TCP', port: number, errno: string): ProbeError {
	return new ProbeError(
		'local',
		`${protocol} port ${port} of this machine cannot be used (${errno})`,
		errno === 'EACCES'
			? 'Take a port above 1023, or run as root.'
			: 'Leave the local port out, or take another.',
	);
}
