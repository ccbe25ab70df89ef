import { maskSecrets } from './masking.js';

/** What `--json` prints in place of a report when there is none (schemas/error.schema.json). */
export interface ErrorDocument {
	readonly schemaVersion: 1;
	readonly error: {
		/** A short upper-case name, `NO_SUCH_FILE`. */
		readonly code: string;
		readonly message: string;
		readonly suggestions: readonly string[];
	};
}

/** The error document of one failure, without a secret in it. */
export function toErrorDocument(
	code: string,
	message: string,
	suggestions: readonly string[] = [],
): ErrorDocument {
	return {
		schemaVersion: 1,
		error: { code, message: maskSecrets(message), suggestions: suggestions.map(maskSecrets) },
	};
}
