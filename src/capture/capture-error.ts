export type CaptureErrorCode =
	| 'empty-file'
	| 'text-file'
	| 'not-a-capture'
	| 'compressed'
	| 'unsupported-format'
	| 'header-cut'
	| 'missing-file'
	| 'is-a-directory'
	| 'no-permission'
	| 'read-failed'
	| 'interrupted'
	| 'write-failed';

/** A capture of which nothing could be read or written. `message` says what it is, `suggestion` what to do. */
export class CaptureError extends Error {
	override readonly name = 'CaptureError';
	readonly code: CaptureErrorCode;
	readonly suggestion: string;

	constructor(code: CaptureErrorCode, message: string, suggestion: string) {
		super(message);
		this.code = code;
		this.suggestion = suggestion;
	}
}
