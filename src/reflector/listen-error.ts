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
		code === 'EACCES'
			? 'Take a port above 1023, or run as root.'
			: 'Take another --port or --address, or end what listens there.',
	);
}

/** True where this machine has no such address family at all. */
export function isWithoutFamily(error: unknown): boolean {
	if (!(error instanceof Error) || !('code' in error)) return false;
	return error.code === 'EAFNOSUPPORT' || error.code === 'EADDRNOTAVAIL';
}
