const NAMES: ReadonlySet<string> = new Set(['username', 'realm', 'aor']);

/** The accounts of a recorded phone as a JSON text, each with a password that is not its own. */
export function withOtherPassword(accounts: readonly object[]): string {
	const named = accounts.length > 0 ? accounts : [{ username: '1001' }];
	const others = named.map((account) => ({
		...Object.fromEntries(Object.entries(account).filter(([key]) => NAMES.has(key))),
		password: 'not-the-password',
	}));
	return JSON.stringify(others);
}
