import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';

/** Where the references of a suite lead: this process's environment, and files beside the suite. */
export function suiteWorld(suite: string): {
	readonly environment: (name: string) => string | undefined;
	readonly readText: (path: string) => string | { readonly because: string };
} {
	const folder = suite === '-' ? '.' : dirname(suite);
	return {
		environment: (name) => process.env[name],
		readText: (path) => {
			try {
				return readFileSync(isAbsolute(path) ? path : join(folder, path), 'utf8');
			} catch (error) {
				const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
				return { because: code };
			}
		},
	};
}
