/** A REGISTER is answered as long as it carries no credentials: what is dropped is what came with the challenge. */
import type { AuthenticationStep } from './authentication.js';

export interface CredentialsInVain {
	/** The last that was answered, with a challenge. */
	readonly challenged: AuthenticationStep;
	/** The first behind it: none of them was answered, and each carries credentials. */
	readonly first: AuthenticationStep;
}

/** Undefined where a REGISTER without credentials went unanswered as well, or nothing was challenged. */
export function credentialsInVain(
	steps: readonly AuthenticationStep[],
): CredentialsInVain | undefined {
	const at = steps.findLastIndex(({ transaction }) => transaction.phone.responses.length > 0);
	const challenged = steps[at];
	const [first, ...others] = steps.slice(at + 1);
	if (challenged === undefined || first === undefined || challenged.challenges.length === 0)
		return undefined;
	// A phone may ask a server that is dead before each REGISTER that another one answers (RFC 3263 §4.3).
	const { address } = first.transaction.phone.server;
	const bare = steps.filter(({ credentials }) => credentials.length === 0);
	const asked = bare.map(({ transaction }) => transaction.phone);
	if (asked.some(({ server, final }) => server.address === address && final === undefined))
		return undefined;
	return [first, ...others].every(({ credentials }) => credentials.length > 0)
		? { challenged, first }
		: undefined;
}
