/** The user's mistake: one clear line saying what and where, and what to do. Exit 2. */
export class UsageError extends Error {
	override readonly name = 'UsageError';
	readonly suggestions: readonly string[];

	constructor(message: string, ...suggestions: readonly string[]) {
		super(message);
		this.suggestions = suggestions;
	}
}
