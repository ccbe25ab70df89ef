/** A port that cannot be had on this machine (exit 3). */
export class ListenError extends Error {
	readonly suggestion: string;

	constructor(message: string, suggestion: string) {
		super(message);
		this.name = 'ListenError';
		this.suggestion = suggestion;
	}
}

export function listenError(transport: string, place: string, error: unknown): ListenError {
	const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
	return new ListenError(
		`${transport} ${place} of this machine cannot be used (${code})`,
		SUGGESTIONS[code] ?? 'Take another --port or --address.',
	);
}

const SUGGESTIONS: Readonly<Record<string, string>> = {
	EACCES: 'Take a port above 1023, or run as root.',
	EADDRINUSE: 'Something listens there: take another --port, or end it (ss -lntup shows who).',
	EADDRNOTAVAIL: 'This machine does not have that address (ip address shows those it has).',
	EINVAL: 'A link-local address needs its interface: fe80::1%eth0.',
};

/** True where this machine has no such address family at all. */
export function isWithoutFamily(error: unknown): boolean {
	if (!(error instanceof Error) || !('code' in error)) return false;
	return error.code === 'EAFNOSUPPORT' || error.code === 'EADDRNOTAVAIL';
}
