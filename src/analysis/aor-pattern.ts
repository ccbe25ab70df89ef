/** `--aor PATTERN`: case-insensitive, `*` stands for any run of characters, against AOR and digest username. */
import { digestCredentials } from '../registration/authentication.js';
import { aorOf } from '../registration/register-request.js';
import type { RegisterTransaction, Registration } from '../registration/registration.js';

/** Whether the registration is meant. */
export function matchesAor({ aor, attempts }: Registration, pattern: string): boolean {
	const transactions = attempts.flatMap((attempt) => attempt.transactions);
	return isAnyMeant([aor ?? '', ...transactions.flatMap(usernames)], pattern);
}

/** Whether the registration is meant that this REGISTER is of. */
export function isOfAor(transaction: RegisterTransaction, pattern: string): boolean {
	const aor = aorOf(transaction.phone.request.message) ?? '';
	return isAnyMeant([aor, ...usernames(transaction)], pattern);
}

function isAnyMeant(names: readonly string[], pattern: string): boolean {
	const expression = patternExpression(pattern);
	// `1001@example.com` is meant without the scheme as often as with it.
	return names.some(
		(name) => expression.test(name) || expression.test(name.replace(/^sips?:/, '')),
	);
}

function patternExpression(pattern: string): RegExp {
	const escaped = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
	// Runs of `*` would make the expression slow on purpose; one says the same.
	return new RegExp(`^${escaped.join('.*').replace(/(\.\*)+/g, '.*')}$`, 'i');
}

function usernames({ phone }: RegisterTransaction): readonly string[] {
	return digestCredentials(phone.request.message).flatMap(({ digest }) => digest.username ?? []);
}
