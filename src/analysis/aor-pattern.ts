/** `--aor PATTERN`: case-insensitive, `*` stands for any run of characters, against AOR and digest username. */
import { authenticationSteps } from '../registration/authentication.js';
import type { Registration } from '../registration/registration.js';

export function matchesAor(registration: Registration, pattern: string): boolean {
	const expression = patternExpression(pattern);
	const names = [registration.aor ?? '', ...usernames(registration)];
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

function usernames({ attempts }: Registration): readonly string[] {
	return attempts
		.flatMap(authenticationSteps)
		.flatMap(({ credentials }) => credentials)
		.flatMap(({ digest }) => digest.username ?? []);
}
