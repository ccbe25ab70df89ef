/** Which failures are the user's or the world's, so that all else is a fault of ours. */
import { CaptureError } from '../capture/capture-error.js';
import { ProbeError } from '../probe/probe-error.js';
import { ListenError } from '../reflector/listen-error.js';
import { UsageError } from './usage-error.js';

export interface KnownFailure {
	readonly kind: 'usage' | 'world' | 'interrupted';
	/** Upper-case name for machines, `CAPTURE`. */
	readonly code: string;
	readonly message: string;
	readonly suggestions: readonly string[];
}

/** The failure in words, or undefined for what should never have been thrown. */
export function failureOf(error: unknown): KnownFailure | undefined {
	if (error instanceof UsageError) {
		return { kind: 'usage', code: 'USAGE', message: error.message, suggestions: error.suggestions };
	}
	if (error instanceof CaptureError) {
		return {
			kind: error.code === 'interrupted' ? 'interrupted' : 'usage',
			code: error.code.toUpperCase().replaceAll('-', '_'),
			message: error.message,
			suggestions: [error.suggestion],
		};
	}
	if (error instanceof ProbeError) {
		return {
			kind: error.code === 'usage' ? 'usage' : 'world',
			code: error.code === 'usage' ? 'USAGE' : 'LOCAL',
			message: error.message,
			suggestions: [error.suggestion],
		};
	}
	if (error instanceof ListenError) {
		const { message, suggestion } = error;
		return { kind: 'world', code: 'LISTEN', message, suggestions: [suggestion] };
	}
	return undefined;
}
