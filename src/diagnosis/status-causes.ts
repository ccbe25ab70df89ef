/** Which causes a status code of a REGISTER's response can have, in the order in which to think of them. */
const CAUSES: readonly (readonly [codes: readonly number[], ids: readonly string[]])[] = [
	[[200], ['sip-alg', 'private-contact']],
	[[401, 407], ['challenge-unanswered', 'realm-mismatch', 'realm-case-mismatch', 'stale-nonce-reused', 'wrong-password', 'credentials-verified-but-rejected']],
	[[403], ['forbidden-before-challenge', 'forbidden-after-authentication', 'wrong-password']],
	[[404, 410, 604], ['unknown-user']],
	[[408, 504], ['upstream-timeout', 'no-response']],
	[[423], ['interval-too-brief']],
	[[500, 502, 505, 580], ['server-error']],
	[[503], ['server-overloaded']],
	[[100], ['no-final-response']],
];

export function causesOfStatus(code: number): readonly string[] {
	return CAUSES.find(([codes]) => codes.includes(code))?.[1] ?? [];
}
