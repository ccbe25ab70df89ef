/**
 * What keeps a probe from starting at all: a wrong argument (`usage`, exit 2) or a machine that does not let it
 * (`local`, exit 3: no route, port in use, no permission). Everything the far side does is data, never this error.
 */
export class ProbeError extends Error {
	readonly code: 'usage' | 'local';
	readonly suggestion: string;

	constructor(code: 'usage' | 'local', message: string, suggestion: string) {
		super(message);
		this.name = 'ProbeError';
		this.code = code;
		this.suggestion = suggestion;
	}
}
