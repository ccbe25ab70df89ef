/** The qop to use of those offered: auth, else auth-int, else none. */
export function chooseQop(offered: readonly string[]): 'auth' | 'auth-int' | undefined {
	if (offered.includes('auth')) return 'auth';
	return offered.includes('auth-int') ? 'auth-int' : undefined;
}
